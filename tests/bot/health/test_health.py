"""Seen from outside: ready or not, figures for Prometheus, and what `duebot check` says of workers, jobs, what waits, and clocks."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from adapters.jobs.job import Job
from adapters.store.engine import open_engine
from adapters.store.signs import Process
from adapters.store.unit_of_work import SqlStore
from bot.app import App, running
from bot.config import Settings, SMTPSettings
from bot.health.check_work import of_work
from bot.health.counts import Counts, Times
from bot.health.running import health, present
from bot.http import chat_app, inbox_app, worker_app
from bot.schedule import _watched, jobs
from tests.conftest import SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.workflows.office import Office, opened
from workflows.domain.ids import new_id
from workflows.errors import RateLimited

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def app(database_url: str, tmp_path: Path, clock: FixedClock) -> AsyncIterator[App]:
    settings = Settings(
        database_url=database_url,
        secret_key=SecretStr(base64.b64encode(SECRET_KEY).decode()),
        smtp=SMTPSettings(folder=tmp_path, sender="receivables@alderfinch.example"),
    )
    async with running(settings, clock) as made:
        yield made


@dataclass
class Watching:
    """An app whose jobs are run by hand, as an engine would."""

    app: App
    clock: FixedClock

    async def run(self, *left_out: str) -> None:
        for job in jobs(self.app):
            if job.name not in left_out:
                await _watched(job, self.app).run()

    async def pass_minutes(self, number: int, *left_out: str) -> None:
        for _ in range(number):
            self.clock.advance(MINUTE)
            await self.run(*left_out)

    async def ready(self, *, runs_jobs: bool = True) -> tuple[int, object]:
        transport = httpx.ASGITransport(chat_app(self.app, runs_jobs=runs_jobs))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as web:
            answer = await web.get("/readyz")
        return answer.status_code, answer.json()["jobs"]

    async def findings(self) -> list[str]:
        """But for the clock, which is the test's own."""
        return [finding.name for finding in await of_work(self.app) if finding.name != "clock"]

    def worker(self) -> AbstractAsyncContextManager[None]:
        return present(self.app, runs_jobs=True)


@pytest.fixture
def watching(app: App, clock: FixedClock) -> Watching:
    return Watching(app, clock)


async def test_a_process_is_ready_from_its_start_and_while_each_job_begins_every_minute(watching: Watching) -> None:
    async with watching.worker():
        assert await watching.ready() == (200, True)
        await watching.pass_minutes(5)
        await beat(watching)
        assert await watching.ready() == (200, True)
        assert await watching.findings() == []


async def beat(watching: Watching) -> None:
    """The process of `worker` was seen just now: its own beat goes by the wall clock."""
    processes, _ = await watching.app.store.signs.lives()
    for one in processes:
        now = watching.clock.now()
        await watching.app.store.signs.seen(Process(one.id, one.name, one.runs_jobs, one.started_at, now))


async def test_a_job_that_has_not_begun_for_three_minutes_is_late_and_named(watching: Watching) -> None:
    async with watching.worker():
        await watching.pass_minutes(4)
        await watching.pass_minutes(3, "seal_audit")
        await beat(watching)
        assert await watching.ready() == (200, True)
        await watching.pass_minutes(1, "seal_audit")
        await beat(watching)
        assert await watching.ready() == (503, False)
        assert await watching.ready(runs_jobs=False) == (200, False)  # another process's trouble closes no door of this one
        assert [name for name, _ in (await health(watching.app)).late] == ["seal_audit"]
        assert await watching.findings() == ["jobs.late"]


async def test_a_job_at_work_is_not_late_until_it_seems_stuck(watching: Watching) -> None:
    async with watching.worker():
        await watching.pass_minutes(4)
        watching.clock.advance(timedelta(seconds=1))
        await watching.app.store.signs.began("tick", watching.clock.now())
        await watching.pass_minutes(15, "tick")
        await beat(watching)
        assert await watching.ready() == (200, True)
        await watching.pass_minutes(1, "tick")
        await beat(watching)
        assert await watching.ready() == (503, False)


async def test_a_job_that_ends_in_trouble_is_on_time_and_told_of_until_it_ends_well(watching: Watching) -> None:
    async def fails() -> None:  # ruff: ignore[unused-async] - a job's body is awaited
        raise RuntimeError("trouble")

    async with watching.worker():
        await watching.pass_minutes(1)
        first = watching.clock.now() + MINUTE
        for _ in range(2):
            watching.clock.advance(MINUTE)
            await watching.run("tick")
            await _watched(Job("tick", fails, "tick"), watching.app).run()
        (failing,) = (await health(watching.app)).failing
        assert (failing.job, failing.failing_since) == ("tick", first)
        await beat(watching)
        assert await watching.ready() == (200, True)
        assert await watching.findings() == ["jobs.failing"]
        await watching.pass_minutes(1)
        assert (await health(watching.app)).failing == []


async def test_without_a_process_that_runs_jobs_it_says_so_where_many_machines_share_a_database(watching: Watching) -> None:
    async with present(watching.app, runs_jobs=False):
        await watching.run()
        assert await watching.ready(runs_jobs=False) == (200, False)
        missing = ["jobs.workers"] if "postgresql" in watching.app.settings.database_url else []
        assert await watching.findings() == missing
    async with watching.worker():
        assert await watching.findings() == []
        watching.clock.advance(MINUTE + timedelta(seconds=1))  # killed, and not seen since
        assert not (await health(watching.app)).good
    assert (await watching.app.store.signs.lives())[0] == []


async def test_a_process_that_was_not_seen_for_a_day_is_forgotten(watching: Watching, clock: FixedClock) -> None:
    signs = watching.app.store.signs
    await signs.seen(Process(new_id(), "old:1", True, clock.now(), clock.now()))
    clock.advance(timedelta(days=1, seconds=1))
    await signs.seen(Process(new_id(), "new:1", True, clock.now(), clock.now()))
    assert [one.name for one in (await signs.lives())[0]] == ["new:1"]


async def test_what_might_have_left_long_ago_is_a_finding(watching: Watching) -> None:
    office = Office(watching.app.store, watching.clock)
    await office.open()
    await office.owe("acme")
    await watching.app.jobs.tick()
    watching.clock.advance(timedelta(minutes=16))
    async with watching.worker():
        assert await watching.findings() == ["outbox.notice"]
        said = [finding.what for finding in await of_work(watching.app)]
        assert any(what.startswith("1 message to customers has not left yet") for what in said)
        await watching.app.jobs.deliver()
        assert await watching.findings() == []


async def test_a_clock_that_is_not_the_databases_is_a_finding(postgresql_url: str, tmp_path: Path) -> None:
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    theirs = await store.signs.clock()
    assert theirs is not None
    await store.close()
    for apart, found in ((0, []), (60, ["clock"]), (-60, ["clock"])):
        settings = Settings(database_url=postgresql_url, secret_key=SecretStr(base64.b64encode(SECRET_KEY).decode()))
        async with running(settings, FixedClock(theirs + timedelta(seconds=apart))) as app, present(app, runs_jobs=True):
            assert [finding.name for finding in await of_work(app)] == found


# Figures -----------------------------------------------------------------------------------------------------------------------


async def figures(app: App, *, of_worker: bool = False) -> dict[str, dict[tuple[str, ...], float]]:
    """By name and the labels' values."""
    behind = worker_app(app, 8081) if of_worker else inbox_app(app, 8081)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(behind), base_url="http://127.0.0.1:8081") as web:
        answer = await web.get("/metrics")
    assert answer.status_code == 200
    assert "acme" not in answer.text.lower()  # neither names nor amounts
    assert "100" not in answer.text
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


@pytest.mark.parametrize("of_worker", [False, True])
async def test_prometheus_reads_what_waits_what_was_sent_and_how_late_it_is(watching: Watching, *, of_worker: bool) -> None:
    app, clock = watching.app, watching.clock
    office = Office(app.store, clock)
    await office.open()
    await office.owe("acme")
    clock.advance(timedelta(seconds=90))
    lag = (await figures(app, of_worker=of_worker))["duebot_tick_lag_seconds"][()]
    assert lag >= 90
    await watching.run("send_email")
    clock.advance(timedelta(seconds=30))
    async with watching.worker():
        waiting = await figures(app, of_worker=of_worker)
    assert waiting["duebot_workers"][()] == 1
    assert waiting["duebot_outbox_rows"]["notice", "queued"] == 1
    assert waiting["duebot_outbox_oldest_seconds"]["notice", "queued"] == 30
    assert waiting["duebot_tick_lag_seconds"][()] == 0
    assert waiting["duebot_job_begun_seconds"]["tick",] == 30
    await watching.run()
    app.counts.acknowledged.add(0.03)
    done = await figures(app, of_worker=of_worker)
    assert done["duebot_outbox_rows"]["notice", "queued"] == 0
    assert done["duebot_sends_total"] == {("sent", "eml_folder"): 1}  # Prometheus sorts labels
    assert done["duebot_job_runs_total"]["tick", "done"] == 2
    assert done["duebot_click_to_ack_seconds_bucket"]["0.025",] == 0
    assert done["duebot_click_to_ack_seconds_bucket"]["0.05",] == done["duebot_click_to_ack_seconds_count"][()] == 1


async def test_a_vendors_trouble_is_counted_by_its_name(store: SqlStore, clock: FixedClock) -> None:
    counts = Counts()
    office = await opened(store, "acme", "brill", "costa", clock=clock)
    office.mail.trouble = {"pay@acme.example": RateLimited("slow down", 1), "pay@brill.example": RuntimeError("a mistake of ours")}
    jobs = replace(office.jobs, channels=counts.of_channels({"email": office.mail}))
    await jobs.tick()
    await jobs.send_messages()
    assert counts.sends == {("outreach", "rate_limited"): 1, ("outreach", "error"): 1, ("outreach", "sent"): 1}


def test_a_time_falls_into_the_first_bucket_that_holds_it() -> None:
    times = Times()
    for seconds in (0.01, 0.011, 3.0, 3.1):
        times.add(seconds)
    assert (times.within[0], times.within[1], times.within[-2], times.within[-1]) == (1, 1, 1, 1)
    assert times.total == pytest.approx(6.121)
