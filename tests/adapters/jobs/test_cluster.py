"""The engine of many machines, on a real PostgreSQL. Processes share the test's event loop here; tests/e2e kills real ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.periodic import MARGIN, PeriodicDeferrer

from adapters.jobs import cluster
from adapters.jobs.cluster import Queue, calling, working
from adapters.jobs.job import GRACE, Job
from tests.adapters.jobs.contract import MINUTE, NOON, Body, EngineContract, all_of, begun


@dataclass
class Working:
    queues: Sequence[Queue]

    async def minute(self, at: datetime) -> None:
        for queue in self.queues:
            deferrer = PeriodicDeferrer(queue.app.periodic_registry, max_delay=59)
            await deferrer.defer_jobs(deferrer.get_previous_tasks(at.timestamp() + MARGIN))


async def persistently(process: Working, at: datetime) -> None:
    """The test asks through connections that were just cut; the engine itself would begin anew."""
    for _ in range(20):
        try:
            return await process.minute(at)
        except ConnectorException:
            await asyncio.sleep(0.05)
    pytest.fail("the database does not come back")


@dataclass
class ManyMachines:
    url: str
    most: int = 3

    @asynccontextmanager
    async def process(self, jobs: Sequence[Job], wake: asyncio.Event, grace: float = GRACE) -> AsyncGenerator[Working]:
        async with working(jobs, wake, self.url, grace) as queues:
            yield Working(queues)

    async def idle(self) -> None:
        await self.until("SELECT count(*) = 0 FROM procrastinate_jobs")

    async def until(self, true: str) -> None:
        for _ in range(600):
            if await self.sql(true) == [(True,)]:
                return
            await asyncio.sleep(0.05)
        pytest.fail(f"never true: {true}")

    async def sql(self, statement: str) -> list[tuple[object, ...]]:
        async with await psycopg.AsyncConnection.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            done = await connection.execute(statement.encode())
            return await done.fetchall() if done.description else []


@pytest.fixture
def engine(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> ManyMachines:
    monkeypatch.setattr(cluster, "LATE", 0)  # the minutes are the test's, not the wall clock's
    monkeypatch.setattr(cluster, "POLL", 0.1)
    return ManyMachines(postgresql_url)


class TestCluster(EngineContract):
    """Every promise of an engine, and those that only many processes can be asked to keep."""

    async def test_what_a_dead_process_was_at_is_run_again(self, engine: ManyMachines, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cluster, "LOOK", 0.05)
        monkeypatch.setattr(cluster, "LATER", 0)
        deliver = Body()
        jobs = [Job("deliver", deliver, "messages", wakes=True)]
        await engine.sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '31 seconds')")
        await engine.sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status, worker_id)"
            " SELECT 'messages', 'deliver', 'deliver', 'deliver', 'doing', id FROM procrastinate_workers"
        )
        async with all_of(engine, jobs):
            await begun(deliver)
            await engine.idle()
        assert deliver.runs == 2  # and once more when what the dead had reserved is free

    async def test_what_a_living_process_is_at_is_left_to_it(self, engine: ManyMachines, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cluster, "LOOK", 0.05)
        slow, quick, wake = Body().held(), Body(), asyncio.Event()
        async with all_of(engine, [Job("slow", slow, "messages", wakes=True), Job("quick", quick, "cards")], wake) as processes:
            wake.set()
            await begun(slow)
            await processes[0].minute(NOON)
            await begun(quick)  # meanwhile each has looked for the dead
            slow.may_end.set()
            await engine.idle()
        assert slow.most_at_once == 1

    async def test_a_shared_job_runs_in_several_processes_at_once_but_not_twice_in_one(self, engine: ManyMachines) -> None:
        send, wake = Body().held(), asyncio.Event()
        async with all_of(engine, [Job("send", send, "messages", wakes=True, shared=True)], wake):
            for _ in range(engine.most):
                wake.set()
                await begun(send)
            wake.set()
            send.may_end.set()
            await engine.idle()
        assert send.most_at_once == engine.most
        assert send.runs == engine.most + 1

    async def test_a_process_that_runs_nothing_wakes_those_that_do_at_once(
        self, engine: ManyMachines, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cluster, "POLL", 3600)
        deliver, elsewhere, wake = Body(), Body(), asyncio.Event()
        async with (
            engine.process([Job("deliver", deliver, "messages", wakes=True)], asyncio.Event()),
            calling([Job("deliver", elsewhere, "messages", wakes=True)], wake, engine.url),
        ):
            await engine.until("SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")
            wake.set()
            await begun(deliver)
            await engine.idle()
        assert (deliver.runs, elsewhere.runs) == (1, 0)

    async def test_jobs_go_on_however_often_the_database_cuts_every_connection(
        self, engine: ManyMachines, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cluster, "PAUSE", 0.05)
        monkeypatch.setattr(cluster, "LOOK", 0.5)
        deliver, wake = Body(), asyncio.Event()
        async with engine.process([Job("deliver", deliver, "messages", wakes=True)], wake) as process:
            wake.set()
            await begun(deliver)
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            for minutes in range(2):
                await engine.sql(cut)  # also while a run is just being noted as done, which then nobody has
                await persistently(process, NOON + minutes * MINUTE)
                await begun(deliver)
