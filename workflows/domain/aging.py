"""What is open by age: one row per currency, in buckets by days past due."""

from __future__ import annotations

from datetime import date

from workflows.domain.ids import CustomerId
from workflows.domain.money import Money, total
from workflows.domain.values import value

BUCKETS = ("current", "1-30", "31-60", "61-90", "90+")


@value
class AgingRow:
    """One currency of a book on a day. Buckets by days past due: not yet, 1-30, 31-60, 61-90, 91 and more; each (count, amount).

    `unapplied` is money on account, a negative line of its own.
    """

    currency: str
    current: tuple[int, Money]
    d1_30: tuple[int, Money]
    d31_60: tuple[int, Money]
    d61_90: tuple[int, Money]
    d90_plus: tuple[int, Money]
    unapplied: Money

    @property
    def buckets(self) -> tuple[tuple[int, Money], ...]:
        """In the order of `BUCKETS`."""
        return self.current, self.d1_30, self.d31_60, self.d61_90, self.d90_plus

    @property
    def items(self) -> int:
        return sum(number for number, _ in self.buckets)

    @property
    def open(self) -> Money:
        """All that is asked for, money on account not taken off."""
        return total((amount for _, amount in self.buckets), self.currency)

    @property
    def overdue(self) -> Money:
        return self.open - self.current[1]

    @property
    def balance(self) -> Money:
        """The ledger's balance: the buckets less money on account."""
        return self.open + self.unapplied


def nothing_open(currency: str) -> AgingRow:
    """The row of a currency in which nothing is open."""
    none = (0, Money.zero(currency))
    return AgingRow(currency, none, none, none, none, none, none[1])


@value
class Debtor:
    """One customer's open items in one currency. `oldest` is the first due day among those overdue; null when none is."""

    customer: CustomerId
    number: str
    name: str
    aging: AgingRow
    oldest: date | None
