"""The field's figures about a book: how fast money comes in, and how much of what could be collected was.

Amounts are minor units of one currency, results exact decimals; a figure whose denominator is zero is null, never 0 or infinity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from workflows.domain.money import Money
from workflows.domain.values import value

PLACES = Decimal("0.0001")


def _shown(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(PLACES, ROUND_HALF_UP)


def percent(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent."""
    return None if whole <= 0 else _shown(Fraction(100 * part, whole))


def dso(receivables: int, sales: int, days: int) -> Decimal | None:
    """Days sales outstanding, simple: receivables at the end / credit sales in the window x days in the window."""
    return None if sales <= 0 else _shown(Fraction(receivables * days, sales))


@value
class Month:
    """Credit sales of a month, or of its part up to the closing day, and the days counted of it."""

    sales: int
    days: int


@value
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


@value
class PromisesDue:
    """How many promises that came due were kept, kept in part, and broken."""

    kept: int = 0
    partly: int = 0
    broken: int = 0

    def __add__(self, other: PromisesDue) -> PromisesDue:
        return PromisesDue(self.kept + other.kept, self.partly + other.partly, self.broken + other.broken)

    @property
    def all(self) -> int:
        return self.kept + self.partly + self.broken

    @property
    def kept_rate(self) -> Decimal | None:
        """Kept / (kept + partly kept + broken), in percent."""
        return percent(self.kept, self.all)


@value
class Figures:
    """One currency. `receivables` is the ledger's balance, `current` what is not yet due; null where a figure has no denominator.

    `promised` is what promises that came due came to, `received` what came in towards them. `reserve` is what will probably never be
    paid of what is open, by what was lost of each age before.
    """

    currency: str
    receivables: Money
    current: Money
    sales: Money
    collected: Money
    dso: Decimal | None
    best_possible_dso: Decimal | None
    days_delinquent: Decimal | None
    countback: Countback
    cei: Decimal | None
    days_late: Decimal | None
    days_late_floored: Decimal | None
    promises: PromisesDue
    promised: Money
    received: Money
    reserve: Money | None

    @property
    def kept_by_value(self) -> Decimal | None:
        """Received towards promises that came due / promised, in percent."""
        return percent(self.received.minor, self.promised.minor)
