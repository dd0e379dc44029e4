"""Pauses Slack asks for (429) while a person waits for an answer: kept by workspace, method and channel, and by nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from adapters.core.pauses import Rest
from workflows.errors import RateLimited
from workflows.ports import Clock

TRIES = 4
LEAST = 1.0  # seconds; Slack's are whole ones
Answer = TypeVar("Answer")
Key = tuple[str, str, str]  # the workspace, the method, the channel where the method has one


def always() -> bool:
    return True


class Pauses:
    """`rest` passes so many seconds."""

    def __init__(self, clock: Clock, rest: Rest) -> None:
        self._clock, self._rest = clock, rest
        self._until: dict[Key, datetime] = {}

    async def keep(
        self, key: Key, call: Callable[[], Awaitable[Answer]], within: float, wanted: Callable[[], bool] = always
    ) -> Answer | None:
        """What the call answers, made again after each pause. Null once nobody wants it any more.

        Raises `RateLimited` when the pause ends later than `within` seconds from now, or there was one pause after the other.
        """
        end = self._clock.now() + timedelta(seconds=within)
        for tries in range(1, TRIES + 1):
            await self._wait(key, end)
            if not wanted():
                return None
            try:
                answer = await call()
            except RateLimited as slower:
                self._until[key] = self._clock.now() + timedelta(seconds=max(slower.retry_after, LEAST))
                if tries == TRIES:
                    raise
            else:
                self._until.pop(key, None)
                return answer
        raise AssertionError("the last try answers or raises")

    async def _wait(self, key: Key, end: datetime) -> None:
        now = self._clock.now()
        until = self._until.get(key, now)
        if until > end:
            raise RateLimited("Slack asks for a pause that is longer than this can wait.", (until - now).total_seconds())
        if until > now:
            await self._rest((until - now).total_seconds())
