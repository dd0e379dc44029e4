"""What somebody asks about: a customer's balance, what is overdue, one invoice and why it stands as it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TypeVar

from workflows.domain.account import Account, Customer, Escalation, Flag, Plan, PlanState, Snooze
from workflows.domain.allocation import on_plans
from workflows.domain.claims import Dispute, Hold, Promise
from workflows.domain.decide import decide
from workflows.domain.decision import Decision, ItemDecision
from workflows.domain.ids import BookId, CustomerId, ItemId
from workflows.domain.policy import Policy
from workflows.errors import NotKnown
from workflows.ports import Policies, UnitOfWork
from workflows.records import FoundItem

MOST = 50

Ends = TypeVar("Ends", Snooze, Flag, Escalation, Dispute, Hold)


@dataclass(frozen=True, slots=True)
class Seen:
    """An account as decided at `at`."""

    account: Account
    decision: Decision
    policy: Policy
    at: datetime

    def of(self, item: ItemId) -> ItemDecision:
        return self.decision.of(item)

    @property
    def overdue(self) -> tuple[ItemDecision, ...]:
        """Each debt once: of what a plan spreads, the instalments that are late."""
        spread = on_plans(self.account)
        return tuple(decided for decided in self.decision.overdue if decided.item.id not in spread)


@dataclass(frozen=True, slots=True)
class Choices:
    """Several things fit; the person chooses."""

    asked: str
    customers: tuple[Customer, ...] = ()
    items: tuple[FoundItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Overdue:
    """The accounts with the oldest overdue items, oldest first; `more` is how many overdue customers there are beside them."""

    accounts: tuple[Seen, ...]
    more: int


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
    policy = policies.of(account)
    return Seen(account, decide(policy, account, at), policy, at)


async def balance(words: str, work: UnitOfWork, policies: Policies, at: datetime) -> Seen | Choices:
    """Raises `NotKnown`. A full name or number wins over parts of others."""
    found = await work.find_customers(words)
    if not found:
        raise NotKnown(f"No customer is called or numbered like “{words}”. Try fewer letters.")
    exact = [customer for customer in found if words.strip().casefold() in {customer.name.casefold(), customer.number.casefold()}]
    if len(found) > 1 and len(exact) != 1:
        return Choices(words, customers=tuple(found))
    return await see((exact or list(found))[0].id, work, policies, at)


async def invoice(
    number: str, work: UnitOfWork, policies: Policies, at: datetime, book: BookId | None = None
) -> tuple[Seen, ItemDecision] | Choices:
    """Raises `NotKnown`. A number that stands in several books is a choice."""
    found = await work.find_items(number.strip(), book)
    if not found:
        raise NotKnown(f"No invoice has the number “{number}”.")
    if len(found) > 1:
        return Choices(number, items=tuple(found))
    seen = await see(found[0].customer.id, work, policies, at)
    return seen, seen.of(found[0].item.id)


async def overdue(work: UnitOfWork, policies: Policies, at: datetime, days: Mapping[BookId, date], limit: int = MOST) -> Overdue:
    """`days` is today in each book."""
    seen: list[Seen] = []
    for book, day in days.items():
        seen += [await see(customer, work, policies, at) for customer in await work.overdue_accounts(day, limit, book)]
    late = [one for one in seen if one.overdue]
    late.sort(key=lambda one: min(item.item.due_on for item in one.overdue if item.item.due_on is not None))
    return Overdue(tuple(late[:limit]), sum([await work.count_overdue(day, book) for book, day in days.items()]) - len(late[:limit]))


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
    return Seen(then, decide(seen.policy, then, at), seen.policy, at)


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
