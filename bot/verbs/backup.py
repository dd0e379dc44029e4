"""Verbs that keep the whole database: backup, restore, maintain."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters.keep.backup_file import Head
from bot.clock import SystemClock
from bot.config import read_settings
from bot.keep import backups, maintenance
from bot.verbs.options import JSON
from bot.verbs.terminal import FAILED, notes, polite, say, say_json, stop
from cards.format import count

verbs = typer.Typer(rich_markup_mode=None)

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup's file.", show_default=False)]


@verbs.command()
@polite
async def backup(
    file: BackupFile,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    as_json: JSON = False,
) -> None:
    """Copies the whole database into one file, while everything goes on.

    The file is compressed, sealed against changes, and can be restored on SQLite and PostgreSQL alike. The secret key is not in it: keep
    the key (DUEBOT_SECRET_KEY, or the .key file) in another place, for without it a backup cannot be restored.
    """
    with _progress("Copied") as told:
        made = await backups.make_backup(read_settings(), file, SystemClock(), told, replace=replace)
    if as_json:
        say_json({"file": str(made.path), "bytes": made.size, "schema": made.schema, "rows": made.rows})
        return
    say(
        f"Copied {count(sum(made.rows.values()), 'row')} into {made.path} ({made.size:,} bytes). The secret key is not in it: keep it elsewhere."
    )


@verbs.command()
@polite
async def restore(
    file: BackupFile,
    replace: Annotated[bool, typer.Option("--replace", help="Lose what the database holds now.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what the backup holds, once it was found whole; change nothing.")] = False,
    as_json: JSON = False,
) -> None:
    """Puts a backup back; nothing is sent before it is released.

    All of it is put back or nothing. It has to be whole, unchanged, and made with the secret key that is set now. Messages, cards and
    summaries wait until somebody has looked at what would leave: duebot release --restored
    """
    settings = read_settings()
    if dry_run:
        _tell(file, *await backups.look_into(settings, file), as_json=as_json, done=False)
        return
    with _progress("Put back") as told:
        done = await backups.restore_backup(settings, file, SystemClock(), told, replace=replace)
    _tell(file, done.head, done.rows, as_json=as_json, done=True)


@verbs.command()
@polite
async def maintain(
    now: Annotated[bool, typer.Option("--now", help="Do it now, whatever window is set.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")] = False,
    as_json: JSON = False,
) -> None:
    """Backs up, migrates and looks whether all holds, and keeps it only then.

    Run it with a new version in place of migrate. Staff are told, and while the schema changes nothing is sent or accepted. If anything is
    not as it must be afterwards, the database is what it was before; the backup is kept in the folder DUEBOT_BACKUPS either way. With
    DUEBOT_MAINTENANCE it does something only within that window. Exit code 1: it failed, and nothing was changed.
    """
    settings, clock = read_settings(), SystemClock()
    before, after = await maintenance.planned(settings)
    if dry_run:
        what = f"migrate from schema {before} to {after}" if before != after else "migrate nothing"
        plan = {"from": before, "to": after, "migrates": before != after, "backups": str(settings.backups), "window": settings.maintenance}
        say_json(plan) if as_json else say(f"Would back up into {settings.backups}, {what}, and look whether all that must hold holds.")
        return
    if settings.maintenance is not None and not now and await maintenance.window_began(settings, clock.now()) is None:
        nothing = f"Nothing was done: the window is {settings.maintenance}. Say --now to do it at once."
        say_json({"ok": True, "done": False, "window": settings.maintenance}) if as_json else say(nothing)
        return
    chats = settings.slack.bot_token is not None
    done = await maintenance.maintain(settings, clock, lambda words: notes.print(words, markup=False), chats=chats)
    if as_json:
        say_json({**maintenance.document(done), "done": True})
    elif done.ok:
        say(f"Done: schema {done.to_schema}, backup {done.backup}. All that must hold holds.")
    if not done.ok:
        kept = f" The backup {done.backup} is kept." if done.backup else ""
        stop(FAILED, f"Nothing was changed. {done.because.rstrip('.')}.{kept}")


def _tell(file: Path, head: Head, rows: Mapping[str, int], *, as_json: bool, done: bool) -> None:
    if as_json:
        say_json({"file": str(file), "created_at": head.created_at.isoformat(), "schema": head.schema, "rows": rows, "restored": done})
        return
    of = f"{count(sum(rows.values()), 'row')} of {head.created_at:%Y-%m-%d %H:%M} UTC, schema {head.schema}"
    if done:
        say(f"Put back {of}. Nothing is sent from this copy before you say so: duebot release --restored")
    else:
        say(f"{file} is whole: {of}.")


@contextmanager
def _progress(words: str) -> Generator[backups.Progress, None, None]:
    """Rows so far, on a terminal; gone when it is done."""
    columns = (SpinnerColumn(), TextColumn(words + " {task.completed:,.0f} rows"), TimeElapsedColumn())
    with Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal) as bar:
        task = bar.add_task(words, total=None)
        yield lambda rows: bar.advance(task, rows)
