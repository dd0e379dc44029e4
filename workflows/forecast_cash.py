"""When the money of a book comes in if everybody pays on the day it is due."""

from __future__ import annotations

from datetime import date

from workflows.domain.account import Book
from workflows.domain.forecast import Forecast, by_due_day
from workflows.ports import UnitOfWork


async def forecast_cash(book: Book, day: date, work: UnitOfWork) -> tuple[Forecast, ...]:
    """One per currency, by calendar weeks after `day`."""
    return by_due_day(await work.due_sums(book.id, day), day)
