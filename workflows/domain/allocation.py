"""Which money settles which item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from workflows.domain.account import Account, Item, Plan, PlanState
from workflows.domain.ids import ItemId
from workflows.domain.money import Money


@dataclass(frozen=True, slots=True)
class Balances:
    """What is open on each item of an account, and the money that belongs to none, by currency (only where there is some).

    An invoice on an active plan and the plan's instalments are two views of one debt: count the one or the other.
    """

    on_account: Mapping[str, Money]
    _items: Mapping[ItemId, Item]
    _applied: Mapping[ItemId, int]

    def received_on(self, item: ItemId) -> Money:
        """Money and credits that settled the item, never more than its total. Raises `KeyError` for an item of another account."""
        return Money(self._applied.get(item, 0), self._items[item].total.currency)

    def open_of(self, item: ItemId) -> Money:
        """Raises `KeyError` for an item of another account."""
        return self._items[item].total - self.received_on(item)


def on_plans(account: Account) -> frozenset[ItemId]:
    """Invoices that the instalments of an active plan stand for: whoever adds up what is open leaves them out."""
    return frozenset(item for plan in account.plans if plan.state is PlanState.ACTIVE for item in plan.covers)


def balances(account: Account, up_to: date | None = None) -> Balances:
    """Every item's money, counting facts dated on or before `up_to` (null: all of them).

    Money goes to the item it names; what is too much for it, names none, or is of another currency stays on account. Money for an
    invoice on a plan fills the plan's earliest instalment first; money for an instalment settles the oldest invoice of its plan.
    """
    items = {item.id: item for item in (*account.items, *(part for plan in account.plans for part in plan.instalments))}
    named, unapplied = _sort_by_item(account, items, up_to)
    for plan in account.plans:
        _pass_to_invoices(plan, items, named)
    applied = {invoice.id: _settle(invoice, named, unapplied) for invoice in account.items if invoice.id in named}
    for plan in account.plans:
        if plan.state is PlanState.ACTIVE:
            applied |= _fill_instalments(plan, items, applied, named)
    on_account = {code: Money(minor, code) for code, minor in sorted(unapplied.items()) if minor}
    return Balances(on_account, items, applied)


def _money(account: Account, up_to: date | None) -> Iterator[tuple[Money, ItemId | None]]:
    """Payments and credits of the time, each with the item it names."""
    for payment in account.payments:
        if up_to is None or payment.paid_on <= up_to:
            yield payment.amount, payment.item
    for credit in account.credits:
        if up_to is None or credit.credited_on <= up_to:
            yield credit.amount, credit.item


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


def _pass_to_invoices(plan: Plan, items: Mapping[ItemId, Item], named: dict[ItemId, int]) -> None:
    """Counts money that names the plan's instalments as money for its invoices; what is too much lands on the last of them."""
    left = sum(named.get(part.id, 0) for part in plan.instalments)
    invoices = _covered(plan, items)
    if not left:
        return
    for invoice in invoices:
        room = max(0, invoice.total.minor - named.get(invoice.id, 0))
        taken = left if invoice is invoices[-1] else min(left, room)
        named[invoice.id] = named.get(invoice.id, 0) + taken
        left -= taken


def _settle(invoice: Item, named: Mapping[ItemId, int], unapplied: dict[str, int]) -> int:
    """What the invoice takes of the money naming it; the rest of an overpayment goes on account."""
    taken = min(named[invoice.id], invoice.total.minor)
    over = named[invoice.id] - taken
    unapplied[invoice.total.currency] = unapplied.get(invoice.total.currency, 0) + over
    return taken


def _fill_instalments(
    plan: Plan, items: Mapping[ItemId, Item], applied: Mapping[ItemId, int], named: Mapping[ItemId, int]
) -> dict[ItemId, int]:
    """What each instalment has received: all that the invoices are short of the plan's sum, by name first, then the earliest first."""
    planned = sum(part.total.minor for part in plan.instalments)
    owed = sum(items[item].total.minor - applied.get(item, 0) for item in plan.covers)
    left = planned - owed
    filled: dict[ItemId, int] = {}
    for limits in ({part.id: named.get(part.id, 0) for part in plan.instalments}, {}):
        for part in plan.instalments:
            had = filled.get(part.id, 0)
            taken = max(0, min(left, limits.get(part.id, left), part.total.minor - had))
            filled[part.id] = had + taken
            left -= taken
    if left < 0 and plan.instalments:  # money that the plan took as given was taken back: the earliest instalment asks for it
        filled[plan.instalments[0].id] = left
    return filled
