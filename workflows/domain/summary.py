"""What a manager is told of a book's week, fortnight or month. Every figure is of one currency; none are added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from workflows.domain.account import Book, NoticeState
from workflows.domain.aging import AgingRow, Debtor
from workflows.domain.calendar import months_after
from workflows.domain.contact import Meaning
from workflows.domain.metrics import PromisesDue
from workflows.domain.money import Money
from workflows.domain.promises import Fate
from workflows.domain.values import value

_DAY = timedelta(days=1)


class Period(StrEnum):
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"

    def first_day(self, last: date) -> date:
        """Of the period that ends with `last`: 7 or 14 days, or a month of which `last` is the last day."""
        after = last + _DAY
        if self is Period.MONTHLY:
            return months_after(after, -1)
        return after - timedelta(weeks=1 if self is Period.WEEKLY else 2)

    def last_day(self, first: date) -> date:
        """Of the period that begins with `first`."""
        return self.next_last_day(first - _DAY)

    def next_last_day(self, last: date) -> date:
        """Of the period that follows the one that ends with `last`."""
        if self is Period.MONTHLY:
            return months_after(last + _DAY, 1) - _DAY
        return last + timedelta(weeks=1 if self is Period.WEEKLY else 2)


@value
class Movement:
    """A customer's money on a day; negative where it was taken back."""

    customer: str
    amount: Money
    on: date


@value
class Sent:
    """A message to a customer, as it stands."""

    customer: str
    step: str
    state: NoticeState
    at: datetime


@value
class Judged:
    """A promise whose time is over. `received` is what came in towards it, never more than was promised."""

    customer: str
    promised: Money
    received: Money
    fate: Fate

    @property
    def counted(self) -> PromisesDue:
        return PromisesDue(int(self.fate is Fate.KEPT), int(self.fate is Fate.PARTLY_KEPT), int(self.fate is Fate.BROKEN))


@value
class Answered:
    """What a customer answered, as it seems to be meant; `dealt_with` by somebody."""

    customer: str
    meaning: Meaning
    dealt_with: bool
    at: datetime


@value
class Coming:
    """A message that would leave, if nothing changes."""

    customer: str
    step: str
    at: datetime


@value
class Correspondence:
    """Messages that left in the period, and what became of them; `failed` never left, `waiting` are answers nobody has dealt with.

    `sent` holds those delivered, bounced and in doubt, and those of which nothing more is known.
    """

    sent: int = 0
    delivered: int = 0
    bounced: int = 0
    unknown: int = 0
    failed: int = 0
    answers: int = 0
    waiting: int = 0


@value
class Broken:
    """A promise that was not kept."""

    customer: str
    amount: Money


@value
class Plans:
    """Plans that run, and how many of them have an instalment that is late."""

    running: int = 0
    late: int = 0


@value
class Ahead:
    """Messages of the days to come, by step, if nothing changes. `at_least`: there are more accounts than were looked at."""

    first: date
    last: date
    steps: Mapping[str, int] = field(default_factory=dict)
    at_least: bool = False


@value
class State:
    """One currency at the end of a period. `dso` is the simple one, in days; null without sales."""

    open: Money
    overdue: Money
    dso: Decimal | None
    collected: Money


@value
class CurrencySummary:
    """One currency: now, at the end of the period before, and who owes most of what is overdue. `falls_due` in the period to come."""

    currency: str
    now: State
    before: State
    aging: AgingRow
    debtors: tuple[Debtor, ...]
    falls_due: Money


@value
class Summary:
    """`first` to `last` is the period, both included; `dso_days` the window of its DSO. `broken` are the largest few."""

    book: Book
    period: Period
    first: date
    last: date
    currencies: tuple[CurrencySummary, ...]
    promises: PromisesDue
    broken: tuple[Broken, ...]
    plans: Plans
    said: Correspondence
    ahead: Ahead
    dso_days: int
