"""Verbs of keeping: audit, person, evidence."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from adapters.keep.audit_lines import as_csv, as_json, heading
from adapters.keep.head_file import read_heads
from bot.app import App
from bot.options import JSON
from bot.terminal import FAILED, polite, say, say_json, stop, with_app
from cards.format import count
from workflows.errors import OutsideError

verbs = typer.Typer(rich_markup_mode=None)


def _group(name: str, words: str) -> typer.Typer:
    group = typer.Typer(help=words, no_args_is_help=True, rich_markup_mode=None)
    verbs.add_typer(group, name=name)
    return group


audit = _group("audit", "Verifies the trail of everything that was done.")


class AuditFormat(StrEnum):
    """What an exported trail looks like: JSON lines as they are chained, or CSV for a spreadsheet."""

    JSONL = "jsonl"
    CSV = "csv"


@audit.command("verify")
@polite
async def verify_audit(
    heads: Annotated[Path | None, typer.Option(metavar="FILE", help="The file of heads that was published outside the database.")] = None,
    as_json: JSON = False,
) -> None:
    """Reads the trail from its start.

    A changed, missing or reordered entry is named, and the exit code is 1. With the published heads an end that was cut off is found too.
    """
    try:
        published = [] if heads is None else read_heads(heads)
    except OutsideError as unreadable:
        stop(FAILED, str(unreadable))

    async def run(app: App) -> None:
        found = await app.store.audit.verify(published)
        if as_json:
            say_json({"ok": found.first_bad is None, "entries": found.count, "head": found.head, "first_bad": found.first_bad})
        elif found.first_bad is None:
            against = f" They hold the {count(len(published), 'published head')}." if heads else ""
            say(f"{count(found.count, 'entry', 'entries')}, none changed, missing or out of order.{against} Head: {found.head}")
        if found.first_bad is not None:
            stop(FAILED, f"The trail breaks at entry {found.first_bad}: it was changed, is missing or stands in another place.")

    await with_app(run)


@audit.command("export")
@polite
async def export_audit(
    kind: Annotated[AuditFormat, typer.Option("--format", help="What it looks like.")] = AuditFormat.JSONL,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; else to standard output.")] = None,
) -> None:
    """Writes out the whole trail, oldest first.

    JSON lines carry each entry as it is chained, with its hash; in CSV nothing runs as a formula.
    """

    async def run(app: App) -> None:
        await app.store.audit.seal()
        line_of = as_json if kind is AuditFormat.JSONL else as_csv
        with _opened(out) as file:
            if kind is AuditFormat.CSV:
                file.write(f"{heading()}\n")
            async for entry in app.store.audit.entries():
                file.write(f"{line_of(entry)}\n")

    await with_app(run)


@contextmanager
def _opened(out: Path | None) -> Generator[TextIO, None, None]:
    if out is None:
        yield sys.stdout
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        yield file
