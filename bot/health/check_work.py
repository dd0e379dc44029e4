"""Is the work done, and on time? What `duebot check` says of workers, jobs, what waits, and clocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from adapters.store.signs import Backlog, Waiting
from bot.app import App
from bot.config import database_file
from bot.health.finding import Finding
from bot.health.running import Health, health
from cards.format import count
from workflows.records import Effect, OutboxState

PATIENT = timedelta(minutes=15)  # what might have left for so long is not merely in a queue
SKEW = timedelta(seconds=5)
LOG = "Read the log of the process that runs the jobs: duebot worker, or duebot serve."
WORDS = {
    Effect.NOTICE: ("message to customers", "messages to customers"),
    Effect.CARD: ("card", "cards"),
    Effect.STAFF_MAIL: ("mail to colleagues", "mails to colleagues"),
}


async def of_work(app: App) -> list[Finding]:
    now = app.clock.now()
    async with app.store.reading() as work:
        stopped = bool(await work.stops(now))  # said by itself; that something waits meanwhile is as it should be
    seen, waiting = await health(app), await app.store.signs.waiting(now)
    found = [*_of_jobs(seen, app), *_of_clock(await app.store.signs.clock(), now)]
    return found if stopped else [*found, *_of_backlog(waiting, app, now)]


def _of_jobs(seen: Health, app: App) -> Iterator[Finding]:
    """A local database need not be served to be in order: somebody may call tick and deliver by hand."""
    if not seen.present:
        if database_file(app.settings.database_url) is None:
            what = "No process runs the jobs, so nothing is decided and nothing is sent."
            yield Finding("jobs.workers", what, "Run: duebot worker, or duebot serve without --no-jobs")
        return
    never = [name for name, began in seen.late if began is None]
    if never:
        what = f"{_listed(never)} never ran, though a process is there to do so."
        yield Finding("jobs.late", what, LOG)
    for name, began in seen.late:
        if began is not None:
            yield Finding("jobs.late", f"{name} should run every minute and last began {_at(began)}; until it does, its work waits.", LOG)
    for run in seen.failing:
        if run.failing_since is not None:
            what = f"{run.job} has ended in trouble since {_at(run.failing_since)}; it is tried again every minute."
            yield Finding("jobs.failing", what, f'{LOG} Look for "job failed".')


def _of_backlog(waiting: Waiting, app: App, now: datetime) -> Iterator[Finding]:
    """Only of what has a way out: a channel that is not set up is a finding of its own."""
    ways = {Effect.NOTICE: bool(app.jobs.channels), Effect.CARD: bool(app.jobs.rooms), Effect.STAFF_MAIL: bool(app.jobs.channels)}
    for part in waiting.backlog:
        if part.state is OutboxState.QUEUED and ways[part.kind] and part.oldest is not None and part.oldest < now - PATIENT:
            yield _old(part, part.oldest)


def _old(part: Backlog, oldest: datetime) -> Finding:
    said = count(part.number, *WORDS[part.kind])
    have = "has" if part.number == 1 else "have"
    what = f"{said} {have} not left yet; the oldest might have since {_at(oldest)}."
    return Finding(
        f"outbox.{part.kind.value}", what, f'{LOG} Look for "not sent" and "not shown"; without one running, run: duebot deliver'
    )


def _of_clock(theirs: datetime | None, now: datetime) -> Iterator[Finding]:
    if theirs is not None and abs(theirs - now) > SKEW:
        apart = round(abs(theirs - now).total_seconds())
        what = f"This machine's clock and the database's are {apart} seconds apart, so what is due is decided at the wrong time."
        yield Finding("clock", what, "Set both by a time server (NTP).")


def _listed(names: list[str]) -> str:
    return ", ".join(names)


def _at(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
