"""Signs of life: which processes are there, when each job ran, what waits and since when. Read by whoever watches the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import starmap
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.store import tables as t
from adapters.store.tables.work import DAILY
from workflows.records import Effect, OutboxState

FORGOTTEN = timedelta(days=1)  # after which a process that was not seen any more is no longer listed
WAITING = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.FAILED)

_RUN, _PROCESS, _BOX = t.job_runs.c, t.processes.c, t.outbox.c


@dataclass(frozen=True, slots=True)
class Process:
    """`name` is its machine and number there."""

    id: UUID
    name: str
    runs_jobs: bool
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last run of a job, in whichever process. `failing_since`: of the runs that ended in trouble without a good one since."""

    job: str
    begun_at: datetime
    ended_at: datetime | None
    failing_since: datetime | None

    @property
    def under_way(self) -> bool:
        """Or its process died with it."""
        return self.ended_at is None or self.ended_at < self.begun_at


@dataclass(frozen=True, slots=True)
class Backlog:
    """Rows of the outbox that are not done with. `oldest` is since when the oldest of them might have left; null when none may yet."""

    kind: Effect
    state: OutboxState
    number: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """`most_overdue` is the earliest time at which an account wanted to be looked at and was not yet.

    `sources` are the books and mailboxes, each with when it was last read.
    """

    backlog: Sequence[Backlog]
    most_overdue: datetime | None
    sources: Sequence[tuple[str, datetime]]


class SignsOfLife:
    """Each call is a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def seen(self, process: Process) -> None:
        values = {"name": process.name, "runs_jobs": process.runs_jobs, "started_at": process.started_at, "seen_at": process.seen_at}
        async with self._engine.begin() as connection:
            await _put(connection, t.processes, {"id": process.id}, values)
            await connection.execute(delete(t.processes).where(_PROCESS.seen_at < process.seen_at - FORGOTTEN))

    async def gone(self, process: UUID) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(t.processes).where(_PROCESS.id == process))

    async def began(self, job: str, at: datetime) -> None:
        async with self._engine.begin() as connection:
            await _put(connection, t.job_runs, {"job": job}, {"begun_at": at})

    async def ended(self, job: str, at: datetime, *, failed: bool) -> None:
        since = func.coalesce(_RUN.failing_since, at) if failed else None
        async with self._engine.begin() as connection:
            await connection.execute(update(t.job_runs).where(_RUN.job == job).values(ended_at=at, failing_since=since))

    async def lives(self) -> tuple[Sequence[Process], Sequence[JobRun]]:
        async with self._engine.begin() as connection:
            processes = list(starmap(Process, await _rows(connection, select(*t.processes.c).order_by(_PROCESS.started_at))))
            runs = list(starmap(JobRun, await _rows(connection, select(*t.job_runs.c).order_by(_RUN.job))))
        return processes, runs

    async def waiting(self, now: datetime) -> Waiting:
        async with self._engine.begin() as connection:
            backlog = [Backlog(Effect(row[0]), OutboxState(row[1]), *row[2:]) for row in await _rows(connection, _backlog(now))]
            looks = select(func.min(t.customers.c.next_look_at)).where(t.customers.c.next_look_at <= now)
            most_overdue: datetime | None = (await connection.execute(looks)).scalar_one()
            return Waiting(backlog, most_overdue, await _sources(connection))

    async def clock(self) -> datetime | None:
        """What the database's own clock says; null where it is this machine's."""
        if self._engine.dialect.name == "sqlite":
            return None
        async with self._engine.begin() as connection:
            said: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        return said


async def _put(connection: AsyncConnection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = insert(table).values(**key, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))


async def _rows(connection: AsyncConnection, query: Select[Any]) -> Sequence[Any]:
    found: Sequence[Any] = (await connection.execute(query)).all()
    return found


def _backlog(now: datetime) -> Select[Any]:
    """Only what is not done with, which an index finds: the cost follows what waits, not all that was ever sent."""
    may_leave = func.min(case((_BOX.not_before <= now, _BOX.not_before)))
    waiting = select(_BOX.kind, _BOX.state, func.count(), may_leave).where(
        _BOX.kind.in_([kind.value for kind in Effect]), _BOX.state.in_([state.value for state in WAITING])
    )
    return waiting.group_by(_BOX.kind, _BOX.state).order_by(_BOX.kind, _BOX.state)


async def _sources(connection: AsyncConnection) -> Sequence[tuple[str, datetime]]:
    books = await _rows(connection, select(t.books.c.slug, t.books.c.read_at).where(t.books.c.read_at.is_not(None)))
    marks = await _rows(connection, select(t.read_marks.c.source, t.read_marks.c.at).where(~t.read_marks.c.source.startswith(DAILY)))
    return sorted([(f"book:{slug}", at) for slug, at in books] + [(source, at) for source, at in marks])
