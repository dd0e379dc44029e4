"""Verbs that print figures: report and summary."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import report_files as files
from bot import reports
from bot.app import App
from bot.verbs.options import JSON, Book, Day, one_of
from bot.verbs.terminal import QUESTION, polite, say, say_json, stop, with_app
from cards.aging import aging as aging_card
from cards.elements import Card
from cards.figures import figures as figures_card
from cards.forecast import forecast as forecast_card
from cards.plain.render import render
from cards.summary import summary as summary_card
from workflows.domain.account import Book as ABook
from workflows.domain.summary import Period
from workflows.forecast_cash import forecast_cash
from workflows.measure_book import measure_book
from workflows.ports import UnitOfWork
from workflows.summarise_book import summarise_book

verbs = typer.Typer(rich_markup_mode=None)
report = typer.Typer(help="Prints the figures of the cards, as of any day.", no_args_is_help=True, rich_markup_mode=None)
verbs.add_typer(report, name="report")


class Format(StrEnum):
    """What a report looks like."""

    TEXT = "text"
    JSON = "json"
    PNG = "png"
    XLSX = "xlsx"


Form = Annotated[
    Format,
    typer.Option(
        "--format", parser=one_of(Format), metavar="FORMAT", help="What it looks like: text, json, png (a picture), xlsx (a workbook)."
    ),
]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write it into this file instead of printing it.")]
Window = Annotated[int, typer.Option(min=1, max=1100, help="Days of sales up to and including the day.")]


@dataclass(frozen=True, slots=True)
class Told:
    """A report in every form it may be asked for, each made only when it is."""

    card: Callable[[], Card]
    document: Callable[[], dict[str, Any]]
    picture: Callable[[], bytes]
    workbook: Callable[[], Awaitable[bytes]]


Read = Callable[[App, ABook, date, UnitOfWork], Awaitable[Told]]


async def _tell(read: Read, book: str, at: date | None, form: Format, out: Path | None) -> None:
    if form in {Format.PNG, Format.XLSX} and out is None and sys.stdout.isatty():
        stop(QUESTION, f"A {form.value} file cannot be shown here; name one with --out.")

    async def run(app: App) -> None:
        async with app.store.reading() as work:
            chosen = await work.book(book)
            told = await read(app, chosen, at or chosen.place.day(app.clock.now()), work)
            made = told.picture() if form is Format.PNG else await told.workbook() if form is Format.XLSX else None
        if made is not None:
            _write(made, out)
        elif form is Format.JSON:
            say_json(told.document(), out)
        else:
            say(render(told.card()), out)

    await with_app(run)


def _write(made: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
    else:
        out.write_bytes(made)


def _form(form: Format, *, as_json: bool) -> Format:
    return Format.JSON if as_json else form


@report.command()
@polite
async def aging(book: Book = "main", at: Day = None, form: Form = Format.TEXT, as_json: JSON = False, out: Out = None) -> None:
    """Prints what is open by days past due, per currency.

    Every invoice and payment dated on or before the day counts, whenever it was learnt. What is due that day is current.
    """

    async def read(_: App, chosen: ABook, day: date, work: UnitOfWork) -> Told:
        rows = await work.aging(chosen.id, day)
        return Told(
            lambda: aging_card(chosen, day, rows),
            lambda: reports.aging_json(chosen, day, rows),
            lambda: files.aging_png(chosen, day, rows),
            lambda: files.aging_xlsx(chosen, day, rows, work),
        )

    await _tell(read, book, at, _form(form, as_json=as_json), out)


@report.command()
@polite
async def metrics(
    book: Book = "main", at: Day = None, window: Window = 90, form: Form = Format.TEXT, as_json: JSON = False, out: Out = None
) -> None:
    """Prints DSO and the field's other figures.

    Days sales outstanding in three ways, days delinquent, collection effectiveness, days late, promises kept and the loss reserve. A figure whose denominator is zero is n/a (JSON: null).
    """

    async def read(app: App, chosen: ABook, day: date, work: UnitOfWork) -> Told:
        found = await measure_book(chosen, day, window, work, app.policies)
        return Told(
            lambda: figures_card(chosen, day, window, found),
            lambda: reports.metrics_json(chosen, day, window, found),
            lambda: files.metrics_png(chosen, day, found),
            lambda: files.metrics_xlsx(chosen, day, window, found),
        )

    await _tell(read, book, at, _form(form, as_json=as_json), out)


@report.command()
@polite
async def forecast(book: Book = "main", at: Day = None, form: Form = Format.TEXT, as_json: JSON = False, out: Out = None) -> None:
    """Prints what comes in week by week.

    It is what would come if everybody paid on the day it is due. That is the due-date baseline: it knows nothing of how customers really pay. What is overdue is expected in the first week.
    """

    async def read(_: App, chosen: ABook, day: date, work: UnitOfWork) -> Told:
        found = await forecast_cash(chosen, day, work)
        return Told(
            lambda: forecast_card(chosen, day, found),
            lambda: reports.forecast_json(chosen, day, found),
            lambda: files.forecast_png(chosen, day, found),
            lambda: files.forecast_xlsx(chosen, day, found),
        )

    await _tell(read, book, at, _form(form, as_json=as_json), out)


@verbs.command()
@polite
async def summary(
    period: Annotated[Period, typer.Option(parser=one_of(Period), metavar="|".join(Period), help="How long it is.")] = Period.WEEKLY,
    book: Book = "main",
    at: Day = None,
    form: Form = Format.TEXT,
    as_json: JSON = False,
    out: Out = None,
) -> None:
    """Prints a book's week, fortnight or month for its managers.

    The period is the one that ends with the day: 7 days, 14 days, or a month. Every figure stands beside its change since the period
    before. Managers get it in their channel on Monday mornings.
    """

    async def read(app: App, chosen: ABook, day: date, work: UnitOfWork) -> Told:
        told = await summarise_book(chosen, period, day, work, app.policies, app.clock.now())
        return Told(
            lambda: summary_card(told),
            lambda: reports.summary_json(told),
            lambda: files.summary_png(told),
            lambda: files.summary_xlsx(told, work),
        )

    await _tell(read, book, at, _form(form, as_json=as_json), out)
