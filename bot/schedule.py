"""Which job runs how often, and on which engine, stated once."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from functools import partial

from adapters.jobs.job import Job
from bot.app import App
from bot.config import database_file
from bot.mail_in import mail_in

_NEVER_STOPPED = frozenset({"catch_up", "read_mail", "seal_audit"})  # they take in, and send nothing


def _tick(app: App) -> Job:
    """What it decided to send leaves at once, not a minute later."""

    async def tick() -> None:
        if (await app.jobs.tick()).decided.accounts:
            app.wake.set()

    return Job("tick", tick, "tick")


def _mail(app: App) -> tuple[Job, ...]:
    mail = mail_in(app.settings.imap, app.store, app.clock, app.wake.set)
    return () if mail is None else (Job("read_mail", mail.read, "mail"),)


def _messages(app: App, channel: str) -> Job:
    """A queue for each channel: a vendor who is slow or down delays no other's messages."""
    return Job(f"send_{channel}", partial(app.jobs.send_on, channel), f"messages_{channel}", wakes=True, shared=True)


def _cards(app: App, chat: str) -> Job:
    """As for messages: a queue for each chat."""
    return Job(f"show_{chat}", partial(app.jobs.show_on, chat), f"cards_{chat}", wakes=True, shared=True)


def _maintenance(app: App) -> tuple[Job, ...]:
    if app.settings.maintenance is None:
        return ()
    from bot.keep.maintenance import maintain_in_window  # ruff: ignore[import-outside-top-level] - loaded only where a window is set

    return (Job("maintain", partial(maintain_in_window, app), "keeping"),)


def _unless_stopped(app: App, job: Job) -> Job:
    """While a stop holds nothing is begun that might end outside; what was begun before claims nothing more."""

    async def body() -> object:
        async with app.store() as work:
            if await work.stops(app.clock.now()):
                return None
        return await job.body()

    return job if job.name in _NEVER_STOPPED else replace(job, body=body)


def jobs(app: App) -> tuple[Job, ...]:
    """All of them tick every minute of UTC; every local time is decided from the accounts' and books' own places."""
    return tuple(_unless_stopped(app, job) for job in _all(app))


def _all(app: App) -> tuple[Job, ...]:
    return (
        _tick(app),
        Job("catch_up", app.jobs.catch_up, "inbound"),
        Job("expire_requests", app.jobs.expire_requests, "tick"),
        Job("post_summaries", app.jobs.post_summaries, "tick"),
        Job("refresh_homes", app.jobs.refresh_homes, "cards"),
        *map(partial(_messages, app), app.jobs.channels),
        Job("mind_chats", app.jobs.mind_chats, "mail"),
        Job("attach_files", app.files.attach, "files", shared=True),
        *map(partial(_cards, app), app.jobs.rooms),
        *_mail(app),
        Job("seal_audit", app.store.audit.seal, "audit"),
        Job("publish_head", app.keeping.publish, "audit"),
        Job("audit_invariants", app.keeping.audit, "keeping"),
        Job("forget_expired", app.keeping.forget, "keeping"),
        *_maintenance(app),
    )


def _watched(job: Job, app: App) -> Job:
    """The job, telling when it begins and how it ends. One that is broken off has not ended: it is begun again elsewhere."""

    async def body() -> None:
        await app.store.signs.began(job.name, app.clock.now())
        try:
            await job.body()
        except Exception:
            await _ended(job, app, failed=True)
            raise
        await _ended(job, app, failed=False)

    return replace(job, body=body)


async def _ended(job: Job, app: App, *, failed: bool) -> None:
    app.counts.runs[job.name, "failed" if failed else "done"] += 1
    await app.store.signs.ended(job.name, app.clock.now(), failed=failed)


def engine(app: App, *, runs: bool = True) -> AbstractAsyncContextManager[object]:
    """The jobs run while it is entered. Without `runs` other processes run them, and are told when there is something to do."""
    listed, url = [_watched(job, app) for job in jobs(app)], app.settings.database_url
    if database_file(url) is not None:
        from adapters.jobs.embedded import ticking  # ruff: ignore[import-outside-top-level] - one engine is loaded, the other is not

        return ticking(listed, app.wake) if runs else nullcontext()
    from adapters.jobs.cluster import calling, working  # ruff: ignore[import-outside-top-level]

    return (working if runs else calling)(listed, app.wake, url)
