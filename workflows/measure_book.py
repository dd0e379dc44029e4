"""The field's figures of a book as of a day, per currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from workflows.domain.ids import BookId
from workflows.domain.metrics import Countback, Month, collection_effectiveness, dso, dso_countback
from workflows.domain.money import Money, total
from workflows.ports import UnitOfWork
from workflows.records import AgingRow

MONTHS_BACK = 36
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """One currency. `receivables` is the ledger's balance, `current` what is not yet due; null where a figure has no denominator."""

    currency: str
    receivables: Money
    current: Money
    sales: Money
    dso: Decimal | None
    best_possible_dso: Decimal | None
    days_delinquent: Decimal | None
    countback: Countback
    cei: Decimal | None


async def measure_book(book: BookId, day: date, window_days: int, work: UnitOfWork) -> tuple[Figures, ...]:
    """Sales are those of the `window_days` up to and including the day; CEI runs from the day before them."""
    end = {row.currency: row for row in await work.aging(book, day)}
    begin = {row.currency: row for row in await work.aging(book, day - window_days * _DAY)}
    sales = {sum_.currency: sum_ for sum_ in await work.sold(book, day - (window_days - 1) * _DAY, day)}
    months = await _months(book, day, work)
    return tuple(_figures(code, end, begin, sales, months.get(code, []), window_days) for code in sorted({*end, *sales}))


async def _months(book: BookId, day: date, work: UnitOfWork) -> Mapping[str, list[Month]]:
    """Sales per currency and month, the month of the day first, back to the first one with sales."""
    found: list[tuple[int, Mapping[str, int]]] = []
    last = day
    for _ in range(MONTHS_BACK):
        first = last.replace(day=1)
        sums = {sum_.currency: sum_.minor for sum_ in await work.sold(book, first, last)}
        found.append(((last - first).days + 1, sums))
        last = first - _DAY
    codes = {code for _, sums in found for code in sums}
    return {code: _until_first_sale([Month(sums.get(code, 0), days) for days, sums in found]) for code in codes}


def _until_first_sale(months: list[Month]) -> list[Month]:
    while months and not months[-1].sales:
        months.pop()
    return months


def _figures(
    code: str, end: Mapping[str, AgingRow], begin: Mapping[str, AgingRow], sales: Mapping[str, Money], months: list[Month], window: int
) -> Figures:
    whole, before = _balance(code, end), _balance(code, begin)
    current = end[code].current[1] if code in end else Money.zero(code)
    sold = sales.get(code, Money.zero(code))
    return Figures(
        code,
        whole,
        current,
        sold,
        dso(whole.minor, sold.minor, window),
        dso(current.minor, sold.minor, window),
        dso((whole - current).minor, sold.minor, window),
        dso_countback(whole.minor, months),
        collection_effectiveness(before.minor, sold.minor, whole.minor, current.minor),
    )


def _balance(code: str, rows: Mapping[str, AgingRow]) -> Money:
    if code not in rows:
        return Money.zero(code)
    row = rows[code]
    return total((row.current[1], row.d1_30[1], row.d31_60[1], row.d61_90[1], row.d90_plus[1], row.unapplied), code)
