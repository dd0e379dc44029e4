"""The field's figures about a book: how fast money comes in, and how much of what could be collected was.

Amounts are minor units of one currency, results exact decimals; a figure whose denominator is zero is null, never 0 or infinity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

PLACES = Decimal("0.0001")


def _shown(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(PLACES)


def dso(receivables: int, sales: int, days: int) -> Decimal | None:
    """Days sales outstanding, simple: receivables at the end / credit sales in the window x days in the window."""
    return None if sales <= 0 else _shown(Fraction(receivables * days, sales))


@dataclass(frozen=True, slots=True)
class Month:
    """Credit sales of a month, or of its part up to the closing day, and the days counted of it."""

    sales: int
    days: int


@dataclass(frozen=True, slots=True)
class Countback:
    """`insufficient_history`: the sales known do not reach back to all that is open, so `days` is a lower bound."""

    days: Decimal
    insufficient_history: bool


def dso_countback(receivables: int, months: Sequence[Month]) -> Countback:
    """Whole months of sales are taken off the receivables, newest first, adding each month's days; the last one pro rata.

    A month without sales adds its days.
    """
    days, left = Fraction(0), receivables
    for month in months:
        if left <= 0:
            break
        if month.sales > left:
            days += Fraction(left * month.days, month.sales)
            left = 0
        else:
            days += month.days
            left -= month.sales
    return Countback(_shown(days), left > 0)


def collection_effectiveness(begin: int, sales: int, end: int, end_current: int) -> Decimal | None:
    """CEI in percent: of all that could be collected in the window, how much was. 100 is everything.

    `begin` and `end` are all receivables on the days, `end_current` what is not yet due on the closing day.
    """
    collectable = begin + sales - end_current
    return None if collectable <= 0 else _shown(Fraction(100 * (begin + sales - end), collectable))


def weighted_days_late(paid: Iterable[tuple[int, int]], *, floored: bool = False) -> Decimal | None:
    """Average days late, weighted by what was paid: pairs of an amount and the days after the due day (negative: before it)."""
    pairs = [(amount, max(0, late) if floored else late) for amount, late in paid]
    whole = sum(amount for amount, _ in pairs)
    return None if whole <= 0 else _shown(Fraction(sum(amount * late for amount, late in pairs), whole))
