"""Money that a person knows of before the books do: noted, and taken back when it bounced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workflows.acting import item_to_act_on, note_act
from workflows.ask_approval import Requested, Wish, ask_approval
from workflows.domain.access import User
from workflows.domain.account import APPROVED, HAND, Account, Item, Payment
from workflows.domain.approvals import Approval, ApprovalKind
from workflows.domain.approving import ADDS_UP_FOR, Limits, terms_of, waiting
from workflows.domain.calendar import spoken
from workflows.domain.ids import ItemId, new_id
from workflows.domain.money import Money, total
from workflows.errors import AlreadyDone, BadEntry, Refused
from workflows.ports import Clock, UnitOfWork

LONGEST_REFERENCE = 140
OLDEST = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class RecordPayment:
    """`amount` is of the item's currency; `on_account` leaves it unassigned. `reference` is the bank's own, unique among the customer's."""

    item: ItemId
    amount: Money
    paid_on: date
    by: User
    reference: str = ""
    on_account: bool = False
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentNoted:
    account: Account
    item: Item
    payment: Payment


async def record_payment(ask: RecordPayment, work: UnitOfWork, clock: Clock, limits: Limits) -> PaymentNoted | Requested:
    """Above the limit, with what was noted for the customer by hand in thirty days, somebody else has to approve it.

    Raises `Refused` for a payment that cannot be, and `AlreadyDone` when one of that reference is known.
    """
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    now = clock.now()
    reference = " ".join(ask.reference.split())
    _may_be(ask, account.book.place.day(now), reference)
    _must_be_new(account, reference, now)
    if _noted(account, ask.amount, now) > Money.of(str(limits.payment), ask.amount.currency):
        terms = {"paid_on": ask.paid_on.isoformat(), "reference": reference, "on_account": ask.on_account}
        return await ask_approval(Wish(ApprovalKind.PAYMENT, ask.amount, "", terms), account, item, ask.by, work, clock)
    payment = Payment(ask.amount, ask.paid_on, None if ask.on_account else item.id, _key(now, reference))
    await work.add_payment(payment, account.customer.id, now)
    where = " on account" if ask.on_account else ""
    words = f"{ask.by.name} noted a payment of {ask.amount:,} of {spoken(ask.paid_on)}{where}"
    facts = {"amount": ask.amount, "paid_on": ask.paid_on.isoformat(), "key": payment.key, "on_account": ask.on_account}
    await note_act(work, account, item, ask.by, "payment.recorded", words, now, **facts)
    return PaymentNoted(account, item, payment)


def _may_be(ask: RecordPayment, today: date, reference: str) -> None:
    if ask.amount.minor <= 0:
        raise BadEntry(
            {"amount": "A payment is of some amount; take one that bounced, or was typed wrongly, back with “Take payment back”."}
        )
    if ask.paid_on > today:
        raise BadEntry({"paid_on": "That day has not come; note the money when it is there."})
    if ask.paid_on < today - OLDEST:
        raise BadEntry({"paid_on": f"{spoken(ask.paid_on)} is years ago; check the year."})
    if len(reference) > LONGEST_REFERENCE:
        raise BadEntry({"reference": f"A reference has at most {LONGEST_REFERENCE} characters."})


def _must_be_new(account: Account, reference: str, now: datetime) -> None:
    if not reference:
        return
    known = next((one for one in account.payments if one.key.endswith(f":{reference}") or one.key == reference), None)
    if known is not None:
        raise AlreadyDone(f"A payment with the reference {reference} is known: {known.amount:,} of {spoken(known.paid_on)}.")
    if any(terms_of(one).get("reference") == reference for one in waiting(account, ApprovalKind.PAYMENT, now)):
        raise AlreadyDone(f"A payment with the reference {reference} waits for approval.")


def _key(now: datetime, reference: str) -> str:
    """Names the day it was noted, whatever day it was paid: what counts against the limit."""
    return f"{HAND}{now.date().isoformat()}:{reference or new_id()}"


def _noted(account: Account, amount: Money, now: datetime) -> Money:
    """The amount, with what one person alone noted for the customer in thirty days and what stands."""
    first = (now - ADDS_UP_FOR).date().isoformat()
    by_hand = (one for one in account.payments if one.key.startswith(HAND) and one.key[len(HAND) :] >= first)
    same = (one.amount for one in by_hand if one.reversed_on is None and one.amount.currency == amount.currency)
    return total((amount, *same), amount.currency)


def unfit(approval: Approval, account: Account, today: date) -> str | None:
    """Why it cannot be carried out any more."""
    del today
    reference = str(terms_of(approval).get("reference", ""))
    known = reference and any(one.key.endswith(f":{reference}") or one.key == reference for one in account.payments)
    return f"a payment with the reference {reference} is known meanwhile" if known else None


async def carry_out(approval: Approval, account: Account, work: UnitOfWork, clock: Clock) -> bool:
    """The payment that was approved; it counts against nobody's limit."""
    terms = terms_of(approval)
    if approval.amount is None:
        return False
    item = None if terms.get("on_account") else approval.item
    key = f"{APPROVED}{approval.id}:{terms.get('reference') or new_id()}"
    payment = Payment(approval.amount, date.fromisoformat(str(terms["paid_on"])), item, key)
    return await work.add_payment(payment, account.customer.id, clock.now())


@dataclass(frozen=True, slots=True)
class ReversePayment:
    """`key` names the payment of the item's customer that bounced or was charged back."""

    item: ItemId
    key: str
    why: str
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentReversed:
    account: Account
    item: Item
    payment: Payment


def reversible(account: Account, item: ItemId) -> tuple[Payment, ...]:
    """Money for the item, or on account, that still counts; the newest first."""
    mine = (one for one in account.payments if one.reversed_on is None and one.item in {item, None} and one.amount.minor > 0)
    return tuple(sorted(mine, key=lambda one: one.paid_on, reverse=True))


async def reverse_payment(ask: ReversePayment, work: UnitOfWork, clock: Clock) -> PaymentReversed:
    """The payment stays in the history and counts for nothing from today. Raises `Refused` without a reason or such a payment."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    now = clock.now()
    payment = next((one for one in reversible(account, item.id) if one.key == ask.key), None)
    if payment is None:
        raise Refused("There is no such payment any more; look at the card as it stands now.")
    if not ask.why.strip():
        raise Refused("Say in a few words what happened to it.")
    await work.reverse_money(account.customer.id, payment.key, account.book.place.day(now), now)
    words = f"{ask.by.name} took back the payment of {payment.amount:,} of {spoken(payment.paid_on)}: {ask.why.strip()}"
    await note_act(work, account, item, ask.by, "payment.reversed", words, now, amount=payment.amount, key=payment.key)
    return PaymentReversed(account, item, payment)
