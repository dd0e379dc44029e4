"""The customer's word to pay by a day, and its taking back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.acting import item_to_act_on, note_act, redraw
from workflows.domain.access import User
from workflows.domain.account import Account, Item, PlanState
from workflows.domain.allocation import balances, on_plans
from workflows.domain.calendar import spoken
from workflows.domain.claims import Promise, PromiseEnd
from workflows.domain.decision import Decision, ItemDecision
from workflows.domain.ids import ItemId, PromiseId, new_id
from workflows.domain.money import Money, total
from workflows.domain.policy import Policy
from workflows.domain.promises import ends_on, is_kept, running
from workflows.errors import BadEntry, NotKnown, Refused
from workflows.ports import Clock, Policies, UnitOfWork

LONGEST_DAYS = 90


@dataclass(frozen=True, slots=True)
class RecordPromise:
    """`amount` is of the item's currency, for it and the `others` of the customer together."""

    item: ItemId
    amount: Money
    until: date
    by: User
    seen: int | None = None
    others: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True)
class Promised:
    """`ends_on` is the first day on which it no longer keeps the item silent; `again` says that it took another one's place."""

    account: Account
    item: Item
    promise: Promise
    ends_on: date
    again: bool


async def record_promise(ask: RecordPromise, work: UnitOfWork, policies: Policies, clock: Clock) -> Promised:
    """Takes the place of a promise that runs on any of the items. Raises `Refused` for a promise that cannot be."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    policy, now = policies.of(account), clock.now()
    today = account.book.place.day(now)
    items = (item, *_others(ask, account))
    _may_be(ask, account, items, today)
    before = {one.id: one for each in items for one in _standing(account, each.id, policy, today)}
    for replaced in before:
        await work.end_promise(replaced, PromiseEnd.REPLACED, now)
    promise = Promise(PromiseId(new_id()), tuple(each.id for each in items), ask.amount, ask.until, ask.by.id, now)
    await work.promise(promise, account.customer.id)
    words = f"{ask.by.name} noted a promise of {ask.amount:,} for {spoken(ask.until)}"
    words += f", for {len(items)} invoices together" if len(items) > 1 else ""
    for each in items:
        await note_act(work, account, each, ask.by, "promise.recorded", words, now, amount=ask.amount, until=ask.until.isoformat())
    return Promised(account, item, promise, ends_on(promise, policy, account), bool(before))


def promised_together(decision: Decision, account: Account, lead: ItemId) -> tuple[ItemDecision, ...]:
    """What one promise is most likely for: the item and everything else that is overdue in its currency, without what plans stand for."""
    first, planned = decision.of(lead), on_plans(account)
    late = (one for one in decision.items if one.overdue and one.open.minor > 0 and one.item.id not in planned)
    return (first, *(one for one in late if one.item.id != lead and one.open.currency == first.open.currency))


def _others(ask: RecordPromise, account: Account) -> tuple[Item, ...]:
    try:
        return tuple(account.item(one) for one in ask.others)
    except KeyError:
        raise NotKnown("That instalment belongs to a plan that no longer runs.") from None


def _may_be(ask: RecordPromise, account: Account, items: tuple[Item, ...], today: date) -> None:
    spread, what = balances(account), items[0].number if len(items) == 1 else "these invoices"
    for item in items:
        if spread.open_of(item.id).minor <= 0:
            raise Refused(f"{item.number} is paid; there is nothing to promise.")
        if any(item.id in plan.covers for plan in account.plans if plan.state is PlanState.ACTIVE):
            raise Refused(f"{item.number} is on a payment plan; note the promise on the instalment it is for.")
    left = total((spread.open_of(item.id) for item in items), items[0].total.currency)
    if ask.amount.minor <= 0:
        raise BadEntry({"amount": "A promise is of some amount; say how much the customer will pay."})
    if ask.amount > left:
        raise BadEntry({"amount": f"Only {left:,} is open on {what}; a promise cannot be of more."})
    if ask.until < today:
        raise BadEntry({"until": "That day is past; choose today or a later day."})
    if (ask.until - today).days > LONGEST_DAYS:
        raise BadEntry({"until": f"A promise lies at most {LONGEST_DAYS} days ahead; offer a payment plan for longer."})


def _standing(account: Account, item: ItemId, policy: Policy, today: date) -> list[Promise]:
    """Those that still wait for their money; what was kept stays kept."""
    return [one for one in running(account, item, policy, today) if not is_kept(one, policy, account)]


@dataclass(frozen=True, slots=True)
class CancelPromise:
    item: ItemId
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class PromiseCancelled:
    account: Account
    item: Item


async def cancel_promise(ask: CancelPromise, work: UnitOfWork, policies: Policies, clock: Clock) -> PromiseCancelled:
    """It counts neither as kept nor as broken. Raises `Refused` when none runs."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    standing = running(account, item.id, policies.of(account), account.book.place.day(clock.now()))
    if not standing:
        raise Refused(f"Nothing is promised on {item.number}.")
    for one in standing:
        await work.end_promise(one.id, PromiseEnd.CANCELLED, clock.now())
        for other in set(one.items) - {item.id}:
            await redraw(work, account, other, clock.now(), acted=True)
    await note_act(work, account, item, ask.by, "promise.cancelled", f"{ask.by.name} cancelled the promise", clock.now())
    return PromiseCancelled(account, item)
