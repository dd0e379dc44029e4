"""Verbs that run Duebot: demo, serve, worker, migrate, release, tick, deliver."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from typing import Annotated

import typer

from adapters.store.engine import open_engine
from adapters.store.migrate import head, upgrade
from bot.app import App
from bot.clock import FixedClock, SystemClock
from bot.config import database_file, read_settings, secret_keys
from bot.verbs.copies import release_copy
from bot.verbs.options import JSON, OnlyBook, an_instant
from bot.verbs.terminal import FAILED, QUESTION, polite, say, say_json, stop, with_app
from cards.format import count
from workflows.domain.doubt import Doubted
from workflows.records import OutboxState
from workflows.release_accounts import ReleaseAccounts, release_accounts
from workflows.release_restored import ReleaseRestored

verbs = typer.Typer(rich_markup_mode=None)

Port = Annotated[int, typer.Option(min=1, max=65535, metavar="PORT", help="Where the inbox is served, on this machine only.")]


@verbs.command()
@polite
async def demo(
    once: Annotated[bool, typer.Option("--once", help="Exit after the run instead of serving the inbox.")] = False,
    port: Port = 8081,
) -> None:
    """Plays a Tuesday morning on a sample book and shows the inbox.

    Everything lives in a folder that is gone afterwards; settings and databases of yours are not touched. The figures are the same on
    every run.
    """
    from bot.demo import run_demo  # ruff: ignore[import-outside-top-level] - the web is loaded only where it is served

    await run_demo(once=once, port=port)


@verbs.command()
@polite
async def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where the public listener, for chats and health, listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="PORT", help="The public listener's port.")] = 8080,
    admin_port: Port = 8081,
    no_jobs: Annotated[bool, typer.Option("--no-jobs", help="Only web and chat; another process ticks and delivers.")] = False,
) -> None:
    """Runs web, chat, ticks and delivery until Ctrl-C.

    What is under way when it is told to stop (Ctrl-C or SIGTERM) is finished first, which takes twenty seconds at most. For many machines,
    on PostgreSQL: any number of duebot serve --no-jobs behind a load balancer, and any number of duebot worker.
    """
    from bot.http import PRIVATE_HOST  # ruff: ignore[import-outside-top-level] - the web is loaded only where it is served
    from bot.serve import listening, serve_app  # ruff: ignore[import-outside-top-level]

    with listening(host, port, "--port") as public, listening(PRIVATE_HOST, admin_port, "--admin-port") as private:

        async def run(app: App) -> None:
            say(f"Inbox: http://{PRIVATE_HOST}:{admin_port}/inbox    Public: http://{host}:{port}    Stop with Ctrl-C.")
            await serve_app(app, public, private, jobs=not no_jobs)

        await with_app(run, connect=True)


@verbs.command()
@polite
async def worker(
    admin_port: Annotated[
        int | None, typer.Option(min=1, max=65535, metavar="PORT", help="Where /healthz, /readyz and /metrics stand, on this machine only.")
    ] = None,
) -> None:
    """Ticks and delivers, beside other processes, until Ctrl-C.

    For PostgreSQL. Start as many as the work needs, on as many machines as you like, all with the same settings; they share the work and
    need no list of one another. When one dies the others take over what it was at within a minute. Told to stop (Ctrl-C or SIGTERM) it
    finishes what is under way or hands it back, which takes twenty seconds at most. On SQLite one process does everything: duebot serve.
    """
    if database_file(read_settings().database_url) is not None:
        stop(QUESTION, "On SQLite one process does everything there. Run: duebot serve")
    from bot.http import PRIVATE_HOST  # ruff: ignore[import-outside-top-level] - the web is loaded only where it is served
    from bot.serve import listening, work_app  # ruff: ignore[import-outside-top-level]

    with nullcontext() if admin_port is None else listening(PRIVATE_HOST, admin_port, "--admin-port") as private:

        async def run(app: App) -> None:
            say("Working. Stop with Ctrl-C.")
            await work_app(app, private)

        await with_app(run)


@verbs.command()
@polite
async def migrate() -> None:
    """Makes the database, or brings it up to date.

    The first time it also makes the book main and, for a local database, the key beside it. Running it again changes nothing.
    """
    settings = read_settings()
    secret_keys(settings)
    file = database_file(settings.database_url)
    if file is not None:
        file.touch(0o600)  # names and amounts are for whoever runs it alone; what SQLite lays beside it follows
    engine = open_engine(settings.database_url)
    try:
        await upgrade(engine)
    finally:
        await engine.dispose()
    say(f"The database{'' if file is None else f' {file}'} is at schema {head()}.")


@verbs.command()
@polite
async def release(
    book: OnlyBook = None,
    restored: Annotated[
        bool, typer.Option("--restored", help="Let a copy that was put back send again, once you saw what would leave.")
    ] = False,
    ran_until: Annotated[
        datetime | None,
        typer.Option(
            parser=an_instant,
            metavar="TIME",
            help="With --restored: when the database before it last ran, like 2026-11-24T10:00+01:00; else now.",
        ),
    ] = None,
    doubted: Annotated[
        Doubted, typer.Option(help="With --restored: what becomes of messages it may have sent. Ask about each, or all count as that.")
    ] = Doubted.ASK,
    yes: Annotated[bool, typer.Option("--yes", help="With --restored: release without asking.")] = False,
    as_json: JSON = False,
) -> None:
    """Lets customers go who were overdue when first read.

    Nothing is sent to them before. The next tick decides them, and each gets the highest step it has reached, once.

    With --restored: lets a restored copy send again. What waited in it is asked of its vendor; what may have been sent since the copy was
    made, and nobody can say, is not sent but asked about, each on a card.
    """
    if restored:
        await release_copy(ReleaseRestored(ran_until or SystemClock().now(), doubted), yes=yes, as_json=as_json)
        return

    async def run(app: App) -> None:
        async with app.store() as work:
            chosen = None if book is None else (await work.book(book)).id
            done = await release_accounts(ReleaseAccounts(chosen), work, app.clock)
        if as_json:
            say_json({"released": done.accounts})
        else:
            say(f"Released {count(done.accounts, 'customer')}. The next tick decides them.")

    await with_app(run)


@verbs.command()
@polite
async def tick(
    at: Annotated[
        datetime | None,
        typer.Option(
            parser=an_instant, metavar="TIME", help="Decide as of this time, like 2026-11-24T10:00+01:00; a day alone is 09:00 UTC."
        ),
    ] = None,
    as_json: JSON = False,
) -> None:
    """Decides once, now, what is due.

    What is to be sent then waits for: duebot deliver. While duebot serve runs, both happen by themselves.
    """

    async def run(app: App) -> None:
        done = await app.jobs.tick()
        figures = {
            "accounts": done.decided.accounts,
            "notices": done.decided.notices,
            "alerts": done.decided.raised,
            "escalated": done.decided.escalated,
            "waiting_for_release": done.decided.waiting,
            "withheld": done.decided.withheld,
            "cards": done.alerts.cards,
            "digests": done.alerts.digests,
        }
        if as_json:
            say_json(figures)
            return
        words = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures.items() if key != "accounts")
        say(f"Decided {count(done.decided.accounts, 'customer')}: {words}.")

    await with_app(run, None if at is None else FixedClock(at))


@verbs.command()
@polite
async def deliver(as_json: JSON = False) -> None:
    """Sends once, now, what waits.

    Exit code 1 if something could not be sent, or may or may not have been.
    """

    async def run(app: App) -> None:
        done = await app.jobs.deliver()
        async with app.store.reading() as work:
            waiting = sum(number for (_, state), number in (await work.outbox_counts()).items() if state is OutboxState.QUEUED)
        if as_json:
            say_json({"sent": done.sent, "failed": done.failed, "unknown": done.unknown, "cards": done.cards, "waiting": waiting})
        else:
            words = f"{done.failed} failed, {done.unknown} unknown, {count(done.cards, 'card')} shown, {waiting} wait"
            say(f"Sent {count(done.sent, 'message')}, {words}.")
        if done.errors:
            stop(FAILED, *dict.fromkeys(done.errors))

    await with_app(run)
