"""What a policy's fee comes to (DESIGN 4: parts added and rounded once, half up)."""

from __future__ import annotations

from fractions import Fraction

from workflows.domain.account import Item
from workflows.domain.allocation import Balances
from workflows.domain.deeds import Charge, FeeOf
from workflows.domain.money import Money, rounded

_YEAR = 365  # days, whatever the year


def fee(charge: Charge, item: Item, money: Balances, days_past_due: int) -> Money:
    """Flat sum + percent of the base + open amount x yearly rate x days past due / 365; nothing of it on earlier fees."""
    code, left = item.total.currency, money.principal_of(item.id)
    base = left if charge.of is FeeOf.OPEN else item.total
    flat = charge.flat.get(code, Money.zero(code)).decimal
    share = Fraction(base.decimal) * Fraction(charge.percent) / 100
    interest = Fraction(left.decimal) * Fraction(charge.interest) / 100 * max(0, days_past_due) / _YEAR
    return rounded(Fraction(flat) + share + interest, code)
