"""The jobs of one machine, by APScheduler inside the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from adapters.jobs.job import GRACE, Job


@asynccontextmanager
async def ticking(jobs: Sequence[Job], wake: asyncio.Event, grace: float = GRACE) -> AsyncGenerator[AsyncIOScheduler, None]:
    """Runs the jobs every minute, those that wake also whenever `wake` is set, until the block ends.

    A run under way at the end is waited for, `grace` seconds long: what it has claimed it finishes.
    """
    guarded = [_Guarded(job) for job in jobs]
    waking = [one for one in guarded if one.job.wakes]
    scheduler = AsyncIOScheduler(timezone="UTC")
    for one in guarded:
        scheduler.add_job(one.run, "cron", second=0, id=one.job.name, coalesce=True, max_instances=1, misfire_grace_time=59)
    calling = asyncio.create_task(_call(waking, wake))
    answering = [asyncio.create_task(one.answer()) for one in waking]
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.pause()
        calling.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await _at_rest(guarded)
        scheduler.shutdown(wait=False)
        for task in answering:
            task.cancel()
        await asyncio.gather(calling, *answering, return_exceptions=True)
        await _at_rest(guarded)


class _Guarded:
    """A job that never runs twice at once. `wanted` is set when it is to run before its minute."""

    def __init__(self, job: Job) -> None:
        self.job, self.wanted, self.busy = job, asyncio.Event(), asyncio.Lock()

    async def run(self) -> None:
        async with self.busy:
            await self.job.run()

    async def answer(self) -> None:
        while True:
            await self.wanted.wait()
            self.wanted.clear()
            await self.run()


async def _call(waking: Sequence[_Guarded], wake: asyncio.Event) -> None:
    """Each by itself: one that waits for its vendor must not hold up the others."""
    while True:
        await wake.wait()
        wake.clear()
        for one in waking:
            one.wanted.set()


async def _at_rest(guarded: Sequence[_Guarded]) -> None:
    """Returns when no run is under way."""
    for one in guarded:
        async with one.busy:
            pass
