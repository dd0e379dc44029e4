"""Which holds and disputes stand over an item, and when they ended."""

from __future__ import annotations

from datetime import date

from workflows.domain.account import Account, Item, Payment
from workflows.domain.calendar import spoken
from workflows.domain.claims import Dispute, Hold, HoldKind
from workflows.domain.ids import ItemId
from workflows.domain.money import Money, total


def subjects(account: Account, item: Item) -> frozenset[ItemId]:
    """The item itself; of an instalment also the invoices its plan covers, for what stands over those stands over it."""
    covers = next((plan.covers for plan in account.plans if plan.id == item.plan), ()) if item.plan is not None else ()
    return frozenset({item.id, *covers})


def received_for(account: Account, item: Item) -> Money:
    """Money that names the item or, for an instalment, an invoice of its plan."""
    names, code = subjects(account, item), item.total.currency
    return total((paid.amount for paid in account.payments if _is_for(paid, names) and paid.amount.currency == code), code)


def _is_for(paid: Payment, names: frozenset[ItemId]) -> bool:
    return paid.item in names and paid.reversed_on is None


def money_came(hold: Hold, account: Account) -> date | None:
    """The day of the money that ends a hold for which the customer said that it is paid; null while none came."""
    if hold.kind is not HoldKind.SAYS_PAID or hold.item is None or hold.had is None:
        return None
    item = next((one for one in account.all_items if one.id == hold.item), None)
    if item is None or received_for(account, item) <= hold.had:
        return None
    names = subjects(account, item)
    return max((paid.paid_on for paid in account.payments if _is_for(paid, names)), default=None)


def covers(hold: Hold, account: Account, item: Item) -> bool:
    return hold.item is None or hold.item in subjects(account, item)


def holds_on(account: Account, item: Item, today: date) -> tuple[Hold, ...]:
    """Those that keep the item silent on that day at the book's place."""
    if not account.holds:
        return ()
    mine = (one for one in account.holds if one.ended_at is None and covers(one, account, item))
    return tuple(one for one in mine if (one.until is None or today < one.until) and money_came(one, account) is None)


def dispute_on(account: Account, item: Item) -> Dispute | None:
    """The dispute that is not settled."""
    if not account.disputes:
        return None
    of = subjects(account, item)
    return next((one for one in account.disputes if one.item in of and one.ended_at is None), None)


def held_words(hold: Hold) -> str:
    if hold.kind is HoldKind.SAYS_PAID:
        what, ends = "The customer says that it is paid", "the money comes"
    elif hold.kind is HoldKind.UNLISTED:
        what, ends = f"The file of {hold.why} no longer has it, so it may be paid", "a file has it again, or somebody releases it"
    else:
        what, ends = f"It is on hold: {hold.why.rstrip('.')}", "it is released"
    return f"{what}. Reminders wait until {ends}{f', or {spoken(hold.until)}' if hold.until else ''}."
