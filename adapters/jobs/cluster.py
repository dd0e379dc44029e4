"""The jobs of many machines, by Procrastinate on the PostgreSQL they share.

The engine says where and when a job runs: once a minute over all processes, a queue's jobs one after another in each, those of a dead
process again elsewhere. What must be sent, and how often a vendor was tried, the outbox says; a run that comes twice does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from procrastinate.tasks import Task

from adapters.jobs.job import GRACE, Job

HEARTBEAT = 5.0  # seconds between two signs of life
SILENT = 30.0  # seconds without one after which a process counts as dead
LOOK = 10.0  # seconds between two looks for what the dead were at
PAUSE = 3.0  # seconds until a database that failed is tried again
CONNECTIONS = 4  # at most, beside one for every queue that listens

log = structlog.get_logger(__name__)


@asynccontextmanager
async def working(jobs: Sequence[Job], wake: asyncio.Event, url: str) -> AsyncGenerator[None, None]:
    """Runs the jobs in turn with every other process that does, those that wake also when `wake` is set in any, until the block ends.

    A run under way at the end is waited for, as long as `GRACE` allows, and then handed back.
    """
    async with _queues(jobs, url) as queues, _alongside([_call(queues, wake), _rescue(queues), *map(_work, queues)]):
        yield


@asynccontextmanager
async def calling(jobs: Sequence[Job], wake: asyncio.Event, url: str) -> AsyncGenerator[None, None]:
    """Runs nothing; has other processes run the jobs that wake whenever `wake` is set."""
    async with _queues(jobs, url) as queues, _alongside([_call(queues, wake)]):
        yield


@dataclass(frozen=True, slots=True)
class _Queue:
    """The jobs of one queue are an application of their own, so that each is worked on by itself."""

    name: str
    app: App
    tasks: tuple[tuple[Job, Task[Any, Any, Any]], ...]

    @property
    def waking(self) -> tuple[Task[Any, Any, Any], ...]:
        return tuple(task for job, task in self.tasks if job.wakes)


@asynccontextmanager
async def _queues(jobs: Sequence[Job], url: str) -> AsyncGenerator[list[_Queue], None]:
    connector = PsycopgConnector(
        conninfo=url.replace("postgresql+psycopg://", "postgresql://", 1), min_size=1, max_size=CONNECTIONS, name="jobs"
    )
    await connector.open_async()
    try:
        ordered = sorted(jobs, key=lambda job: job.queue)
        yield [_queue(name, tuple(same), connector) for name, same in groupby(ordered, key=lambda job: job.queue)]
    finally:
        await connector.close_async()


def _queue(name: str, jobs: Sequence[Job], connector: PsycopgConnector) -> _Queue:
    app = App(connector=connector, periodic_defaults={"max_delay": 59})
    return _Queue(name, app, tuple((job, _task(app, job)) for job in jobs))


def _task(app: App, job: Job) -> Task[Any, Any, Any]:
    """At most one run of it waits at a time; at most one is under way, unless it is shared."""

    async def run(timestamp: int | None = None) -> None:  # the minute it is for, where the clock and nobody else asked for it
        del timestamp
        try:
            await job.run()
        except asyncio.CancelledError:
            await _ask_for(task)
            raise

    task: Task[Any, Any, Any] = app.task(name=job.name, queue=job.queue, queueing_lock=job.name, lock=None if job.shared else job.name)(run)
    app.periodic(cron="* * * * *")(task)
    return task


async def _ask_for(task: Task[Any, Any, Any]) -> None:
    """A run of it as soon as a process is free; one that waits already is enough."""
    try:
        await task.defer_async()
    except AlreadyEnqueued:
        pass
    except ConnectorException as error:
        log.warning("job not asked for; it runs within a minute", job=task.name, why=type(error).__name__)


async def _call(queues: Iterable[_Queue], wake: asyncio.Event) -> None:
    waking = [task for queue in queues for task in queue.waking]
    while True:
        await wake.wait()
        wake.clear()
        for task in waking:
            await _ask_for(task)


async def _work(queue: _Queue) -> None:
    """One run at a time. Where the database fails, it is tried again until it is back."""
    while True:
        try:
            await queue.app.run_worker_async(
                queues=[queue.name],
                name=queue.name,
                listen_notify=bool(queue.waking),
                install_signal_handlers=False,
                delete_jobs="always",
                shutdown_graceful_timeout=GRACE,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=SILENT,
            )
        except Exception as error:  # ruff: ignore[blind-except] - whatever it is, the jobs must go on
            log.warning("jobs wait for the database", queue=queue.name, why=type(error).__name__)
        await asyncio.sleep(PAUSE)


async def _rescue(queues: Sequence[_Queue]) -> None:
    """What a dead process was at is taken from it and asked for anew."""
    tasks = {job.name: task for queue in queues for job, task in queue.tasks}
    manager = queues[0].app.job_manager
    while True:
        try:
            await manager.prune_stalled_workers(SILENT)
            for left in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
                if left.id is not None and left.task_name in tasks:
                    await _take_over(left.id, tasks[left.task_name], manager)
        except ConnectorException as error:
            log.debug("nothing rescued", why=type(error).__name__)
        await asyncio.sleep(LOOK)


async def _take_over(left: int, task: Task[Any, Any, Any], manager: JobManager) -> None:
    try:
        await manager.finish_job_by_id_async(left, Status.ABORTED, delete_job=True)
    except ConnectorException:  # another process was quicker
        return
    log.warning("job of a dead process runs again", job=task.name)
    await _ask_for(task)


@asynccontextmanager
async def _alongside(running: Iterable[Coroutine[Any, Any, None]]) -> AsyncGenerator[None, None]:
    """They run until the block ends, and have ended when it has."""
    tasks = [asyncio.create_task(one) for one in running]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
