"""Reports as files: which pictures and which sheets each of them has. Loaded only when a file is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date

from adapters.reports.workbook import Cell, Sheet, xlsx
from cards.aging import aging_bars
from cards.elements import Bars
from cards.figures import figure_bars, figure_lines
from cards.forecast import forecast_bars
from cards.format import locale_of
from cards.summary import period_words
from workflows.domain.account import Book
from workflows.domain.aging import BUCKETS, AgingRow
from workflows.domain.calendar import spoken
from workflows.domain.forecast import METHOD, Forecast
from workflows.domain.metrics import Figures
from workflows.domain.money import Money
from workflows.domain.summary import Summary
from workflows.ports import UnitOfWork

_AGES = (*BUCKETS, "unapplied", "total")


def picture(title: str, panels: Sequence[Bars]) -> bytes:
    from adapters.reports.chart import png  # ruff: ignore[import-outside-top-level] - the chart library is large

    return png(title, panels)


def _title(book: Book, day: date) -> str:
    return f"{book.name}, {spoken(day)}"


def aging_png(book: Book, day: date, rows: Sequence[AgingRow]) -> bytes:
    return picture(_title(book, day), [aging_bars(row, locale_of(book)) for row in rows])


def metrics_png(book: Book, day: date, figures: Sequence[Figures]) -> bytes:
    return picture(_title(book, day), [figure_bars(one) for one in figures])


def forecast_png(book: Book, day: date, found: Sequence[Forecast]) -> bytes:
    return picture(_title(book, day), [forecast_bars(one, locale_of(book)) for one in found])


def only(told: Summary, code: str | None = None) -> Summary:
    """The summary of one currency, or the whole."""
    return told if code is None else replace(told, currencies=tuple(one for one in told.currencies if one.currency == code))


def summary_png(told: Summary) -> bytes:
    panels = [aging_bars(one.aging, locale_of(told.book)) for one in told.currencies]
    return picture(f"{period_words(told)} · {told.book.name}", panels)


async def aging_xlsx(book: Book, day: date, rows: Sequence[AgingRow], work: UnitOfWork) -> bytes:
    """A sheet of the totals, and one of every customer that adds up to them."""
    by_customer = Sheet("Customers", ("Number", "Customer", "Currency", *_AGES, "oldest due"), _debtors(book, day, work), _totals(rows))
    return await xlsx([_aging_sheet(rows), by_customer])


def _aging_sheet(rows: Sequence[AgingRow]) -> Sheet:
    counts: list[Sequence[Cell]] = [(row.currency, "items", *(number for number, _ in row.buckets), None, row.items) for row in rows]
    sums: list[Sequence[Cell]] = [(row.currency, "amount", *_ages(row)) for row in rows]
    return Sheet("Aging", ("Currency", "", *_AGES), [*sums, *counts])


def _ages(row: AgingRow) -> tuple[Money, ...]:
    return (*(amount for _, amount in row.buckets), row.unapplied, row.balance)


async def _debtors(book: Book, day: date, work: UnitOfWork) -> AsyncIterator[Sequence[Cell]]:
    async for one in work.debtors(book.id, day):
        yield (one.number, one.name, one.aging.currency, *_ages(one.aging), one.oldest)


def _totals(rows: Sequence[AgingRow]) -> list[Sequence[Cell]]:
    return [("total", None, row.currency, *_ages(row)) for row in rows]


async def metrics_xlsx(book: Book, day: date, window: int, figures: Sequence[Figures]) -> bytes:
    said = (("Book", book.name), ("At", day), ("Window, days", window))
    rows = [(one.currency, words, value) for one in figures for words, value in figure_lines(one, locale_of(book))]
    return await xlsx([Sheet("Figures", ("Currency", "Figure", "Value"), rows), Sheet("About", ("", ""), said)])


async def forecast_xlsx(book: Book, day: date, found: Sequence[Forecast]) -> bytes:
    rows: list[Sequence[Cell]] = [(one.currency, week.first, week.last, week.expected) for one in found for week in one.weeks]
    rest: list[Sequence[Cell]] = [(one.currency, "later, or no due date", None, one.later) for one in found]
    said = (("Book", book.name), ("After", day), ("Method", f"due-date baseline: {METHOD}"))
    return await xlsx([Sheet("Forecast", ("Currency", "From", "To", "Expected"), [*rows, *rest]), Sheet("About", ("", ""), said)])


async def summary_xlsx(told: Summary, work: UnitOfWork) -> bytes:
    """The period's figures, the aging behind them, and every customer."""
    rows: list[Sequence[Cell]] = []
    for one in told.currencies:
        for words, state in ((told.last.isoformat(), one.now), ("before", one.before)):
            rows.append((one.currency, words, state.open, state.overdue, state.dso, state.collected))
    aged = [one.aging for one in told.currencies]
    customers = Sheet(
        "Customers", ("Number", "Customer", "Currency", *_AGES, "oldest due"), _debtors(told.book, told.last, work), _totals(aged)
    )
    columns = ("Currency", "At", "Open", "Overdue", "DSO, days", "Collected")
    return await xlsx([Sheet("Summary", columns, rows), _aging_sheet(aged), _counts_sheet(told), customers])


def _counts_sheet(told: Summary) -> Sheet:
    said, made = told.said, told.promises
    rows: list[Sequence[Cell]] = [
        ("Promises due", made.all), ("Promises kept", made.kept), ("Promises kept in part", made.partly), ("Promises broken", made.broken),
        ("Plans running", told.plans.running), ("Plans late", told.plans.late), ("Messages sent", said.sent), ("Messages delivered", said.delivered),
        ("Messages bounced", said.bounced), ("Messages in doubt", said.unknown), ("Messages that could not be sent", said.failed),
        ("Answers", said.answers), ("Answers that wait", said.waiting),
    ]  # fmt: skip
    return Sheet("Counts", ("What", "How many"), rows)
