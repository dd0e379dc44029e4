"""Figures as Prometheus reads them: what waits and for how long, what was sent, how late the tick is. No customer's name, no amount."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import product

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from adapters.store.signs import WAITING, JobRun, Process, Waiting
from bot.app import App
from bot.health.counts import BUCKETS, Counts
from bot.health.running import GONE
from workflows.records import Effect

FRESH = 5.0  # seconds for which the same answer is given, whoever asks


class Metrics:
    """`page` is the whole answer. Several who ask at once are one look at the database."""

    def __init__(self, app: App) -> None:
        self._app, self._page, self._until, self._looking = app, b"", 0.0, asyncio.Lock()

    async def page(self) -> bytes:
        async with self._looking:
            if time.monotonic() >= self._until:
                now, signs = self._app.clock.now(), self._app.store.signs
                processes, runs = await signs.lives()
                found = [
                    *_processes(processes, now),
                    *_runs(runs, now),
                    *_waiting(await signs.waiting(now), now),
                    *_counted(self._app.counts),
                ]
                self._page, self._until = _written(found), time.monotonic() + FRESH
            return self._page


def _processes(processes: Iterable[Process], now: datetime) -> Iterator[Metric]:
    here = [one.runs_jobs for one in processes if one.seen_at > now - GONE]
    yield GaugeMetricFamily("duebot_workers", "Processes that run jobs and were seen within a minute", sum(here))
    yield GaugeMetricFamily("duebot_processes", "Processes that were seen within a minute", len(here))


def _runs(runs: Iterable[JobRun], now: datetime) -> Iterator[Metric]:
    age = GaugeMetricFamily("duebot_job_begun_seconds", "Since the last run of the job began, in any process", labels=["job"])
    failing = GaugeMetricFamily("duebot_job_failing", "1 while the last run of the job ended in trouble", labels=["job"])
    for run in runs:
        age.add_metric([run.job], _since(run.begun_at, now))
        failing.add_metric([run.job], run.failing_since is not None)
    yield from (age, failing)


def _waiting(waiting: Waiting, now: datetime) -> Iterator[Metric]:
    rows = GaugeMetricFamily("duebot_outbox_rows", "Effects that are not done with", labels=["kind", "state"])
    oldest = GaugeMetricFamily("duebot_outbox_oldest_seconds", "Since the oldest of them might have left", labels=["kind", "state"])
    found = {(part.kind, part.state): (part.number, part.oldest) for part in waiting.backlog}
    for kind, state in product(Effect, WAITING):  # also where there are none: what is absent raises no alarm
        number, since = found.get((kind, state), (0, None))
        rows.add_metric([kind.value, state.value], number)
        oldest.add_metric([kind.value, state.value], _since(since, now))
    yield from (rows, oldest)
    yield GaugeMetricFamily("duebot_tick_lag_seconds", "How late the most overdue account is looked at", _since(waiting.most_overdue, now))
    read = GaugeMetricFamily("duebot_source_read_seconds", "Since the book or mailbox was last read", labels=["source"])
    for source, at in waiting.sources:
        read.add_metric([source], _since(at, now))
    yield read


def _counted(counts: Counts) -> Iterator[Metric]:
    sends = CounterMetricFamily("duebot_sends", "Messages and cards handed to a vendor by this process", labels=["vendor", "result"])
    for (vendor, result), number in sorted(counts.sends.items()):
        sends.add_metric([vendor, result], number)
    runs = CounterMetricFamily("duebot_job_runs", "Runs of jobs in this process", labels=["job", "result"])
    for (job, result), number in sorted(counts.runs.items()):
        runs.add_metric([job, result], number)
    yield from (sends, runs)
    taken = counts.acknowledged
    within = [(str(bucket), float(sum(taken.within[: place + 1]))) for place, bucket in enumerate((*BUCKETS, "+Inf"))]
    yield HistogramMetricFamily("duebot_click_to_ack_seconds", "From a press or a command to its acknowledgement", within, taken.total)


def _since(at: datetime | None, now: datetime) -> float:
    return 0.0 if at is None else max((now - at).total_seconds(), 0.0)


def _written(found: Iterable[Metric]) -> bytes:
    class Found(Collector):
        def collect(self) -> Iterable[Metric]:
            return found

    registry = CollectorRegistry()
    registry.register(Found())
    return generate_latest(registry)
