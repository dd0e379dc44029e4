"""How long to wait before the same is asked again."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from workflows.errors import OutcomeUnknown, RateLimited, Unavailable

TRIES, FIRST, LONGEST = 5, 2, 30  # of what a person waits for; seconds
Rest = Callable[[float], Awaitable[None]]  # passes so many seconds
_Said = TypeVar("_Said")


def seconds_after(error: Exception, tries: int, first: int, longest: int) -> float:
    """What was asked for, else twice as many after each of the `tries`, and never the same for two that failed together."""
    if isinstance(error, RateLimited) and error.retry_after:
        return error.retry_after
    return random.uniform(0.5, 1) * min(first << tries, longest)


async def said_again(say: Callable[[], Awaitable[_Said]], rest: Rest) -> _Said:
    """What a chat did not take, or may not have, is said again: to read it twice is better than to wait for it in vain."""
    for tries in range(TRIES - 1):
        try:
            return await say()
        except (RateLimited, Unavailable, OutcomeUnknown) as trouble:
            pause = seconds_after(trouble, tries, FIRST, LONGEST)
            if pause > LONGEST:
                raise
        await rest(pause)
    return await say()
