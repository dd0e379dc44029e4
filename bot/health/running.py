"""How it goes: is somebody there to run the jobs, and does each run on time?"""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from adapters.store.signs import JobRun, Process
from bot.app import App
from bot.schedule import jobs
from workflows.domain.ids import new_id

PATIENCE = 5.0  # seconds the database has to answer
BEAT = 15.0  # seconds between two signs of life
GONE = timedelta(seconds=60)  # a process that was not seen for so long is there no more
LATE = timedelta(minutes=3)  # a job that has not begun for so long is late, unless it is still at work
STUCK = timedelta(minutes=15)  # and then after so long

Migrated = Callable[[], Awaitable[bool]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Health:
    """`present` are the processes that run jobs; `late` are jobs, each with when it last began, if ever."""

    present: Sequence[Process]
    late: Sequence[tuple[str, datetime | None]]
    failing: Sequence[JobRun]

    @property
    def good(self) -> bool:
        return bool(self.present) and not self.late


async def health(app: App) -> Health:
    """As the rows say it: the same from whichever process it is asked, also from the command line."""
    now, names = app.clock.now(), [job.name for job in jobs(app)]
    processes, rows = await app.store.signs.lives()
    runs = {run.job: run for run in rows if run.job in names}
    present = [one for one in processes if one.runs_jobs and one.seen_at > now - GONE]
    young = present and all(one.started_at > now - LATE for one in present)  # of them nothing can be late yet
    late = [] if young else [(name, began) for name, began in _begun(runs, names) if _is_late(runs.get(name), now)]
    return Health(present, late, [run for run in runs.values() if run.failing_since is not None])


def _begun(runs: dict[str, JobRun], names: Collection[str]) -> list[tuple[str, datetime | None]]:
    return [(name, runs[name].begun_at if name in runs else None) for name in names]


def _is_late(run: JobRun | None, now: datetime) -> bool:
    return run is None or run.begun_at < now - (STUCK if run.under_way else LATE)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether this process can do its work.

    `migrated` asks the database whether its schema is this release's and raises when it cannot be reached; `on_time` asks whether somebody
    runs the jobs, and on time, which only a process that `runs_jobs` itself is not ready without. `sending` says whether anything may leave:
    in a restored copy and during maintenance nothing does, and the process is ready all the same.
    """

    migrated: Migrated
    on_time: Callable[[], Awaitable[bool]] | None = None
    runs_jobs: bool = True
    sending: Callable[[], Awaitable[bool]] | None = None

    async def state(self) -> dict[str, bool]:
        try:
            async with asyncio.timeout(PATIENCE):
                state = {"database": True, "migrations": await self.migrated()}
                if self.sending is not None and state["migrations"]:
                    state["sending"] = await self.sending()
                return state if self.on_time is None else {**state, "jobs": state["migrations"] and await self.on_time()}
        except Exception as error:  # ruff: ignore[blind-except] - whatever the driver raises, the answer is the same
            log.warning("database not reachable", error=type(error).__name__)
            return {"database": False, "migrations": False}

    def good(self, state: Mapping[str, bool]) -> bool:
        return all(well for what, well in state.items() if what != "sending" and (self.runs_jobs or what != "jobs"))


def readiness_of(app: App, *, runs_jobs: bool) -> Readiness:
    async def on_time() -> bool:
        return (await health(app)).good

    async def sending() -> bool:
        async with app.store.reading() as work:
            return not await work.stops(app.clock.now())

    return Readiness(app.ready, on_time, runs_jobs, sending)


@asynccontextmanager
async def present(app: App, *, runs_jobs: bool) -> AsyncGenerator[None, None]:
    """This process is listed while the block lasts. A database that is away for a while is no reason to end."""
    now = app.clock.now()
    me = Process(new_id(), f"{platform.node()}:{os.getpid()}", runs_jobs, now, now)
    await _give_sign(app, me)
    beating = asyncio.create_task(_beat(app, me))
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
        with suppress(Exception):
            await app.store.signs.gone(me.id)


async def _beat(app: App, me: Process) -> None:
    while True:
        await asyncio.sleep(BEAT)
        await _give_sign(app, me)


async def _give_sign(app: App, me: Process) -> None:
    try:
        await app.store.signs.seen(replace(me, seen_at=app.clock.now()))
    except Exception as error:  # ruff: ignore[blind-except] - whatever the driver raises, the next beat tries again
        log.warning("sign of life not given", why=type(error).__name__)
