"""Which money settles which item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from workflows.domain.account import Account, Item, ItemKind, Plan, PlanState
from workflows.domain.ids import ItemId
from workflows.domain.money import Money
from workflows.domain.values import value


@value
class Balances:
    """What is open on each item of an account, and the money that belongs to none, by currency (only where there is some).

    Fees raise what is open; money fills them before the item's own sum. An invoice on an active plan and the plan's instalments
    are two views of one debt: count the one or the other.
    """

    on_account: Mapping[str, Money]
    open: Mapping[ItemId, Money]
    _items: Mapping[ItemId, Item]
    _fees: Mapping[ItemId, int]
    _applied: Mapping[ItemId, int]

    def received_on(self, item: ItemId) -> Money:
        """Money and credits that settled the item, never more than its total and fees. Raises `KeyError` for an item of another account."""
        return Money(self._applied.get(item, 0), self._items[item].total.currency)

    def fees_on(self, item: ItemId) -> Money:
        """What was charged on top of its total. Raises `KeyError` for an item of another account."""
        return Money(self._fees.get(item, 0), self._items[item].total.currency)

    def open_of(self, item: ItemId) -> Money:
        """Raises `KeyError` for an item of another account."""
        return self.open[item]

    def principal_of(self, item: ItemId) -> Money:
        """What is open without fees, the base of further ones. Raises `KeyError` for an item of another account."""
        total, fees = self._items[item].total, self._fees.get(item, 0)
        return Money(total.minor - max(0, self._applied.get(item, 0) - fees), total.currency)


def on_plans(account: Account) -> frozenset[ItemId]:
    """Invoices that the instalments of an active plan stand for: whoever adds up what is open leaves them out."""
    return frozenset(item for plan in account.plans if plan.state is PlanState.ACTIVE for item in plan.covers)


def balances(account: Account, up_to: date | None = None) -> Balances:
    """Every item's money, counting facts dated on or before `up_to` (null: all of them).

    Money goes to the item it names; what is too much for it, names none, or is of another currency stays on account. Money for an
    invoice on a plan fills the plan's earliest instalment first; money for an instalment settles the oldest invoice of its plan.
    Fees on an instalment are owed with the oldest invoice of its plan, and so outlive the plan.
    """
    items = {item.id: item for item in (*account.items, *(part for plan in account.plans for part in plan.instalments))}
    fees = _charged(account, items, up_to)
    named, unapplied = _sort_by_item(account, items, up_to)
    for item, money in _from_instalments(account.plans, items, fees, named).items():
        named[item] = named.get(item, 0) + money
    applied = {key: _settle(items[key], fees, named, unapplied) for key in named if items[key].kind is ItemKind.INVOICE}
    for plan in account.plans:
        if plan.state is PlanState.ACTIVE:
            applied |= _fill_instalments(plan, items, fees, applied, named)
    on_account = {code: Money(minor, code) for code, minor in sorted(unapplied.items()) if minor}
    left = {key: item.total for key, item in items.items()}
    left |= {key: _left(items[key].total, fees.get(key, 0), applied.get(key, 0)) for key in fees.keys() | applied.keys()}
    return Balances(on_account, left, items, fees, applied)


def _left(total: Money, fees: int, applied: int) -> Money:
    return Money(total.minor + fees - applied, total.currency)


def _charged(account: Account, items: Mapping[ItemId, Item], up_to: date | None) -> dict[ItemId, int]:
    """Fees that stand, in minor units: on their own item, and those of an instalment on its plan's oldest invoice too."""
    charged: dict[ItemId, int] = {}
    oldest = {plan.id: _covered(plan, items)[0].id for plan in account.plans} if account.fees else {}
    for fee in account.fees:
        item = items.get(fee.item)
        if item is None or item.total.currency != fee.amount.currency or not _stands(account, fee.at, fee.waived_at, up_to):
            continue
        for owing in {item.id, oldest.get(item.plan, item.id) if item.plan else item.id}:
            charged[owing] = charged.get(owing, 0) + fee.amount.minor
    return charged


def _stands(account: Account, at: datetime, waived_at: datetime | None, up_to: date | None) -> bool:
    day = account.book.place.day
    if up_to is None:
        return waived_at is None
    return day(at) <= up_to and (waived_at is None or day(waived_at) > up_to)


def _money(account: Account, up_to: date | None) -> Iterator[tuple[Money, ItemId | None]]:
    """Payments and credits of the time that were not taken back by then, each with the item it names."""
    for payment in account.payments:
        if _counts(payment.paid_on, payment.reversed_on, up_to):
            yield payment.amount, payment.item
    for credit in account.credits:
        if _counts(credit.credited_on, credit.reversed_on, up_to):
            yield credit.amount, credit.item


def _counts(on: date, reversed_on: date | None, up_to: date | None) -> bool:
    if up_to is None:
        return reversed_on is None
    return on <= up_to and (reversed_on is None or reversed_on > up_to)


def _sort_by_item(account: Account, items: Mapping[ItemId, Item], up_to: date | None) -> tuple[dict[ItemId, int], dict[str, int]]:
    """Minor units per item they name, and per currency for the rest."""
    named: dict[ItemId, int] = {}
    unapplied: dict[str, int] = {}
    for amount, target in _money(account, up_to):
        item = items.get(target) if target is not None else None
        if item is not None and item.total.currency == amount.currency:
            named[item.id] = named.get(item.id, 0) + amount.minor
        else:
            unapplied[amount.currency] = unapplied.get(amount.currency, 0) + amount.minor
    return named, unapplied


def _covered(plan: Plan, items: Mapping[ItemId, Item]) -> list[Item]:
    """The plan's invoices, the oldest due first; those without a due day last."""
    return sorted((items[item] for item in plan.covers), key=lambda item: (item.due_on is None, item.due_on or date.max, item.number))


def _from_instalments(
    plans: Iterable[Plan], items: Mapping[ItemId, Item], fees: Mapping[ItemId, int], named: Mapping[ItemId, int]
) -> dict[ItemId, int]:
    """What the invoices of plans get of the money that names instalments: the oldest first, what is too much for all the last one."""
    passed: dict[ItemId, int] = {}
    for plan in plans:
        left = sum(named.get(part.id, 0) for part in plan.instalments)
        invoices = _covered(plan, items) if left else []
        for invoice in invoices:
            room = max(0, invoice.total.minor + fees.get(invoice.id, 0) - named.get(invoice.id, 0))
            taken = left if invoice is invoices[-1] else min(left, room)
            passed[invoice.id] = passed.get(invoice.id, 0) + taken
            left -= taken
    return passed


def _settle(invoice: Item, fees: Mapping[ItemId, int], named: Mapping[ItemId, int], unapplied: dict[str, int]) -> int:
    """What the invoice takes of the money naming it; the rest of an overpayment goes on account."""
    taken = min(named[invoice.id], invoice.total.minor + fees.get(invoice.id, 0))
    over = named[invoice.id] - taken
    unapplied[invoice.total.currency] = unapplied.get(invoice.total.currency, 0) + over
    return taken


def _fill_instalments(
    plan: Plan, items: Mapping[ItemId, Item], fees: Mapping[ItemId, int], applied: Mapping[ItemId, int], named: Mapping[ItemId, int]
) -> dict[ItemId, int]:
    """What each instalment has received: all that the invoices are short of the plan's sum, by name first, then the earliest first."""
    sums = {part.id: part.total.minor + fees.get(part.id, 0) for part in plan.instalments}
    owed = sum(items[item].total.minor + fees.get(item, 0) - applied.get(item, 0) for item in plan.covers)
    left = sum(sums.values()) - owed
    filled: dict[ItemId, int] = {}
    for limits in ({part.id: named.get(part.id, 0) for part in plan.instalments}, {}):
        for part in plan.instalments:
            had = filled.get(part.id, 0)
            taken = max(0, min(left, limits.get(part.id, left), sums[part.id] - had))
            filled[part.id] = had + taken
            left -= taken
    if left < 0 and plan.instalments:  # money that the plan took as given was taken back: the earliest instalment asks for it
        filled[plan.instalments[0].id] = left
    return filled
