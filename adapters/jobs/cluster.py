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
from procrastinate.worker import Worker

from adapters.jobs.job import GRACE, Job

HEARTBEAT = 4.0  # seconds between two signs of life
SILENT = 20.0  # seconds without one after which a process counts as dead
POLL = 5.0  # seconds between two looks for a run that nobody was told of
LOOK = 5.0  # seconds between two looks for what the dead were at
LATER = 20  # seconds after which a job that was taken over runs once more: by then what the dead had reserved is free
PAUSE = 3.0  # seconds until a database that failed is tried again
TRIES = 5  # times that a database which failed is told of a run's end; it may have taken it the first time
LATE = 59  # seconds after which a minute that nobody ran is left out; the next one does its work
LEAVE = 3.0  # seconds that saying goodbye to the database may take
CONNECTIONS = 10  # at most, beside one for every queue that listens; those not needed are closed again

log = structlog.get_logger(__name__)


@asynccontextmanager
async def working(jobs: Sequence[Job], wake: asyncio.Event, url: str, grace: float = GRACE) -> AsyncGenerator[Sequence[Queue], None]:
    """Runs the jobs in turn with every other process that does, those that wake also when `wake` is set in any, until the block ends.

    A run under way at the end is waited for, `grace` seconds long, and then handed back.
    """
    leaving = asyncio.Event()
    async with _queues(jobs, url) as queues:
        running = [_call(queues, wake, leaving), _rescue(queues, leaving), *(_work(queue, leaving, grace) for queue in queues)]
        async with _until(leaving, running, grace):
            yield queues


@asynccontextmanager
async def calling(jobs: Sequence[Job], wake: asyncio.Event, url: str) -> AsyncGenerator[None, None]:
    """Runs nothing; has other processes run the jobs that wake whenever `wake` is set."""
    leaving = asyncio.Event()
    async with _queues(jobs, url) as queues, _until(leaving, [_call(queues, wake, leaving)], 0):
        yield


@dataclass(frozen=True, slots=True)
class Queue:
    """The jobs of one queue are an application of their own, so that each is worked on by itself."""

    name: str
    app: App
    tasks: tuple[tuple[Job, Task[Any, Any, Any]], ...]

    @property
    def waking(self) -> tuple[Task[Any, Any, Any], ...]:
        return tuple(task for job, task in self.tasks if job.wakes)


@asynccontextmanager
async def _queues(jobs: Sequence[Job], url: str) -> AsyncGenerator[list[Queue], None]:
    connector = PsycopgConnector(
        conninfo=url.replace("postgresql+psycopg://", "postgresql://", 1), min_size=1, max_size=CONNECTIONS, name="jobs"
    )
    await connector.open_async()
    try:
        ordered = sorted(jobs, key=lambda job: job.queue)
        yield [_queue(name, tuple(same), connector) for name, same in groupby(ordered, key=lambda job: job.queue)]
    finally:
        await connector.close_async()


def _queue(name: str, jobs: Sequence[Job], connector: PsycopgConnector) -> Queue:
    app = App(connector=connector, periodic_defaults={"max_delay": LATE})
    return Queue(name, app, tuple((job, _task(app, job)) for job in jobs))


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


async def _ask_for(task: Task[Any, Any, Any], *, later: bool = False) -> None:
    """A run of it as soon as a process is free, or a while later; one that waits already is enough."""
    when = task.configure(schedule_in={"seconds": LATER}, queueing_lock=f"{task.name}:later") if later else task.configure()
    try:
        await when.defer_async()
    except AlreadyEnqueued:
        pass
    except Exception as error:  # ruff: ignore[blind-except] - a connection may be cut anywhere in the driver
        log.warning("job not asked for; it runs within a minute", job=task.name, why=type(error).__name__)


async def _call(queues: Iterable[Queue], wake: asyncio.Event, leaving: asyncio.Event) -> None:
    waking = [task for queue in queues for task in queue.waking]
    while not leaving.is_set():
        await _first(wake.wait(), leaving.wait())
        if wake.is_set():
            wake.clear()
            for task in waking:
                await _ask_for(task)


class _Finishing(Worker):
    """A run's end that the database did not take is told again: else the run would count as under way for as long as the process lives."""

    async def _persist_job_status(self, *args: Any, **ended: Any) -> None:
        for left in reversed(range(TRIES)):
            try:
                await super()._persist_job_status(*args, **ended)
            except ConnectorException as error:
                if not left:
                    raise
                log.warning("end of a job told again", why=type(error).__name__)
                await asyncio.sleep(PAUSE)
            else:
                return


async def _work(queue: Queue, leaving: asyncio.Event, grace: float) -> None:
    """One run at a time. Where the database fails, it is tried again until it is back."""
    while not leaving.is_set():
        worker = _Finishing(
            queue.app,
            [queue.name],
            queue.name,
            fetch_job_polling_interval=POLL,
            shutdown_graceful_timeout=grace,
            listen_notify=bool(queue.waking),
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=SILENT,
        )
        at_work = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]
        left = asyncio.create_task(leaving.wait())
        await asyncio.wait([at_work, left], return_when=asyncio.FIRST_COMPLETED)
        left.cancel()
        worker.stop()  # type: ignore[no-untyped-call]
        try:
            await at_work
        except Exception as error:  # ruff: ignore[blind-except] - whatever it is, the jobs must go on
            log.warning("jobs wait for the database", queue=queue.name, why=type(error).__name__)
        await _first(leaving.wait(), timeout=PAUSE)


async def _rescue(queues: Sequence[Queue], leaving: asyncio.Event) -> None:
    """What a dead process was at is taken from it and asked for anew."""
    tasks = {job.name: task for queue in queues for job, task in queue.tasks}
    manager = queues[0].app.job_manager
    while not leaving.is_set():
        try:
            await manager.prune_stalled_workers(SILENT)
            for left in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
                if left.id is not None and left.task_name in tasks:
                    await _take_over(left.id, tasks[left.task_name], manager)
        except Exception as error:  # ruff: ignore[blind-except] - whatever it is, the next look must come
            log.warning("nobody's job taken over", why=type(error).__name__)
        await _first(leaving.wait(), timeout=LOOK)


async def _take_over(left: int, task: Task[Any, Any, Any], manager: JobManager) -> None:
    try:
        await manager.finish_job_by_id_async(left, Status.ABORTED, delete_job=True)
    except ConnectorException:  # another process was quicker
        return
    log.warning("job of a dead process runs again", job=task.name)
    await _ask_for(task)
    await _ask_for(task, later=True)


@asynccontextmanager
async def _until(leaving: asyncio.Event, running: Iterable[Coroutine[Any, Any, None]], grace: float) -> AsyncGenerator[None, None]:
    """They run beside the block and are told of its end.

    Told, not cancelled: a cancellation is lost where a connection is handed out at the same moment, and then nothing would end.
    """
    tasks = [asyncio.create_task(one) for one in running]
    try:
        yield
    finally:
        leaving.set()
        _, late = await asyncio.wait(tasks, timeout=grace + LEAVE)
        for task in late:
            task.cancel()


async def _first(*waits: Coroutine[Any, Any, object], timeout: float | None = None) -> None:
    """Returns when one of them has come, or after so many seconds."""
    tasks = [asyncio.create_task(one) for one in waits]
    await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
