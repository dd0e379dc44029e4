"""A book's week, fortnight or month for its managers, each figure beside that of the period before."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from workflows.domain.account import Account, Book
from workflows.domain.aging import AgingRow, Debtor, nothing_open
from workflows.domain.allocation import balances
from workflows.domain.decide import decide
from workflows.domain.decision import Decision
from workflows.domain.metrics import PromisesDue, dso
from workflows.domain.money import Money
from workflows.domain.promises import Fate
from workflows.domain.summary import Ahead, Broken, Coming, CurrencySummary, Period, Plans, State, Summary
from workflows.judge_promises import judge_promises
from workflows.measure_book import ByCode, by_code
from workflows.ports import Policies, UnitOfWork

DSO_DAYS = 90
TOP = 3  # debtors and broken promises that are named
MOST_ASKED = 2_000  # accounts whose coming messages are worked out; beyond them it is "at least"
_AT_ONCE = 200
_DAY = timedelta(days=1)


async def summarise_book(book: Book, period: Period, last: date, work: UnitOfWork, policies: Policies, now: datetime) -> Summary:
    """The period that ends with `last`. What lies ahead is what would happen from `now` on, if nothing changes."""
    first = period.first_day(last)
    kept, broken = await _promises(book, first, last, work, policies)
    place = book.place
    return Summary(
        book,
        period,
        first,
        last,
        await _currencies(book, period, first, last, work),
        kept,
        broken,
        await _plans(book, last, work),
        await work.correspondence(book.id, place.start_of(first), place.start_of(last + _DAY)),
        await _ahead(book, period, last, work, policies, now),
        DSO_DAYS,
    )


async def _currencies(book: Book, period: Period, first: date, last: date, work: UnitOfWork) -> tuple[CurrencySummary, ...]:
    """One per currency in which something is open, or came in."""
    rows = {row.currency: row for row in await work.aging(book.id, last)}
    rows_before = {row.currency: row for row in await work.aging(book.id, first - _DAY)}
    sold, sold_before = await _sold(book, last, work), await _sold(book, first - _DAY, work)
    came = by_code(await work.collected(book.id, first, last))
    came_before = by_code(await work.collected(book.id, period.first_day(first - _DAY), first - _DAY))
    top: dict[str, list[Debtor]] = {}
    async for debtor in work.debtors(book.id, last, TOP):
        if debtor.oldest is not None:
            top.setdefault(debtor.aging.currency, []).append(debtor)
    due = await _falls_due(book, last, period.next_last_day(last), work)
    return tuple(
        CurrencySummary(
            code,
            _state(code, rows, sold, came),
            _state(code, rows_before, sold_before, came_before),
            rows.get(code, nothing_open(code)),
            tuple(top.get(code, ())),
            due.get(code, Money.zero(code)),
        )
        for code in sorted({*rows, *rows_before, *came})
    )


async def _sold(book: Book, last: date, work: UnitOfWork) -> ByCode:
    return by_code(await work.sold(book.id, last - (DSO_DAYS - 1) * _DAY, last))


def _state(code: str, rows: dict[str, AgingRow], sold: ByCode, came: ByCode) -> State:
    row, none = rows.get(code, nothing_open(code)), Money.zero(code)
    sales = sold.get(code, none)
    return State(row.balance, row.overdue, dso(row.balance.minor, sales.minor, DSO_DAYS), came.get(code, none))


async def _falls_due(book: Book, last: date, until: date, work: UnitOfWork) -> ByCode:
    found: dict[str, Money] = {}
    for one in await work.due_sums(book.id, last):
        if one.due_on is not None and last < one.due_on <= until:
            code = one.open.currency
            found[code] = found.get(code, Money.zero(code)) + one.open
    return found


async def _promises(book: Book, first: date, last: date, work: UnitOfWork, policies: Policies) -> tuple[PromisesDue, tuple[Broken, ...]]:
    kept, broken = PromisesDue(), []
    async for judged in judge_promises(book, first, last, work, policies):
        kept += judged.counted
        if judged.fate is Fate.BROKEN:
            broken.append(Broken(judged.customer, judged.promised))
            broken = sorted(broken, key=lambda one: -one.amount.decimal)[:TOP]
    return kept, tuple(broken)


async def _plans(book: Book, last: date, work: UnitOfWork) -> Plans:
    running, late = 0, 0
    over = book.place.start_of(last + _DAY)
    async for account in work.planning_accounts(book.id, over):
        left = balances(account, up_to=last)
        for plan in account.plans:
            if plan.accepted_at is None or plan.accepted_at > over or (plan.ended_at is not None and plan.ended_at <= over):
                continue
            running += 1
            late += any(part.due_on is not None and part.due_on < last and left.open_of(part.id).minor > 0 for part in plan.instalments)
    return Plans(running, late)


async def _ahead(book: Book, period: Period, last: date, work: UnitOfWork, policies: Policies, now: datetime) -> Ahead:
    """What leaves in the period that follows."""
    end = period.next_last_day(last)
    found, more = await coming_messages(book, end, work, policies, now)
    return Ahead(last + _DAY, end, Counter(one.step for one in found), more)


async def coming_messages(book: Book, last: date, work: UnitOfWork, policies: Policies, now: datetime) -> tuple[list[Coming], bool]:
    """Those that would leave up to that day, one per customer and day as their next steps say, the first to leave first; and whether there may be more."""
    until, found = book.place.start_of(last + _DAY), list[Coming]()
    chosen = await work.looking_before(book.id, until, MOST_ASKED + 1)
    for start in range(0, min(len(chosen), MOST_ASKED), _AT_ONCE):
        for account in await work.accounts(chosen[start : start + _AT_ONCE]):
            found += _coming(account, decide(policies.of(account), account, now), until)
    return sorted(found, key=lambda one: (one.at, one.customer)), len(chosen) > MOST_ASKED


def _coming(account: Account, decision: Decision, until: datetime) -> list[Coming]:
    """One a day at most: the one that leaves first says the words."""
    days: dict[date, tuple[datetime, str]] = {}
    for item in decision.items:
        if item.next is not None and item.next.reminds and item.next.at < until:
            day = account.customer.place.day(item.next.at)
            days[day] = min(days.get(day, (item.next.at, item.next.step)), (item.next.at, item.next.step))
    return [Coming(account.customer.name, step, at) for at, step in days.values()]
