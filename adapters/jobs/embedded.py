"""The jobs of one machine, by APScheduler inside the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """`body` runs every minute of UTC, never twice at once in this process; with `wakes` also as soon as there is something to do."""

    name: str
    body: Callable[[], Awaitable[object]]
    wakes: bool = False


@asynccontextmanager
async def ticking(jobs: Sequence[Job], wake: asyncio.Event) -> AsyncGenerator[AsyncIOScheduler, None]:
    """Runs the jobs every minute, those that wake also whenever `wake` is set, until the block ends.

    A run under way at the end is waited for: what it has claimed it finishes.
    """
    guarded = [_Guarded(job) for job in jobs]
    scheduler = AsyncIOScheduler(timezone="UTC")
    for one in guarded:
        scheduler.add_job(one.run, "cron", second=0, id=one.job.name, coalesce=True, max_instances=1, misfire_grace_time=59)
    waking = asyncio.create_task(_on_wake([one for one in guarded if one.job.wakes], wake))
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.pause()
        for one in guarded:
            await one.at_rest()
        waking.cancel()
        scheduler.shutdown(wait=False)


class _Guarded:
    """A job that never runs twice at once, whose trouble is logged and stops no other."""

    def __init__(self, job: Job) -> None:
        self.job, self._busy = job, asyncio.Lock()

    async def run(self) -> None:
        async with self._busy:
            try:
                await self.job.body()
            except Exception:
                log.exception("job failed", job=self.job.name)

    async def at_rest(self) -> None:
        """Returns when no run is under way."""
        async with self._busy:
            pass


async def _on_wake(runs: Sequence[_Guarded], wake: asyncio.Event) -> None:
    while True:
        await wake.wait()
        wake.clear()
        for guarded in runs:
            await guarded.run()
