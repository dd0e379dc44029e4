"""On Monday mornings every book's managers get what is over: the week, every other Monday the fortnight, on a month's first one the month; once each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import uuid5

from workflows.acting import stand
from workflows.domain.account import Book
from workflows.domain.ids import CardId, new_id
from workflows.domain.summary import Period
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, Effect, StaffCard

HOUR = time(8)  # on the book's clocks
USUAL = (Period.WEEKLY, Period.MONTHLY)
_DAY = timedelta(days=1)
_A_FORTNIGHTS = date(2024, 1, 1)  # the Monday from which fortnights count


async def post_summaries(work: UnitOfWork, clock: Clock, periods: Collection[Period] = USUAL) -> int:
    """How many were posted, each with its picture and its spreadsheet to follow. A Monday that was missed is made up for as long as its period is the last one; nothing older is.

    A book that was first read after that Monday has nothing to tell of the time before.
    """
    posted = 0
    for book in await work.books():
        for period in periods:
            posted += await _post(book, period, work, clock.now())
    return posted


async def _post(book: Book, period: Period, work: UnitOfWork, now: datetime) -> int:
    on = posting_day(book, period, now)
    first = period.first_day(_last_day(period, on))
    # A week and a month may begin on the same day, and the newer of the one must not freeze the other.
    subject = uuid5(book.id, period.value)
    if any(card.kind is CardKind.SUMMARY and card.day >= first for card in await work.live_cards(book.id, subject)):
        return 0
    if not await work.knows_since(book.id, book.place.at(on, HOUR)):
        return 0
    card = StaffCard(CardId(new_id()), CardKind.SUMMARY, book.id, subject, first, now, data={"period": period.value})
    if not await stand(work, book, card):
        return 0
    if book.chat_channel is not None:
        await work.enqueue(Effect.FILE, f"file:{card.id}", {"card": str(card.id), "asked_at": now.isoformat()}, now)
    return 1


def posting_day(book: Book, period: Period, now: datetime) -> date:
    """The newest day on which that summary was, or should have been, posted."""
    today = book.place.day(now)
    monday = today - today.weekday() * _DAY
    if now < book.place.at(monday, HOUR):
        monday -= 7 * _DAY
    while not _posts(period, monday):
        monday -= 7 * _DAY
    return monday


def _posts(period: Period, monday: date) -> bool:
    if period is Period.MONTHLY:
        return monday.day <= 7
    return period is Period.WEEKLY or (monday - _A_FORTNIGHTS).days % 14 == 0


def _last_day(period: Period, on: date) -> date:
    """Of the period that is over on the day it is posted: the Sunday before, or the last day of the month before."""
    return on.replace(day=1) - _DAY if period is Period.MONTHLY else on - _DAY
