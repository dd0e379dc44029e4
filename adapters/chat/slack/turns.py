"""In a rush of presses all are kept and acknowledged before they are handled."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext, suppress

AT_ONCE = (
    2  # handled at a time: more would keep the next click waiting to be kept, for the database's connections and for this process's time
)
RUSH, WITHIN = 4, 0.1  # so many that come within so many seconds are a rush, which is over when as long a time none came
LONGEST = 5.0  # seconds that handling waits for its end


class Turns:
    """Handling one press takes as long as keeping ten, and Slack waits three seconds for a press to be kept."""

    def __init__(self) -> None:
        self._places, self._urgent = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._in_rush = asyncio.Lock()
        self._came: deque[float] = deque(maxlen=RUSH)
        self._calm = asyncio.Event()
        self._calm.set()
        self._ends: asyncio.TimerHandle | None = None

    def came(self) -> None:
        """Another one is there to be kept."""
        loop = asyncio.get_running_loop()
        self._came.append(loop.time())
        if len(self._came) == RUSH and self._came[-1] - self._came[0] < WITHIN:
            self._calm.clear()
            if self._ends is not None:
                self._ends.cancel()
            self._ends = loop.call_later(WITHIN, self._calm.set)

    @asynccontextmanager
    async def turn(self, *, urgent: bool = False) -> AsyncGenerator[None]:
        """Around the handling. What Slack waits for is urgent; else, in a rush that does not end, one is handled at a time."""
        until = asyncio.get_running_loop().time() + LONGEST
        async with self._urgent if urgent else self._places:
            if not urgent:
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(until):
                        await self._calm.wait()
            async with nullcontext() if urgent or self._calm.is_set() else self._in_rush:
                yield
