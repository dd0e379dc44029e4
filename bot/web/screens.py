"""Lists and pages that are more than standing cards: tasks, reports, policies, settings, data by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk.colleagues import names
from bot.web.backstage import Behind
from bot.web.figures import Report, tell
from bot.web.place import Place, View
from cards import entry, people
from cards.elements import Card, Heading
from cards.settings import settings
from cards.task_card import task_card
from workflows.answer_query import see_many
from workflows.domain.access import Right, User
from workflows.domain.account import Book
from workflows.ports import Policies, UnitOfWork

SCREENS = frozenset({View.TASKS, View.REPORTS, View.POLICIES, View.SETTINGS, View.ENTER})
WIDE = SCREENS - {View.TASKS}


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several ways to look at the same thing."""

    label: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands in the middle: cards, one after the other. `more` says that another page follows.

    `text` is a file to read, with its title in front. `files` are addresses of the report as a file.
    """

    cards: Sequence[Card] = ()
    tabs: Sequence[Tab] = ()
    more: bool = False
    text: tuple[str, str] | None = None
    files: Sequence[tuple[str, str]] = ()


async def screen(
    place: Place, book: Book, user: User, work: UnitOfWork, policies: Policies, behind: Behind, now: datetime, page: int
) -> Screen:
    """`page` is how many tasks stand on one."""
    match place.view:
        case View.TASKS:
            return await _tasks(place, book, work, policies, now, page)
        case View.REPORTS:
            return await _reports(place, book, work, policies, now)
        case View.POLICIES:
            return _policies(place, behind)
        case View.SETTINGS:
            colleagues = people.people_card(await work.users(), user)
            return Screen((*behind.cards[:1], settings(await work.books(), user, now), *behind.cards[1:], colleagues))
        case _:
            return Screen((entry.start(book, may_enter=user.may(Right.RELEASE)),))


async def _tasks(place: Place, book: Book, work: UnitOfWork, policies: Policies, now: datetime, page: int) -> Screen:
    first = place.page * page
    found = await work.open_tasks(book.id)
    shown = found[first : first + page]
    seen = await see_many((customer for customer, _ in shown), work, policies, now)
    called = await names(work)
    cards = [task_card(task, seen[customer].account, seen[customer].of(task.item), now, called) for customer, task in shown]
    return Screen(cards, more=len(found) > first + page)


async def _reports(place: Place, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Screen:
    today = book.place.day(now)
    what = Report(place.what) if place.what in set(Report) else Report.WEEK
    on = min(place.on or today, today)
    told = await tell(what, book, on, work, policies, now)
    cards = [told.card, *(Card(chart.alt, (Heading("In a picture"), chart)) for chart in told.charts[:1])]
    cards += [Card(chart.alt, (chart,)) for chart in told.charts[1:]]
    tabs = [Tab(one.label, place.url(what="" if one is Report.WEEK else one.value, answer=""), one is what) for one in Report]
    named = f"/inbox/reports/{what.value}"
    query = f"?book={book.slug}&on={on.isoformat()}"
    files = [("Workbook", f"{named}.xlsx{query}"), ("Picture", f"{named}.png{query}"), ("JSON", f"{named}.json{query}")]
    return Screen(cards, tabs, files=files)


def _policies(place: Place, behind: Behind) -> Screen:
    tabs = [Tab(title, place.url(what=key, answer=""), key == place.what) for key, title, _ in behind.texts]
    chosen = next(((title, text) for key, title, text in behind.texts if key == place.what), None)
    first = Tab("In force", place.url(what="", answer=""), chosen is None)
    return Screen(tabs=(first, *tabs), text=chosen) if chosen else Screen(behind.cards, (first, *tabs))
