"""The field's figures of a book as of a day, per currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from workflows.domain.account import Book
from workflows.domain.aging import AgingRow, nothing_open
from workflows.domain.calendar import months_after
from workflows.domain.metrics import Figures, Month, PromisesDue, collection_effectiveness, dso, dso_countback, weighted_days_late
from workflows.domain.money import Money
from workflows.domain.reserve import loss_rates, reserve
from workflows.domain.summary import Judged
from workflows.judge_promises import judge_promises
from workflows.ports import Policies, UnitOfWork

MONTHS_BACK = 36
_DAY = timedelta(days=1)
_AGES = (None, 1, 31, 61, 91)  # days past due from which an amount is of a bucket; the first is of everything

ByCode = Mapping[str, Money]
Late = Sequence[tuple[int, Money]]


@dataclass(frozen=True, slots=True)
class _Promised:
    """Promises of one currency that came due, in minor units."""

    counts: PromisesDue = field(default_factory=PromisesDue)
    promised: int = 0
    received: int = 0

    def with_one(self, judged: Judged) -> _Promised:
        return _Promised(self.counts + judged.counted, self.promised + judged.promised.minor, self.received + judged.received.minor)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the figures are worked out from, by currency. `paid` is the window's money by days late, `ever` that of all time."""

    window: int
    end: Mapping[str, AgingRow]
    begin: Mapping[str, AgingRow]
    sales: ByCode
    months: Mapping[str, list[Month]]
    collected: ByCode
    promises: Mapping[str, _Promised]
    paid: Late
    ever: Late
    lost: ByCode

    @property
    def codes(self) -> list[str]:
        return sorted({*self.end, *self.sales, *self.collected})


async def measure_book(book: Book, day: date, window_days: int, work: UnitOfWork, policies: Policies) -> tuple[Figures, ...]:
    """Sales, money and promises are those of the `window_days` up to and including the day; CEI runs from the day before them."""
    first = day - (window_days - 1) * _DAY
    facts = _Facts(
        window_days,
        {row.currency: row for row in await work.aging(book.id, day)},
        {row.currency: row for row in await work.aging(book.id, first - _DAY)},
        by_code(await work.sold(book.id, first, day)),
        await _months(book, day, work),
        by_code(await work.collected(book.id, first, day)),
        await _promises(book, first, day, work, policies),
        await work.paid_late(book.id, first, day),
        await work.paid_late(book.id, date.min, day),
        by_code(await work.written_off(book.id, day)),
    )
    return tuple(_figures(code, facts) for code in facts.codes)


def by_code(sums: Sequence[Money]) -> ByCode:
    return {one.currency: one for one in sums}


async def _promises(book: Book, first: date, day: date, work: UnitOfWork, policies: Policies) -> Mapping[str, _Promised]:
    found: dict[str, _Promised] = {}
    async for judged in judge_promises(book, first, day, work, policies):
        code = judged.promised.currency
        found[code] = found.get(code, _Promised()).with_one(judged)
    return found


async def _months(book: Book, day: date, work: UnitOfWork) -> Mapping[str, list[Month]]:
    """Sales per currency and month, the month of the day first, back to the first one with sales."""
    this = day.replace(day=1)
    firsts = [months_after(this, -back) for back in range(MONTHS_BACK)]
    sold: dict[str, dict[date, int]] = {}
    for month, sum_ in await work.sold_by_month(book.id, firsts[-1], day):
        sold.setdefault(sum_.currency, {})[month] = sum_.minor
    lengths = [(min(months_after(first, 1) - _DAY, day) - first).days + 1 for first in firsts]
    return {
        code: _until_first_sale([Month(sums.get(first, 0), days) for first, days in zip(firsts, lengths, strict=True)])
        for code, sums in sold.items()
    }


def _until_first_sale(months: list[Month]) -> list[Month]:
    while months and not months[-1].sales:
        months.pop()
    return months


def _figures(code: str, facts: _Facts) -> Figures:
    none = Money.zero(code)
    end, begin = facts.end.get(code, nothing_open(code)), facts.begin.get(code, nothing_open(code))
    whole, current, sold = end.balance, end.current[1], facts.sales.get(code, none)
    promises = facts.promises.get(code, _Promised())
    paid = [(amount.minor, days) for days, amount in facts.paid if amount.currency == code]
    return Figures(
        currency=code,
        receivables=whole,
        current=current,
        sales=sold,
        collected=facts.collected.get(code, none),
        dso=dso(whole.minor, sold.minor, facts.window),
        best_possible_dso=dso(current.minor, sold.minor, facts.window),
        days_delinquent=dso((whole - current).minor, sold.minor, facts.window),
        countback=dso_countback(whole.minor, facts.months.get(code, [])),
        cei=collection_effectiveness(begin.balance.minor, sold.minor, whole.minor, current.minor),
        days_late=weighted_days_late(paid),
        days_late_floored=weighted_days_late(paid, floored=True),
        promises=promises.counts,
        promised=Money(promises.promised, code),
        received=Money(promises.received, code),
        reserve=_reserve(code, facts, end),
    )


def _reserve(code: str, facts: _Facts, end: AgingRow) -> Money | None:
    """What was written off got to every age; what was paid got as far as the day it was paid."""
    lost = facts.lost.get(code, Money.zero(code)).minor
    paid = [(days, amount.minor) for days, amount in facts.ever if amount.currency == code]
    reached = [lost + sum(minor for days, minor in paid if least is None or days >= least) for least in _AGES]
    return reserve([amount for _, amount in end.buckets], loss_rates(reached, lost))
