"""The figures of a book as cards: what `/due` answers about them, the summary that stands, and the lists behind it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from operator import itemgetter

from bot.actions import whole
from bot.commands import Figure
from cards import paging
from cards import summary as cards
from cards import summary_lists as lists
from cards.actions import Action, Name
from cards.aging import aging
from cards.elements import Card
from cards.figures import figures
from cards.forecast import forecast
from cards.summary import WaitingLine
from cards.summary_lists import PAGE, Between
from workflows.domain.account import Book
from workflows.domain.ids import CustomerId, ItemId
from workflows.domain.summary import Period
from workflows.forecast_cash import forecast_cash
from workflows.judge_promises import judge_promises
from workflows.measure_book import measure_book
from workflows.ports import Policies, UnitOfWork
from workflows.records import StaffCard
from workflows.summarise_book import DSO_DAYS, coming_messages, summarise_book


async def figure_card(what: Figure, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """As of today, which counts as far as it is known."""
    day = book.place.day(now)
    match what:
        case Figure.AGING:
            return aging(book, day, await work.aging(book.id, day))
        case Figure.METRICS:
            return figures(book, day, DSO_DAYS, await measure_book(book, day, DSO_DAYS, work, policies))
        case Figure.FORECAST:
            return forecast(book, day, await forecast_cash(book, day, work))
        case Figure.REPORT:
            return cards.summary(await summarise_book(book, Period.WEEKLY, day, work, policies, now))


async def standing_summary(card: StaffCard, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """The summary of the period that began with the card's day."""
    period = Period(card.data["period"])
    last = period.last_day(card.day)
    return cards.summary(await summarise_book(book, period, last, work, policies, now))


async def list_card(action: Action, book: Book, day: date, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """What the summary's buttons open."""
    page = whole(action.data.get("page", ""))
    if action.name is Name.SHOW_WAITING:
        return await _waiting(book, page, work, now)
    if action.name is not Name.SHOW_DEBTORS:
        return await _between(action, book, day, page, work, policies, now)
    shown = await work.debtors_page(book.id, day, PAGE + 1, page * PAGE)
    return cards.debtors(book, day, shown[:PAGE], page, more=len(shown) > PAGE)


async def _between(action: Action, book: Book, last: date, page: int, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """What there was, or will be, from the day the action carries to `last`."""
    try:
        first = min(date.fromisoformat(action.data.get("first", "")), last)
    except ValueError:
        first = last
    between, some = Between(book, first, last, page), slice(page * PAGE, page * PAGE + PAGE + 1)
    start, end = book.place.start_of(first), book.place.start_of(last + timedelta(days=1))
    match action.name:
        case Name.SHOW_COLLECTED:
            return lists.collected(between, await work.collections(book.id, first, last, PAGE + 1, page * PAGE))
        case Name.SHOW_SENT:
            return lists.sent(between, await work.letters_sent(book.id, start, end, PAGE + 1, page * PAGE))
        case Name.SHOW_ANSWERS:
            return lists.answered(between, await work.answered(book.id, start, end, PAGE + 1, page * PAGE))
        case Name.SHOW_JUDGED:
            return lists.promises_due(between, [one async for one in judge_promises(book, first, last, work, policies)][some])
        case _:
            messages, more = await coming_messages(book, last, work, policies, now)
            return lists.coming(between, messages[some], at_least=more)


async def _waiting(book: Book, page: int, work: UnitOfWork, now: datetime) -> Card:
    """Answers nobody has dealt with, approvals nobody has given, tasks nobody has done; the oldest first. A page beyond the last is the last."""
    found: list[tuple[CustomerId, str, datetime, ItemId | None]] = [
        (customer, f"answered: {reply.meaning.value.replace('_', ' ')}", reply.at, next(iter(reply.items), None))
        for customer, reply in await work.open_replies(book.id)
    ]
    found += [(customer, f"task: {task.what}", task.at, task.item) for customer, task in await work.open_tasks(book.id)]
    found += [
        (customer, f"approval: {asked.kind.value.replace('_', ' ')}", asked.at, asked.item)
        for customer, asked in await work.open_approvals(book.id)
    ]
    page = min(page, max(len(found) - 1, 0) // paging.PAGE)
    shown = sorted(found, key=itemgetter(2))[page * paging.PAGE :][: paging.PAGE]
    names = {account.customer.id: account.customer.name for account in await work.accounts(list({customer for customer, *_ in shown}))}
    lines = [WaitingLine(names[customer], what, since, item) for customer, what, since, item in shown]
    return cards.waiting(book, lines, len(found), page, now)
