"""The `duebot` command: what runs. Verbs about the ledger and about set-up stand in files of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from adapters.store.engine import open_engine
from adapters.store.migrate import head, upgrade
from bot import cli_ledger, cli_setup
from bot.app import App
from bot.clock import FixedClock
from bot.config import read_settings
from bot.demo import run_demo
from bot.serve import serve_app
from bot.terminal import polite, say, say_json, stop, with_app
from cards.format import count
from workflows.ports import OutboxState
from workflows.release_accounts import ReleaseAccounts, release_accounts

main = typer.Typer(
    name="duebot",
    help="Watches invoices, tells the finance team what is overdue, and chases customers politely, once, and never after payment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli_ledger.attach(main)
cli_setup.attach(main)

JSON = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@main.command()
@polite
async def demo(
    once: Annotated[bool, typer.Option("--once", help="Exit after the run instead of serving the inbox.")] = False,
    port: Annotated[int, typer.Option(help="Where the inbox is served.")] = 8081,
) -> None:
    """The sample book and the main job, on a fixed Tuesday morning, in a throw-away database."""
    await run_demo(once=once, port=port)


@main.command()
@polite
async def serve(
    host: Annotated[str, typer.Option(help="Where the public listener (chats, health) listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Its port.")] = 8080,
    admin_port: Annotated[int, typer.Option(help="The inbox's port, on this machine only.")] = 8081,
    no_jobs: Annotated[bool, typer.Option("--no-jobs", help="Only web and chat; something else ticks and delivers.")] = False,
) -> None:
    """Web, chat, ticks and delivery in one process, until Ctrl-C."""

    async def run(app: App) -> None:
        say(f"Inbox: http://127.0.0.1:{admin_port}/inbox    Public: http://{host}:{port}    Stop with Ctrl-C.")
        await serve_app(app, host, port, admin_port, jobs=not no_jobs)

    await with_app(run, connect=True)


@main.command()
@polite
async def migrate() -> None:
    """Brings the database's schema up to date; the first time also makes the book `main`."""
    settings = read_settings()
    engine = open_engine(settings.database_url)
    try:
        await upgrade(engine)
    finally:
        await engine.dispose()
    say(f"The database is at schema {head()}.")


@main.command()
@polite
async def tick(
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d"], help="Decide as of this time (a date alone: 09:00 UTC)."
        ),
    ] = None,
    as_json: JSON = False,
) -> None:
    """Decides every account whose time has come, once, now."""

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
        say(
            f"Decided {count(done.decided.accounts, 'account')}: "
            + ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in list(figures.items())[1:])
            + "."
        )

    await with_app(run, None if at is None else FixedClock(_instant(at)))


def _instant(at: datetime) -> datetime:
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    return at.replace(hour=at.hour or 9, tzinfo=UTC)


@main.command()
@polite
async def deliver(as_json: JSON = False) -> None:
    """Sends what waits, once, now."""

    async def run(app: App) -> None:
        done = await app.jobs.deliver()
        async with app.store() as work:
            waiting = sum(number for (_, state), number in (await work.outbox_counts()).items() if state is OutboxState.QUEUED)
        if as_json:
            say_json({"sent": done.sent, "failed": done.failed, "unknown": done.unknown, "cards": done.cards, "waiting": waiting})
        else:
            say(
                f"Sent {count(done.sent, 'message')}, {done.failed} failed, {done.unknown} unknown, {count(done.cards, 'card')} shown, {waiting} wait."
            )
        if done.errors:
            stop(1, *dict.fromkeys(done.errors))

    await with_app(run)


@main.command()
@polite
async def release(book: Annotated[str | None, typer.Option(help="Only this book.")] = None, as_json: JSON = False) -> None:
    """Lets accounts go that were already overdue when they were first read."""

    async def run(app: App) -> None:
        async with app.store() as work:
            chosen = None if book is None else (await work.book(book)).id
            done = await release_accounts(ReleaseAccounts(chosen), work, app.clock)
        if as_json:
            say_json({"released": done.accounts})
        else:
            say(f"Released {count(done.accounts, 'account')}. The next tick decides them.")

    await with_app(run)
