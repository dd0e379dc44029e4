"""Summaries on Monday mornings: once per period, made up for when the Monday was missed, drawn in the book's channel."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from bot.live.routing import Routing
from cards.plain.render import render
from tests.fakes.room import FakeRoom
from tests.workflows.office import Office
from workflows.domain.account import Book
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, new_id
from workflows.domain.routing import Channel, Route
from workflows.domain.summary import Period
from workflows.post_summaries import post_summaries, posting_day
from workflows.records import CardKind

BERLIN = Book(BookId(new_id()), "main", "Main", Place("Europe/Berlin", "DE"))
MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)  # 08:00 in Berlin


@pytest.mark.parametrize(
    ("now", "weekly", "monthly"),
    [
        (datetime(2026, 11, 30, 6, 59, tzinfo=UTC), date(2026, 11, 23), date(2026, 11, 2)),
        (MONDAY, date(2026, 11, 30), date(2026, 11, 2)),
        (datetime(2026, 12, 7, 6, 59, tzinfo=UTC), date(2026, 11, 30), date(2026, 11, 2)),
        (datetime(2026, 12, 7, 7, 0, tzinfo=UTC), date(2026, 12, 7), date(2026, 12, 7)),
        (datetime(2026, 6, 1, 6, 0, tzinfo=UTC), date(2026, 6, 1), date(2026, 6, 1)),
        (datetime(2026, 3, 30, 6, 0, tzinfo=UTC), date(2026, 3, 30), date(2026, 3, 2)),
    ],
)
def test_monday_at_eight_on_the_books_clocks_is_when_it_is_posted(now: datetime, weekly: date, monthly: date) -> None:
    assert posting_day(BERLIN, Period.WEEKLY, now) == weekly
    assert posting_day(BERLIN, Period.MONTHLY, now) == monthly


def test_a_fortnight_is_told_of_every_other_monday() -> None:
    mondays = [MONDAY + timedelta(weeks=n) for n in range(4)]
    days = [posting_day(BERLIN, Period.FORTNIGHTLY, now) for now in mondays]
    assert days == [date(2026, 11, 30), date(2026, 11, 30), date(2026, 12, 14), date(2026, 12, 14)]


async def test_what_is_posted_may_be_chosen(store: SqlStore) -> None:
    office = await office_on(store, MONDAY)
    async with store() as work:
        assert await post_summaries(work, office.clock, (Period.FORTNIGHTLY,)) == 1
    assert [(card.data["period"], card.day) for card in await office.cards(CardKind.SUMMARY)] == [("fortnightly", date(2026, 11, 16))]


async def test_managers_get_theirs_in_a_channel_of_their_own(store: SqlStore) -> None:
    office = await office_on(store, MONDAY)
    office.routing = Routing((Route((Channel("slack", "CMANAGERS"),), kind="summary"),))
    await office.jobs.post_summaries()
    await office.deliver()
    assert office.room is not None
    assert set(office.room.channels.values()) == {"CMANAGERS"}


async def office_on(store: SqlStore, now: datetime) -> Office:
    office = Office(store, room=FakeRoom())
    await office.open(chat=True)
    office.clock.set(now)
    await office.owe("acme", known=timedelta(days=60))
    return office


async def posted(office: Office) -> list[tuple[str, date]]:
    await office.jobs.post_summaries()
    return sorted((card.data["period"], card.day) for card in await office.cards(CardKind.SUMMARY))


async def test_a_summary_is_posted_once_and_frozen_by_the_next(store: SqlStore) -> None:
    office = await office_on(store, MONDAY)
    expected = [("monthly", date(2026, 10, 1)), ("weekly", date(2026, 11, 23))]
    assert await posted(office) == expected
    office.clock.advance(timedelta(minutes=1))
    assert await office.jobs.post_summaries() == 0
    assert await posted(office) == expected
    office.clock.set(MONDAY + timedelta(days=7))
    assert await posted(office) == [("monthly", date(2026, 11, 1)), ("weekly", date(2026, 11, 30))]


async def test_a_missed_monday_is_made_up_for_once_and_older_ones_are_not(store: SqlStore) -> None:
    office = await office_on(store, MONDAY - timedelta(days=14))
    await posted(office)
    office.clock.set(MONDAY + timedelta(days=3))
    assert await office.jobs.post_summaries() == 1
    assert await office.jobs.post_summaries() == 0
    assert await posted(office) == [("monthly", date(2026, 10, 1)), ("weekly", date(2026, 11, 23))]


async def test_a_book_first_read_after_that_monday_has_nothing_to_tell_yet(store: SqlStore) -> None:
    office = Office(store)
    await office.open()
    office.clock.set(MONDAY + timedelta(days=1))
    await office.owe("acme", known=timedelta(hours=1))
    assert await posted(office) == []
    office.clock.set(MONDAY + timedelta(days=7))
    assert await posted(office) == [("monthly", date(2026, 11, 1)), ("weekly", date(2026, 11, 30))]


async def test_the_channel_gets_the_week_that_is_over(store: SqlStore) -> None:
    office = await office_on(store, MONDAY + timedelta(hours=1))
    await posted(office)
    await office.jobs.show_cards()
    assert office.room is not None
    assert any("Week 48" in card.summary for card in office.room.standing.values())
    (week,) = [card for card in await office.cards(CardKind.SUMMARY) if card.data["period"] == "weekly"]
    async with store() as work:
        text = render(await draw(week, work, office.policies, office.clock.now()))
    assert text.startswith("Week 48 · Northwind\nOpen €100.00")
    assert "[All debtors] [Waiting]" in text
