"""The reports of a book for the inbox: on a page as cards, and as files to take away."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot import report_files as files
from bot import reports
from cards.aging import aging, aging_bars
from cards.elements import Bars, Card
from cards.figures import figure_bars, figures
from cards.forecast import forecast, forecast_bars
from cards.format import locale_of
from cards.summary import summary
from workflows.domain.account import Book
from workflows.domain.summary import Period
from workflows.forecast_cash import forecast_cash
from workflows.measure_book import measure_book
from workflows.ports import Policies, UnitOfWork
from workflows.summarise_book import DSO_DAYS, summarise_book


class Report(StrEnum):
    """As they stand in an address."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    AGING = "aging"
    METRICS = "metrics"
    FORECAST = "forecast"

    @property
    def label(self) -> str:
        return self.value.capitalize()


PERIODS = {Report.WEEK: Period.WEEKLY, Report.FORTNIGHT: Period.FORTNIGHTLY, Report.MONTH: Period.MONTHLY}
KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "png": "image/png", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Told:
    """`charts` stand on the page beside the card where the card has none of its own; a file is made when it is asked for."""

    card: Card
    charts: Sequence[Bars]
    document: Callable[[], dict[str, object]]
    picture: Callable[[], bytes]
    workbook: Callable[[], Awaitable[bytes]]

    async def file(self, kind: str) -> bytes:
        if kind == "png":
            return self.picture()
        return await self.workbook() if kind == "xlsx" else json.dumps(self.document(), indent=2).encode()


async def tell(what: Report, book: Book, on: date, work: UnitOfWork, policies: Policies, now: datetime) -> Told:
    """As of the end of that day, which counts as far as it is known."""
    locale = locale_of(book)
    match what:
        case Report.AGING:
            rows = await work.aging(book.id, on)
            return Told(
                aging(book, on, rows),
                [aging_bars(row, locale) for row in rows],
                lambda: reports.aging_json(book, on, rows),
                lambda: files.aging_png(book, on, rows),
                lambda: files.aging_xlsx(book, on, rows, work),
            )
        case Report.METRICS:
            found = await measure_book(book, on, DSO_DAYS, work, policies)
            return Told(
                figures(book, on, DSO_DAYS, found),
                [figure_bars(one) for one in found],
                lambda: reports.metrics_json(book, on, DSO_DAYS, found),
                lambda: files.metrics_png(book, on, found),
                lambda: files.metrics_xlsx(book, on, DSO_DAYS, found),
            )
        case Report.FORECAST:
            ahead = await forecast_cash(book, on, work)
            return Told(
                forecast(book, on, ahead),
                [forecast_bars(one, locale) for one in ahead],
                lambda: reports.forecast_json(book, on, ahead),
                lambda: files.forecast_png(book, on, ahead),
                lambda: files.forecast_xlsx(book, on, ahead),
            )
        case _:
            told = await summarise_book(book, PERIODS[what], on, work, policies, now)
            return Told(
                summary(told),
                (),
                lambda: reports.summary_json(told),
                lambda: files.summary_png(told),
                lambda: files.summary_xlsx(told, work),
            )
