"""What a letter about something that happened says: the plan that was made, the money that came, the promise that was given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.domain.account import Account, Item, ListedItem, Payment, Plan, PlanState
from workflows.domain.allocation import Balances
from workflows.domain.claims import Promise
from workflows.domain.ids import ItemId
from workflows.domain.messages import Promised, Received
from workflows.domain.policy import Policy
from workflows.domain.standing import PLAN_OFFER_DAYS

STATEMENT = "statement"
ABOUT_PLANS = frozenset(["plan_offered", "plan_confirmed"])
ABOUT_MONEY = frozenset(["receipt", "correction"])
ABOUT_PROMISES = frozenset(["promise_noted"])


@dataclass(frozen=True, slots=True)
class Came:
    """Money that came last, what it settled for good, and the day of a message that crossed it."""

    received: tuple[Received, ...] = ()
    settled: tuple[str, ...] = ()
    crossed_on: date | None = None


def plan_of(account: Account, about: Iterable[ListedItem]) -> Plan | None:
    """The newest plan, proposed or running, whose invoices or instalments are listed."""
    listed = {entry.item for entry in about}
    mine = [plan for plan in account.plans if listed & {*plan.covers, *(part.id for part in plan.instalments)}]
    return max((plan for plan in mine if plan.ended_at is None), key=lambda plan: plan.at, default=None)


def answer_by(account: Account, plan: Plan) -> date | None:
    """The last day on which an offered plan still holds reminders; null once it was answered."""
    return account.book.place.day(plan.at) + timedelta(days=PLAN_OFFER_DAYS) if plan.state is PlanState.PROPOSED else None


def numbers_of(account: Account, items: Iterable[ItemId]) -> tuple[str, ...]:
    known = _known(account)
    return tuple(known[item].number for item in items if item in known)


def money_that_came(account: Account, left: Balances, about: Sequence[ListedItem]) -> Came:
    """All of the newest day on which money came for what is listed, or, where nothing is, for no invoice at all."""
    targets: set[ItemId | None] = {entry.item for entry in about} or {None}
    mine = [payment for payment in account.payments if payment.item in targets and payment.reversed_on is None]
    newest = max((payment.paid_on for payment in mine), default=None)
    came = [payment for payment in mine if payment.paid_on == newest]
    known = _known(account)
    received = tuple(Received(one.amount, one.paid_on, known[one.item].number if one.item in known else None) for one in came)
    paid = [item for item in dict.fromkeys(one.item for one in came) if item in known and item and left.open_of(item).minor <= 0]
    return Came(received, numbers_of(account, paid), _crossed(account, came))


def _crossed(account: Account, came: Sequence[Payment]) -> date | None:
    """The day of the last message that asked for something of it."""
    items = {one.item for one in came}
    asked = [notice for notice in account.notices if notice.sent_at and notice.state.counts and any(e.item in items for e in notice.items)]
    return max((account.written_on(notice) for notice in asked), default=None)


def promise_given(account: Account, about: Iterable[ListedItem]) -> Promised | None:
    """The newest promise about what is listed that was not cancelled or replaced."""
    listed = {entry.item for entry in about}
    standing = (one for one in account.promises if one.ended_how is None and listed & set(one.items))
    promise: Promise | None = max(standing, key=lambda one: one.at, default=None)
    return Promised(promise.amount, promise.until, numbers_of(account, promise.items)) if promise else None


def carries_documents(policy: Policy, template: str) -> bool:
    """Whether the policy has letters of that template carry the invoices themselves."""
    return any(step.remind.attach for step in policy.steps if step.remind is not None and step.remind.template == template)


def documents_of(account: Account, listed: Iterable[ListedItem]) -> tuple[str, ...]:
    """The invoices that are listed, each once; for an instalment those of its plan."""
    plans, known = {plan.id: plan for plan in account.plans}, _known(account)
    items = [known[entry.item] for entry in listed]
    invoices = [invoice for item in items for invoice in (plans[item.plan].covers if item.plan in plans else (item.id,))]
    return numbers_of(account, dict.fromkeys(invoices))


def _known(account: Account) -> dict[ItemId | None, Item]:
    return {item.id: item for item in (*account.items, *(part for plan in account.plans for part in plan.instalments))}
