"""What somebody asks about: a customer's balance, what is overdue, one invoice and why it stands as it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from workflows.domain.account import Account, Book, Customer, Escalation, Flag, Item, Plan, PlanState, Snooze
from workflows.domain.allocation import on_plans
from workflows.domain.claims import Dispute, Hold, Promise
from workflows.domain.decide import by_item, decide, open_items, owed_items, silence, views_of
from workflows.domain.decision import Decision, ItemDecision, State
from workflows.domain.ids import BookId, CustomerId, ItemId, UserId
from workflows.domain.money import Money
from workflows.domain.policy import Policy
from workflows.domain.standing import Owed, Standing
from workflows.domain.tasks import Task
from workflows.domain.view import View
from workflows.errors import NotKnown
from workflows.ports import Policies, UnitOfWork
from workflows.records import FoundItem, Mark

MOST = 50

Some = TypeVar("Some", bound=Owed)
Ends = TypeVar("Ends", Snooze, Flag, Escalation, Dispute, Hold)


@dataclass(frozen=True)
class Seen:
    """An account at `at`; what is decided of it is worked out once it is asked for."""

    account: Account
    policy: Policy
    at: datetime

    @cached_property
    def decision(self) -> Decision:
        return decide(self.policy, self.account, self.at)

    @cached_property
    def _views(self) -> Sequence[View]:
        return views_of(self.policy, self.account, self.at)

    @cached_property
    def _by_item(self) -> Callable[[ItemId], ItemDecision]:
        return by_item(self._views)

    @property
    def _now(self) -> Account:
        """With its plans as they have turned by now, whether or not that is kept yet."""
        return self._views[0].account

    @cached_property
    def open(self) -> tuple[Standing, ...]:
        """What is not settled, each debt once: of what a plan spreads, the instalments."""
        return self._each_once(open_items(self._views))

    @cached_property
    def late(self) -> tuple[Owed, ...]:
        """Of `open` what is past due, for who does not ask how each stands."""
        return self._each_once(tuple(one for one in owed_items(self._views) if one.overdue))

    def _each_once(self, found: tuple[Some, ...]) -> tuple[Some, ...]:
        spread = on_plans(self._now)
        return tuple(one for one in found if one.item.id not in spread) if spread else found

    def silence(self, item: Item) -> State:
        """What keeps an open item silent; open where nothing does."""
        return silence(self._views, item)

    def of(self, item: ItemId) -> ItemDecision:
        """Cards and lists outlive a plan: an instalment of one that runs no longer is settled. Raises `KeyError` for another account's."""
        ended = (part for plan in self._now.plans if plan.state is not PlanState.ACTIVE for part in plan.instalments)
        part = next((one for one in ended if one.id == item), None)
        if part is None:
            return self._by_item(item)
        return ItemDecision(part, State.SETTLED, None, Money.zero(part.total.currency), None, "Its payment plan no longer runs.")


@dataclass(frozen=True, slots=True)
class Choices:
    """Several things fit, or none does and these are `near`; the person chooses."""

    asked: str
    customers: tuple[Customer, ...] = ()
    items: tuple[FoundItem, ...] = ()
    near: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which overdue customers are asked for: so many days late, of one owner, with at least so much late in one currency."""

    days: int = 1
    owner: UserId | None = None
    least: Money | None = None


ANY = Bounds()
EXACT = "="  # in place of a name or number: the id that follows is meant, as the buttons of choices say it


@dataclass(frozen=True, slots=True)
class Overdue:
    """The accounts with the oldest overdue items, oldest first, and how many there are in all; `first` of them came before these."""

    accounts: tuple[Seen, ...]
    count: int
    first: int = 0

    @property
    def more(self) -> int:
        """Beside those listed, and those before them."""
        return max(self.count - self.first - len(self.accounts), 0)


async def see(customer: CustomerId, work: UnitOfWork, policies: Policies, at: datetime) -> Seen:
    return _seen(await work.account(customer), policies, at)


async def see_item(item: ItemId, work: UnitOfWork, policies: Policies, at: datetime) -> Seen:
    """The account the item belongs to."""
    return _seen(await work.account_of(item), policies, at)


async def see_many(customers: Iterable[CustomerId], work: UnitOfWork, policies: Policies, at: datetime) -> Mapping[CustomerId, Seen]:
    """Loaded together, so that a list costs a few queries and not a few for each line."""
    accounts = await work.accounts(list(dict.fromkeys(customers)))
    return {account.customer.id: _seen(account, policies, at) for account in accounts}


def _seen(account: Account, policies: Policies, at: datetime) -> Seen:
    return Seen(account, policies.of(account), at)


async def balance(words: str, work: UnitOfWork, policies: Policies, at: datetime) -> Seen | Choices:
    """Raises `NotKnown`. A full name or number wins over parts of others; a name spelt almost so is a choice."""
    if (exact := _exactly(words)) is not None:
        return await see(CustomerId(exact), work, policies, at)
    if (named := await work.named_account(words)) is not None:
        return _seen(named, policies, at)
    found = await work.find_customers(words)
    if not found:
        near = await work.near_customers(words)
        if not near:
            raise NotKnown(f"No customer is called or numbered like “{words}”. Try fewer letters; help lists what can be asked.")
        return Choices(words, customers=tuple(near), near=True)
    exactly = [customer for customer in found if words.strip().casefold() in {customer.name.casefold(), customer.number.casefold()}]
    if len(found) > 1 and len(exactly) != 1:
        return Choices(words, customers=tuple(found))
    return await see((exactly or list(found))[0].id, work, policies, at)


async def invoice(
    number: str, work: UnitOfWork, policies: Policies, at: datetime, book: BookId | None = None
) -> tuple[Seen, ItemDecision] | Choices:
    """Raises `NotKnown`. A number that stands in several books is a choice, and so are numbers spelt almost so."""
    if (exact := _exactly(number)) is not None:
        seen = await see_item(ItemId(exact), work, policies, at)
        return seen, seen.of(ItemId(exact))
    found = await work.find_items(number.strip(), book)
    if not found:
        near = await work.near_items(number)
        if not near:
            raise NotKnown(f"No invoice has the number “{number}”.")
        found = [one for one in near if one.item.number.casefold() == number.strip().casefold()]
        if not found:
            return Choices(number, items=tuple(near), near=True)
    if len(found) > 1:
        return Choices(number, items=tuple(found))
    seen = await see(found[0].customer.id, work, policies, at)
    return seen, seen.of(found[0].item.id)


def _exactly(words: str) -> UUID | None:
    try:
        return UUID(words.strip().removeprefix(EXACT)) if words.strip().startswith(EXACT) else None
    except ValueError:
        return None


async def overdue(
    work: UnitOfWork,
    policies: Policies,
    at: datetime,
    days: Mapping[BookId, date],
    bounds: Bounds = ANY,
    limit: int = MOST,
    page: range | None = None,
) -> Overdue:
    """`days` is today in each book. Of more than `limit` only the `page` is looked at, or the last one, if there is one to be."""
    late: list[tuple[date, CustomerId]] = []
    count = 0
    for book, day in days.items():
        found, among = await work.overdue_accounts(
            day - timedelta(bounds.days - 1), max(limit, page.stop if page else 0), book, bounds.owner, bounds.least
        )
        late += found
        count += among
    late.sort()
    first, last = 0, limit
    if page is not None and count > limit:
        first = min(page.start, (count - 1) // len(page) * len(page))
        last = first + len(page)
    seen = await see_many((customer for _, customer in late[first:last]), work, policies, at)
    return Overdue(tuple(one for one in seen.values() if one.late), count, first)


@dataclass(frozen=True, slots=True)
class Marked:
    """Open items that carry a mark, each with its account; `more` says that there are more than are listed."""

    items: tuple[tuple[Seen, ItemDecision], ...]
    more: bool


async def marked(mark: Mark, books: Sequence[Book], work: UnitOfWork, policies: Policies, at: datetime, limit: int = MOST) -> Marked:
    """The oldest due first."""
    found: list[tuple[CustomerId, ItemId]] = []
    for book in books:
        found += await work.marked(book.id, mark, book.place.day(at), limit + 1)
    seen = await see_many((customer for customer, _ in found), work, policies, at)
    items = [(seen[customer], seen[customer].of(item)) for customer, item in found if customer in seen]
    items.sort(key=lambda one: one[1].item.due_on or date.max)
    return Marked(tuple(items[:limit]), len(items) > limit)


@dataclass(frozen=True, slots=True)
class OpenTask:
    task: Task
    seen: Seen


async def tasks(books: Sequence[Book], work: UnitOfWork, policies: Policies, at: datetime) -> tuple[OpenTask, ...]:
    """What somebody has to do, the soonest due first."""
    found = [one for book in books for one in await work.open_tasks(book.id)]
    found.sort(key=lambda one: (one[1].due_on or date.max, one[1].at))
    seen = await see_many((customer for customer, _ in found), work, policies, at)
    return tuple(OpenTask(task, seen[customer]) for customer, task in found if customer in seen)


def known_at(seen: Seen, day: date) -> Seen:
    """The same account as it stood at 09:00 of that day in the book's zone, by the facts dated or noted up to then."""
    account, place = seen.account, seen.account.book.place
    at = place.at(day, time(9))
    then = replace(
        account,
        items=tuple(item for item in account.items if item.issued_on is None or item.issued_on <= day),
        payments=tuple(fact for fact in account.payments if fact.paid_on <= day),
        credits=tuple(fact for fact in account.credits if fact.credited_on <= day),
        snoozes=tuple(_running(fact, at) for fact in account.snoozes if fact.at <= at),
        flags=tuple(_running(fact, at) for fact in account.flags if fact.at <= at),
        escalations=tuple(_running(fact, at) for fact in account.escalations if fact.at <= at),
        plans=tuple(_as_it_stood(fact, at) for fact in account.plans if fact.at <= at),
        promises=tuple(_promised(fact, at) for fact in account.promises if fact.at <= at),
        disputes=tuple(_running(fact, at) for fact in account.disputes if fact.at <= at),
        holds=tuple(_running(fact, at) for fact in account.holds if fact.at <= at),
        notices=tuple(fact for fact in account.notices if fact.at <= at),
        raised=tuple(fact for fact in account.raised if fact.at <= at),
        acts=tuple(fact for fact in account.acts if fact.at <= at),
        released_at=account.released_at if account.released_at is not None and account.released_at <= at else None,
    )
    return Seen(then, seen.policy, at)


def _running(fact: Ends, at: datetime) -> Ends:
    """An end that was noted later had not come yet."""
    return replace(fact, ended_at=None) if fact.ended_at is not None and fact.ended_at > at else fact


def _promised(fact: Promise, at: datetime) -> Promise:
    return replace(fact, ended_at=None, ended_how=None) if fact.ended_at is not None and fact.ended_at > at else fact


def _as_it_stood(plan: Plan, at: datetime) -> Plan:
    """An answer that was noted later was still awaited."""
    if plan.ended_at is not None and plan.ended_at <= at:
        return plan
    accepted = plan.accepted_at is not None and plan.accepted_at <= at
    return replace(plan, state=PlanState.ACTIVE if accepted else PlanState.PROPOSED, ended_at=None)
