"""Verbs about the ledger: import, report, query, explain."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters.accounting.ledger_file import Reading, read_ledger
from adapters.accounting.mapping import load_mapping, shipped_names
from adapters.accounting.words import listed
from bot import reports
from bot.app import App
from bot.commands import Ask, AskAct, AskBalance, AskCustomer, AskHelp, AskInvoice, AskLink, AskOverdue, AskShare, AskWhy, parse
from bot.desk.answers import answer, meant, several, why_card
from bot.verbs.options import JSON, Book, Day, OnlyBook, a_currency, a_day
from bot.verbs.terminal import DONE, FAILED, NAME_BOOK, OTHER_NUMBER, QUESTION, notes, polite, say, say_json, stop, with_app
from bot.web.acting import Nobody, acting_user
from cards.clean import clean
from cards.elements import Card, Rows
from cards.format import count
from cards.help import help_card
from cards.plain.render import render
from workflows.answer_query import Bounds, Choices, balance, invoice, known_at, overdue
from workflows.errors import NotKnown
from workflows.import_ledger import Imported, ImportLedger, NothingKept, import_ledger
from workflows.ports import UnitOfWork

SHOWN = 20

verbs = typer.Typer(rich_markup_mode=None)


@verbs.command("import")
@polite
async def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file, gzip of one, or an Excel workbook (.xlsx).", show_default=False)
    ],
    book: Book = "main",
    mapping: Annotated[
        str | None,
        typer.Option("--map", metavar="MAPPING", help=f"A mapping file, or the name of a shipped one: {', '.join(shipped_names())}."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(parser=a_currency, metavar="CODE", help="The currency of rows that name none, like EUR.")
    ] = None,
    as_of: Annotated[
        date | None, typer.Option(parser=a_day, metavar="DATE", help="The day the file was exported; today unless given.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="The sheet of a workbook; the first unless given.")] = None,
    terms_days: Annotated[int | None, typer.Option(min=0, max=3650, help="Days to pay, where the file has no due dates.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Use a certain mapping without asking.")] = False,
    all_or_nothing: Annotated[bool, typer.Option("--all-or-nothing", help="Keep nothing if any row is refused.")] = False,
    part: Annotated[bool, typer.Option("--part", help="The file has only some of the open invoices; the others stay as they are.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; keep nothing.")] = False,
    as_json: JSON = False,
) -> None:
    """Reads invoices, and what was paid on them, from a file.

    It works out which column is which, shows it, and asks when it is not certain. Rows that are wrong are refused with their line and
    column; the others are kept. Exit code 1: nothing was kept; 2: a question needs your answer.
    """

    async def run(app: App) -> tuple[Imported, bool]:
        async with app.store.reading() as work:
            today = (await work.book(book)).place.day(app.clock.now())
        reading = read_ledger(file, load_mapping(mapping) if mapping else None, currency, sheet=sheet, terms_days=terms_days)
        _agree(reading, yes=yes)
        ask = ImportLedger(book, reading.rows(), as_of or today, reading.number_column, all_or_nothing, dry_run, whole=not part)
        with _progress() as bar:
            bar.add_task("import", total=None, rows=reading.count)
            try:
                async with app.store() as work:
                    return await import_ledger(ask, work, app.clock), True
            except NothingKept as kept:
                return kept.result, False

    result, kept = await with_app(run)
    _tell(result, kept=kept, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(DONE if kept or dry_run else FAILED)


def _progress() -> Progress:
    words = TextColumn("Reading {task.fields[rows]:,} rows")
    return Progress(SpinnerColumn(), words, TimeElapsedColumn(), console=notes, transient=True)


def _agree(reading: Reading, *, yes: bool) -> None:
    """A guessed mapping is shown and asked for at a terminal; elsewhere only a certain one is used."""
    if reading.guessed and reading.mapping is not None:
        notes.print("Read as follows:", markup=False)
        notes.print(reading.mapping.as_yaml(), markup=False, end="")
        if reading.left_out:
            notes.print(clean(f"Not read: {listed(reading.left_out)}."), markup=False)
    keep = "Keep the lines above in a file, put them right, and give it with --map."
    if reading.draft:
        notes.print("Read as follows, as far as the columns' names tell:", markup=False)
        notes.print(reading.draft, markup=False, end="")
        keep = "Keep the lines above in a file, write the column's name for each ?, and give it with --map."
    if reading.questions:
        stop(QUESTION, *reading.questions, *([keep] if reading.guessed else []))
    if not reading.guessed:
        return
    for doubt in reading.doubts:
        notes.print(doubt, markup=False)
    if sys.stdin.isatty() and not yes:
        if not typer.confirm("Is that right?", err=True):
            stop(QUESTION, f"Nothing was read. {keep}")
    elif not reading.certain:
        stop(QUESTION, f"The mapping is not certain. {keep}")


def _tell(result: Imported, *, kept: bool, dry_run: bool, as_json: bool) -> None:
    if as_json:
        say_json(reports.import_json(result))
        return
    verb = "Read" if kept else "Would read" if dry_run else "A row was refused, so nothing was kept of"
    say(
        f"{verb} {count(result.rows, 'row')}: {count(result.invoices, 'invoice')}, {result.imported:,} imported, {result.updated:,} updated, "
        f"{result.unchanged:,} unchanged, {len(result.refused):,} refused."
    )
    for refusal in result.refused[:SHOWN]:
        say(clean(f"  line {refusal.line}{f', {refusal.column}' if refusal.column else ''}: {refusal.reason}"))
    if len(result.refused) > SHOWN:
        say(f"  and {len(result.refused) - SHOWN:,} more; --json lists them all.")
    if result.unlisted:
        lacks = ", ".join((*result.unlisted[:SHOWN], *(["…"] if len(result.unlisted) > SHOWN else [])))
        say(clean(f"  Open before, and not in this file: {count(len(result.unlisted), 'invoice')} ({lacks})."))
        say("  What is gone may be paid, so reminders about it wait until a file has it again, or somebody releases it.")
        say("  A file that has only some of the open invoices is read with --part.")
    if result.repeats:
        say(f"  {count(len(result.repeats), 'row')} equal to an earlier one; --json lists which.")


@verbs.command()
@polite
async def query(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS...", help="As /due takes them: overdue, balance CUSTOMER, invoice NUMBER, aging …", show_default=False
        ),
    ],
    as_json: JSON = False,
) -> None:
    """Answers what is open, overdue, or known of an invoice.

    The same questions as /due in chat, as in: duebot query balance acme. Exit code 1: there is no such thing; 2: several fit.
    """
    typed = parse(" ".join(words))
    if isinstance(typed, AskAct | AskShare | AskLink):
        stop(QUESTION, "This needs a person and a chat: press it in the inbox, or type it in the chat.")
    if isinstance(typed, AskHelp) and (typed.near or typed.lacks or not typed.unknown):
        _explain_questions(typed)
        return

    async def run(app: App) -> None:
        async with app.store.reading() as work:
            ask = await meant(typed, work)
            user = await acting_user(app.settings.inbox_user, work)
            by = None if isinstance(user, Nobody) else user
            try:
                facts, clear = await _facts(ask, app, work)
            except NotKnown as nothing:
                if not isinstance(typed, AskHelp):
                    raise
                stop(QUESTION, str(nothing))
            card = await answer(ask, work, app.policies, app.clock.now(), by)
            if as_json:
                say_json(_as_card(card) if facts is None else facts)
            else:
                say(render(card))
        if not clear:
            stop(QUESTION, "Several fit; ask again for one of them.")

    await with_app(run)


def _explain_questions(ask: AskHelp) -> None:
    said = render(help_card("duebot query", ask.unknown or None, ask.lacks or None, ask.near))
    if ask == AskHelp():
        say(said)
    else:
        stop(QUESTION, said)


def _as_card(card: Card) -> object:
    """A question that has no figures of its own as JSON: what its card says."""
    rows = [element for element in card.body if isinstance(element, Rows)]
    return {"answer": card.summary, "rows": [dict(zip(table.columns, row.cells, strict=False)) for table in rows for row in table.rows]}


async def _facts(ask: Ask, app: App, work: UnitOfWork) -> tuple[object, bool]:
    """What was asked for as JSON, null where its card is all there is, and whether it is one thing; raises `NotKnown`."""
    now = app.clock.now()
    match ask:
        case AskBalance() | AskCustomer():
            found = await balance(ask.customer, work, app.policies, now)
            return (_choices(found), False) if isinstance(found, Choices) else (reports.account_json(found), True)
        case AskInvoice() | AskWhy():
            one = await invoice(ask.number, work, app.policies, now)
            return (_choices(one), False) if isinstance(one, Choices) else (reports.item_json(*one), True)
        case AskOverdue(customer="", least=""):
            days = {book.id: book.place.day(now) for book in await work.books()}
            late = await overdue(work, app.policies, now, days, Bounds(ask.days))
            return {"overdue": [reports.account_json(seen, overdue_only=True) for seen in late.accounts], "more": late.more}, True
        case _:
            return None, True


def _choices(found: Choices) -> object:
    items = [{"invoice": one.item.number, "customer": one.customer.name, "book": one.book.slug} for one in found.items]
    return {"asked": found.asked, "customers": [{"number": one.number, "name": one.name} for one in found.customers], "invoices": items}


@verbs.command()
@polite
async def explain(
    number: Annotated[str, typer.Argument(metavar="INVOICE", help="The invoice's number.", show_default=False)],
    at: Day = None,
    book: OnlyBook = None,
    as_json: JSON = False,
) -> None:
    """Says why something was, or was not, sent.

    For one invoice: how it stands, why, what happened, and what comes next. Exit code 1: there is no such invoice; 2: several have
    that number.
    """

    async def run(app: App) -> None:
        async with app.store.reading() as work:
            chosen = None if book is None else (await work.book(book)).id
            found = await invoice(number, work, app.policies, app.clock.now(), chosen)
            if isinstance(found, Choices):
                if as_json:
                    say_json(_choices(found))
                else:
                    say(render(several(found, (), "invoice")))
                stop(QUESTION, OTHER_NUMBER if found.near else NAME_BOOK)
            seen, decided = found
            if at is not None:
                seen = known_at(seen, at)
                decided = seen.of(decided.item.id)
            if as_json:
                say_json(reports.item_json(seen, decided))
            else:
                say(render(await why_card(seen, decided, work)))

    await with_app(run)
