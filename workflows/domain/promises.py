"""What became of a promise to pay: worked out from the money each time, never stored."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from workflows.domain.account import Account
from workflows.domain.claims import Promise, PromiseEnd
from workflows.domain.ids import ItemId
from workflows.domain.money import Money, total
from workflows.domain.policy import Policy

_DAY = timedelta(days=1)


class Fate(StrEnum):
    """Cancelled and replaced promises count for nothing; one that replaced another and is itself replaced counts as broken."""

    RUNNING = "running"
    KEPT = "kept"
    PARTLY_KEPT = "partly kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


def ends_on(promise: Promise, policy: Policy, account: Account) -> date:
    """The first day on which it no longer stands: after its day and the policy's business days of grace, at the book's place."""
    return account.book.place.add_business_days(promise.until, policy.promise_grace_days) + _DAY


def received(promise: Promise, policy: Policy, account: Account) -> Money:
    """Money for its items dated from the day it was made up to its end. A credit note counts: what it takes off is no longer owed."""
    first, end = account.book.place.day(promise.at), ends_on(promise, policy, account)
    money = [(paid.amount, paid.item, paid.paid_on) for paid in account.payments if paid.reversed_on is None]
    money += [(note.amount, note.item, note.credited_on) for note in account.credits if note.reversed_on is None]
    code = promise.amount.currency
    return total((amount for amount, item, on in money if item in promise.items and first <= on < end and amount.currency == code), code)


def is_kept(promise: Promise, policy: Policy, account: Account) -> bool:
    """Whether the money reaches the amount less the policy's tolerance, as far as is known by now."""
    got, least = received(promise, policy, account), policy.tolerance.get(promise.amount.currency)
    short = promise.amount - got
    return got.minor > 0 and (short.minor <= 0 or (least is not None and short <= least))


def fate(promise: Promise, policy: Policy, account: Account, today: date) -> Fate:
    """`today` is a day at the book's place."""
    if promise.ended_how is not None:
        return _ended(promise, account)
    if is_kept(promise, policy, account):
        return Fate.KEPT
    if today < ends_on(promise, policy, account):
        return Fate.RUNNING
    return Fate.PARTLY_KEPT if received(promise, policy, account).minor > 0 else Fate.BROKEN


def _ended(promise: Promise, account: Account) -> Fate:
    if promise.ended_how is PromiseEnd.CANCELLED:
        return Fate.CANCELLED
    before = (one for one in account.promises if one.ended_how is PromiseEnd.REPLACED and one.ended_at == promise.at)
    return Fate.BROKEN if any(set(one.items) & set(promise.items) for one in before) else Fate.REPLACED


def running(account: Account, item: ItemId, policy: Policy, today: date) -> tuple[Promise, ...]:
    """Promises on the item that stand today, kept already or not."""
    mine = (one for one in account.promises if item in one.items and one.ended_at is None)
    return tuple(one for one in mine if today < ends_on(one, policy, account))


def newest(account: Account, item: ItemId) -> Promise | None:
    """The last one made on the item that nobody cancelled."""
    mine = [one for one in account.promises if item in one.items and one.ended_how is None]
    return max(mine, key=lambda one: one.at, default=None)
