"""Verbs about the ledger: import, report, query, explain."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters.accounting.ledger_file import Reading, read_ledger
from adapters.accounting.mapping import load_mapping
from bot import reports
from bot.answers import answer, several, why_card
from bot.app import App
from bot.commands import AskBalance, AskInvoice, parse
from bot.terminal import DONE, FAILED, QUESTION, Format, notes, polite, say, say_json, stop, with_app
from cards.format import count
from cards.plain.render import render
from workflows.answer_query import Choices, balance, invoice, known_at
from workflows.import_ledger import Imported, ImportLedger, NothingKept, import_ledger
from workflows.ports import UnitOfWork

SHOWN = 20

Book = Annotated[str, typer.Option(help="The book's short name.")]
JSON = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As of this day instead of today.")]


def attach(main: typer.Typer) -> None:
    """Adds the verbs to the command."""
    main.command("import")(polite(import_file))
    main.command("query")(polite(query))
    main.command("explain")(polite(explain))
    report = typer.Typer(help="The figures the cards show, as of any day.", no_args_is_help=True, rich_markup_mode=None)
    report.command("aging")(polite(aging))
    main.add_typer(report, name="report")


async def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file, or gzip of one.")],
    book: Book = "main",
    mapping: Annotated[str | None, typer.Option("--map", help="A mapping file, or the name of a shipped one.")] = None,
    currency: Annotated[str | None, typer.Option(help="The currency of rows that name none.")] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the file was exported (default: today).")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Use a certain mapping without asking.")] = False,
    all_or_nothing: Annotated[bool, typer.Option("--all-or-nothing", help="Keep nothing if any row is refused.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; keep nothing.")] = False,
    as_json: JSON = False,
) -> None:
    """Reads invoices and what was paid on them from a file.

    Exit code 0: rows were read (refused ones are listed); 1: nothing was kept; 2: a question needs your answer.
    """
    reading = read_ledger(file, load_mapping(mapping) if mapping else None, currency)
    _agree(reading, yes=yes)

    async def run(app: App) -> tuple[Imported, bool]:
        async with app.store() as work:
            today = (await work.book(book)).place.day(app.clock.now())
        day = as_of.date() if as_of else today
        ask = ImportLedger(book, reading.rows(), day, reading.number_column, all_or_nothing, dry_run)
        try:
            async with app.store() as work:
                return await import_ledger(ask, work, app.clock), True
        except NothingKept as kept:
            return kept.result, False

    with Progress(
        SpinnerColumn(), TextColumn("Reading {task.fields[rows]:,} rows"), TimeElapsedColumn(), console=notes, transient=True
    ) as bar:
        bar.add_task("import", total=None, rows=reading.count)
        result, kept = await with_app(run)
    _tell(result, kept=kept, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(DONE if kept or dry_run else FAILED)


def _agree(reading: Reading, *, yes: bool) -> None:
    """A guessed mapping is shown and asked for at a terminal; elsewhere only a certain one is used."""
    if reading.questions:
        stop(QUESTION, *reading.questions)
    if not reading.guessed or reading.mapping is None:
        return
    notes.print("Read as follows:", markup=False)
    notes.print(reading.mapping.as_yaml(), markup=False, end="")
    for doubt in reading.doubts:
        notes.print(doubt, markup=False)
    if sys.stdin.isatty() and not yes:
        typer.confirm("Is that right?", abort=True, err=True)
    elif not reading.certain:
        stop(QUESTION, "The mapping is not certain. Keep the lines above in a file, put them right, and give it with --map.")


def _tell(result: Imported, *, kept: bool, dry_run: bool, as_json: bool) -> None:
    if as_json:
        say_json(reports.import_json(result))
        return
    verb = "Read" if kept else "Would read" if dry_run else "Kept nothing of"
    say(
        f"{verb} {count(result.rows, 'row')}: {count(result.invoices, 'invoice')}, {result.imported:,} imported, {result.updated:,} updated, "
        f"{result.unchanged:,} unchanged, {len(result.refused):,} refused."
    )
    for refusal in result.refused[:SHOWN]:
        say(f"  line {refusal.line}{f', {refusal.column}' if refusal.column else ''}: {refusal.reason}")
    if len(result.refused) > SHOWN:
        say(f"  and {len(result.refused) - SHOWN:,} more; --json lists them all.")
    if result.repeats:
        say(f"  {count(len(result.repeats), 'row')} equal to an earlier one; --json lists them.")


async def query(
    text: Annotated[list[str], typer.Argument(help="balance CUSTOMER, overdue, invoice NUMBER, or help.")], as_json: JSON = False
) -> None:
    """Asks what `/due` answers in chat, as in: duebot query balance acme."""
    words = " ".join(text)

    async def run(app: App) -> None:
        async with app.store() as work:
            if as_json:
                say_json(await _as_json(words, app, work))
                return
            say(render(await answer(parse(words), work, app.policies, app.clock.now())))

    await with_app(run)


async def _as_json(words: str, app: App, work: UnitOfWork) -> object:
    ask, now = parse(words), app.clock.now()
    match ask:
        case AskBalance():
            found = await balance(ask.customer, work, app.policies, now)
            return _choices(found) if isinstance(found, Choices) else reports.account_json(found)
        case AskInvoice():
            one = await invoice(ask.number, work, app.policies, now)
            return _choices(one) if isinstance(one, Choices) else reports.item_json(*one)
        case _:
            return {"summary": (await answer(ask, work, app.policies, now)).summary}


def _choices(found: Choices) -> object:
    items = [{"invoice": one.item.number, "customer": one.customer.name, "book": one.book.slug} for one in found.items]
    return {"asked": found.asked, "customers": [{"number": one.number, "name": one.name} for one in found.customers], "invoices": items}


async def explain(
    number: Annotated[str, typer.Argument(metavar="INVOICE", help="The invoice's number.")],
    at: Day = None,
    book: Annotated[str | None, typer.Option(help="Only in this book.")] = None,
    as_json: JSON = False,
) -> None:
    """Why something was, or was not, sent about an invoice, and what comes next."""

    async def run(app: App) -> None:
        async with app.store() as work:
            chosen = None if book is None else (await work.book(book)).id
            found = await invoice(number, work, app.policies, app.clock.now(), chosen)
            if isinstance(found, Choices):
                say(render(several(found)))
                stop(QUESTION, "That number stands in several places; name the book with --book.")
            seen, decided = found
            if at is not None:
                seen = known_at(seen, at.date())
                decided = seen.of(decided.item.id)
            if as_json:
                say_json(reports.item_json(seen, decided))
            else:
                say(render(await why_card(seen, decided, work)))

    await with_app(run)


async def aging(
    book: Book = "main",
    at: Day = None,
    form: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
    as_json: JSON = False,
    out: Annotated[Path | None, typer.Option(help="Write it into this file.")] = None,
) -> None:
    """What is open by days past due, per currency."""

    async def run(app: App) -> None:
        async with app.store() as work:
            chosen = await work.book(book)
            day: date = at.date() if at else chosen.place.day(app.clock.now())
            rows = await work.aging(chosen.id, day)
        if as_json or form is Format.JSON:
            say_json(reports.aging_json(chosen, day, rows), out)
        else:
            say(render(reports.aging_card(chosen, day, rows)), out)

    await with_app(run)
