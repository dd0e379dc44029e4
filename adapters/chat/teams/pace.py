"""How often Teams may be called, per conversation and per tenant: what would be too much waits a moment, or is put off."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence

from workflows.errors import RateLimited

# Calls within so many seconds. The documented limits of one bot in one conversation, and of one app in one tenant.
THREAD = ((7, 1.0), (8, 2.0), (60, 30.0), (1_800, 3_600.0))
TENANT = ((30, 1.0),)
WAITS = 2.0  # seconds a call waits for its turn; one that would wait longer is put off
MOST_WINDOWS = 5_000


class Pace:
    """Of this process. `now` is in seconds, of any beginning."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        self._now = now or time.monotonic
        self._calls: dict[str, deque[float]] = {}

    async def turn(self, conversation: str, tenant: str) -> None:
        """Returns when the call may be made. Raises `RateLimited` when that would take too long."""
        wait = self.take(conversation, tenant)
        if wait > WAITS:
            raise RateLimited("Teams takes no more messages there for the moment.", wait)
        if wait > 0:
            await asyncio.sleep(wait)

    def take(self, conversation: str, tenant: str) -> float:
        """Seconds until the call may be made; it is counted unless that is more than `WAITS`."""
        now = self._now()
        windows = [(self._of(f"c:{conversation}", now), THREAD), (self._of(f"t:{tenant}", now), TENANT)]
        at = max(_earliest(calls, limits, now) for calls, limits in windows)
        if at - now <= WAITS:
            for calls, _ in windows:
                calls.append(max(at, calls[-1]) if calls else at)
        return at - now

    def _of(self, key: str, now: float) -> deque[float]:
        if key not in self._calls and len(self._calls) >= MOST_WINDOWS:
            self._calls = {name: calls for name, calls in self._calls.items() if calls and now - calls[-1] < THREAD[-1][1]}
        calls = self._calls.setdefault(key, deque())
        while calls and now - calls[0] >= THREAD[-1][1]:
            calls.popleft()
        return calls


def _earliest(calls: Sequence[float], limits: Sequence[tuple[int, float]], now: float) -> float:
    """The first instant at which every window has room; `calls` are in order and may lie ahead."""
    return max([now, *(calls[-most] + seconds for most, seconds in limits if len(calls) >= most)])
