"""Verbs of keeping: audit, person, evidence."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from adapters.keep.audit_lines import as_csv, as_json, heading
from adapters.keep.head_file import read_heads
from adapters.store.audit import SealedEntry
from bot.app import App
from bot.verbs.options import JSON, OnlyBook, one_of
from bot.verbs.terminal import FAILED, QUESTION, polite, say, say_json, stop, with_app
from cards.clean import clean
from cards.format import count, listing
from workflows.acting import record
from workflows.domain.account import Customer
from workflows.dossier import Dossier, dossier_of, mentions
from workflows.erase_person import Erased, ErasePerson, erase_person
from workflows.errors import NotKnown, OutsideError, Refused
from workflows.export_person import export_person, plain
from workflows.work.keeping import KeepingWork

verbs = typer.Typer(rich_markup_mode=None)


def _group(name: str, words: str) -> typer.Typer:
    group = typer.Typer(help=words, no_args_is_help=True, rich_markup_mode=None)
    verbs.add_typer(group, name=name)
    return group


audit = _group("audit", "Verifies the trail of everything that was done.")


person = _group("person", "Tells a person what is stored of them, or forgets them.")

Who = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's number, name or e-mail.", show_default=False)]


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
    kind: Annotated[
        AuditFormat, typer.Option("--format", parser=one_of(AuditFormat), metavar="|".join(AuditFormat), help="What it looks like.")
    ] = AuditFormat.JSONL,
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


@verbs.command()
@polite
async def evidence(
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="The invoice's number.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The ZIP to write.", show_default=False)],
    book: OnlyBook = None,
    whole: Annotated[bool, typer.Option("--whole", help="Everything of the invoice's customer.")] = False,
) -> None:
    """Packs what proves a claim into one ZIP.

    Invoices, messages as they were sent, what became of them, answers, notes, agreements, documents, and what the audit trail has on
    them, with an index to read in a browser. The same facts give the same file.
    """

    async def run(app: App) -> None:
        async with app.store.reading() as work:
            found = await work.find_items(invoice, None if book is None else (await work.book(book)).id)
        if not found:
            raise NotKnown(f"No invoice has the number “{invoice}”.")
        if len(found) > 1:
            stop(QUESTION, f"{invoice} is in several books: {', '.join(sorted(one.book.slug for one in found))}. Name one with --book.")
        zipped = await app.files.maker.packing.pack(found[0].customer.id, None if whole else found[0].item.id, "command line")
        out.write_bytes(zipped)
        say(clean(f"Packed what is known of {'the customer of ' if whole else ''}{found[0].item.number} into {out}."))

    await with_app(run)


@person.command("export")
@polite
async def export_one(
    who: Who,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; else to standard output.")] = None,
) -> None:
    """Tells all that is stored of one person.

    One JSON document: messages with their words, answers, notes, promises, payments, and what the audit trail has on them.
    """

    async def run(app: App) -> None:
        async with app.store() as work:
            customer = await _one_customer(who, work)
            dossier = await dossier_of(customer.id, work)
            copies = await work.snapshots_of(customer.id)
            await record(work, "command line", app.clock.now(), "person.exported", {"customer": str(customer.id)})
        trail = [json.loads(as_json(entry)) async for entry in _about(app, dossier)]
        say_json(export_person(dossier, copies, trail), out)

    await with_app(run)


@person.command("erase")
@polite
async def erase_one(
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    as_json: JSON = False,
) -> None:
    """Forgets a person; there is no way back.

    Name, addresses, messages, answers and notes go. What the law keeps stays up to its day and is listed with the reason. An e-mail that
    is one of several of a customer is erased alone.
    """

    async def run(app: App) -> None:
        async with app.store.reading() as work:
            customer = await _one_customer(who, work)
        _agree(customer, yes=yes)
        address = who if "@" in who and who.casefold() in {one.casefold() for one in customer.emails} else None
        async with app.store() as work:
            done = await erase_person(ErasePerson(customer.id, None, address), work, app.clock)
        if as_json:
            say_json(plain(done))
            return
        say("\n".join(clean(line) for line in _told(done)))

    await with_app(run)


def _agree(customer: Customer, *, yes: bool) -> None:
    asks = clean(f"Forget {customer.name} (customer {customer.number}) for ever?")
    if yes:
        return
    if not sys.stdin.isatty():
        stop(QUESTION, f"{asks} Say so with --yes.")
    if not typer.confirm(asks, err=True):
        stop(QUESTION, "Nothing was erased.")


def _told(done: Erased) -> Iterator[str]:
    gone = [count(done.messages, "message"), count(done.answers, "answer"), count(done.notes, "note")]
    yield f"Erased; known as “{done.alias}” from now on. Emptied: {listing(gone)}."
    for kept in done.kept:
        until = f" until {kept.until.isoformat()}" if kept.until else ""
        yield f"Kept{until}: {kept.what}. {kept.why}"
    if done.open_items:
        yield f"Still open, and no message can ask for them now: {listing(list(done.open_items))}."


async def _one_customer(who: str, work: KeepingWork) -> Customer:
    """By e-mail, else by number or name; raises `NotKnown` for nobody and `Refused` for several."""
    at = [(await work.account(one)).customer for one in await work.customers_at(who)] if "@" in who else []
    found = at or list(await work.find_customers(who))
    exact = [one for one in found if who.casefold() in {one.number.casefold(), one.name.casefold(), *(e.casefold() for e in one.emails)}]
    if not found:
        raise NotKnown(f"No customer has the number, name or e-mail “{who}”.")
    if len(exact) != 1:
        named = ", ".join(one.number for one in exact or found)
        raise Refused(f"Several customers fit “{who}”, or only part of it does: {named}. Give one of these numbers.")
    return exact[0]


async def _about(app: App, dossier: Dossier) -> AsyncIterator[SealedEntry]:
    """Entries of the trail about the customer."""
    await app.store.audit.seal()
    async for entry in app.store.audit.entries():
        if mentions(entry.data, dossier.ids):
            yield entry
