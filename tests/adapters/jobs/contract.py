"""What every engine of the jobs promises. `Engine.minute` is a minute of the clock, as the engine itself would notice it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from adapters.jobs.job import GRACE, Job

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEXT = NOON + MINUTE


class Process(Protocol):
    async def minute(self, at: datetime) -> None: ...


class Engine(Protocol):
    """`most` says how many processes may run side by side."""

    most: int

    def process(self, jobs: Sequence[Job], wake: asyncio.Event, grace: float = GRACE) -> AbstractAsyncContextManager[Process]: ...

    async def idle(self) -> None:
        """Returns when no run waits or is under way."""
        ...


@dataclass
class Body:
    """A job's work: counts its runs, and those at once, and does not end while it is `held`."""

    fails: bool = False
    runs: int = 0
    at_once: int = 0
    most_at_once: int = 0
    broken_off: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_end.set()

    def held(self) -> Body:
        self.may_end.clear()
        return self

    async def __call__(self) -> None:
        self.runs += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.broken_off += 1
            raise
        finally:
            self.at_once -= 1
        if self.fails:
            raise RuntimeError("trouble")


@asynccontextmanager
async def all_of(engine: Engine, jobs: Sequence[Job], wake: asyncio.Event | None = None) -> AsyncGenerator[list[Process]]:
    """As many processes as the engine allows; `wake` is that of the first."""
    async with AsyncExitStack() as stack:
        wakes = [wake or asyncio.Event(), *(asyncio.Event() for _ in range(engine.most - 1))]
        yield [await stack.enter_async_context(engine.process(jobs, one)) for one in wakes]


async def begun(body: Body) -> None:
    async with asyncio.timeout(60):
        await body.begun.wait()
        body.begun.clear()


class EngineContract:
    """`engine` is a fixture of each suite."""

    async def test_each_job_runs_once_a_minute_whatever_the_number_of_processes(self, engine: Engine) -> None:
        tick, keep = Body(), Body()
        jobs = [Job("tick", tick, "tick"), Job("keep", keep, "keeping")]
        async with all_of(engine, jobs) as processes:
            for number, at in enumerate((NOON, NEXT), 1):
                await asyncio.gather(*(one.minute(at) for one in processes))
                await engine.idle()
                assert (tick.runs, keep.runs) == (number, number)

    async def test_trouble_in_one_stops_no_other_and_not_the_next_minute(self, engine: Engine) -> None:
        bad, good = Body(fails=True), Body()
        async with all_of(engine, [Job("bad", bad, "q"), Job("good", good, "q")]) as processes:
            for at in (NOON, NEXT):
                await processes[0].minute(at)
                await engine.idle()
        assert (bad.runs, good.runs) == (2, 2)

    async def test_a_job_never_runs_twice_at_once_however_often_it_is_asked_for(self, engine: Engine) -> None:
        job, wake = Body().held(), asyncio.Event()
        async with all_of(engine, [Job("tick", job, "tick", wakes=True)], wake) as processes:
            wake.set()
            await begun(job)
            for at in (NOON, NEXT):
                await asyncio.gather(*(one.minute(at) for one in processes))
            wake.set()
            job.may_end.set()
            await engine.idle()
        assert job.runs >= 2  # what was asked for while it ran is looked at again
        assert job.most_at_once == 1

    async def test_one_that_waits_for_its_vendor_holds_up_no_other_queue(self, engine: Engine) -> None:
        slow, quick, wake = Body().held(), Body(), asyncio.Event()
        jobs = [Job("slow", slow, "messages", wakes=True), Job("quick", quick, "cards", wakes=True)]
        async with engine.process(jobs, wake) as process:
            wake.set()
            await begun(slow)
            await begun(quick)
            wake.set()
            await begun(quick)
            await process.minute(NOON)
            await begun(quick)
            slow.may_end.set()

    async def test_what_wakes_runs_at_once_and_nothing_else_does(self, engine: Engine) -> None:
        deliver, tick, wake = Body(), Body(), asyncio.Event()
        async with all_of(engine, [Job("deliver", deliver, "messages", wakes=True), Job("tick", tick, "tick")], wake):
            wake.set()
            await begun(deliver)
            await engine.idle()
        assert (deliver.runs, tick.runs) == (1, 0)

    async def test_the_end_waits_for_a_run_under_way(self, engine: Engine) -> None:
        deliver, wake = Body().held(), asyncio.Event()
        async with engine.process([Job("deliver", deliver, "messages", wakes=True)], wake):
            wake.set()
            await begun(deliver)
            asyncio.get_running_loop().call_soon(deliver.may_end.set)
        assert (deliver.runs, deliver.at_once, deliver.broken_off) == (1, 0, 0)

    async def test_a_run_that_does_not_end_in_time_is_broken_off_and_begun_again_by_the_next(self, engine: Engine) -> None:
        deliver, wake = Body().held(), asyncio.Event()
        jobs = [Job("deliver", deliver, "messages", wakes=True)]
        async with engine.process(jobs, wake, grace=0.05):
            wake.set()
            await begun(deliver)
        assert (deliver.at_once, deliver.broken_off) == (0, 1)
        deliver.may_end.set()
        async with engine.process(jobs, wake) as process:
            await process.minute(NOON)
            await begun(deliver)
