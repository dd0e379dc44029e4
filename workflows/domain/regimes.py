"""What the law lets a creditor add to a late debt, per regime: rows with the day from which they hold (not legal advice)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from workflows.domain.day_counts import Basis
from workflows.domain.values import value


class NoRate(ValueError):
    """The operator has loaded no rate for that regime and day, so nothing can be charged."""


class Reading(StrEnum):
    """Which day's published rate a half-year goes by: its own first day, or the last day of the half-year before."""

    FIRST_DAY = "first_day"
    DAY_BEFORE = "day_before"


class Mode(StrEnum):
    """`floating`: each half-year has its own rate; `fixed_at_start`: the first one stays for that debt."""

    FLOATING = "floating"
    FIXED_AT_START = "fixed_at_start"


@value
class FixedSum:
    """Owed once for each late invoice of at least `above`; both are plain decimals in the regime's currency."""

    above: str
    amount: str


@value
class Regime:
    """`margin` and `consumer_margin` are percentage points on top of the published rate; null: consumers owe nothing."""

    id: str
    valid_from: date
    margin: Decimal
    consumer_margin: Decimal | None
    reading: Reading
    mode: Mode
    basis: Basis
    currency: str
    fixed_sums: tuple[FixedSum, ...]
    source: str


REGIMES = (
    Regime(
        "uk",
        date(2002, 8, 7),
        Decimal(8),
        None,
        Reading.DAY_BEFORE,
        Mode.FIXED_AT_START,
        Basis.ACT_365,
        "GBP",
        (FixedSum("0.00", "40.00"), FixedSum("1000.00", "70.00"), FixedSum("10000.00", "100.00")),
        "Late Payment of Commercial Debts (Interest) Act 1998 and its rate order of 2002",
    ),
    Regime(
        "eu",
        date(2013, 3, 16),
        Decimal(8),
        None,
        Reading.FIRST_DAY,
        Mode.FLOATING,
        Basis.ACT_365,
        "EUR",
        (FixedSum("0.00", "40.00"),),
        "Directive 2011/7/EU, articles 2, 3 and 6; member states may ask for more",
    ),
    Regime(
        "eu_fixed",
        date(2013, 3, 16),
        Decimal(8),
        None,
        Reading.FIRST_DAY,
        Mode.FIXED_AT_START,
        Basis.ACT_365,
        "EUR",
        (FixedSum("0.00", "40.00"),),
        "Directive 2011/7/EU where the national law keeps the rate of the first late day",
    ),
    Regime(
        "de",
        date(2014, 7, 29),
        Decimal(9),
        Decimal(5),
        Reading.FIRST_DAY,
        Mode.FLOATING,
        Basis.ACT_ACT,
        "EUR",
        (FixedSum("0.00", "40.00"),),
        "German Civil Code, sections 247 and 288",
    ),
)


@value
class Rate:
    """A published reference rate: the regime's bank or base rate in percent a year, from that day on."""

    regime: str
    valid_from: date
    percent: Decimal


@value
class Span:
    """`first` and `last` are late days, both counted, at `percent` a year."""

    first: date
    last: date
    percent: Decimal


def regime(name: str, on: date) -> Regime:
    """The row in force that day; raises `NoRate`."""
    known = [row for row in REGIMES if row.id == name and row.valid_from <= on]
    if not known:
        raise NoRate(f"No rule named “{name}” was in force on {on}; known ones: {', '.join(sorted({row.id for row in REGIMES}))}.")
    return max(known, key=lambda row: row.valid_from)


def published(rates: Sequence[Rate], row: Regime, late_on: date) -> Decimal:
    """The reference rate that the half-year of a late day goes by; raises `NoRate` where none is loaded."""
    start = half_year(late_on)
    read_on = start - timedelta(days=1) if row.reading is Reading.DAY_BEFORE else start
    known = [rate for rate in rates if rate.regime == row.id and rate.valid_from <= read_on]
    if not known:
        raise NoRate(f"No rate of “{row.id}” for {read_on} is loaded, so interest cannot be worked out. Add it to the rates file.")
    return max(known, key=lambda rate: rate.valid_from).percent


def half_year(day: date) -> date:
    """The 1 January or 1 July that begins it."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def _next_half_year(start: date) -> date:
    return date(start.year, 7, 1) if start.month == 1 else date(start.year + 1, 1, 1)


def spans(rates: Sequence[Rate], row: Regime, margin: Decimal, first: date, last: date) -> tuple[Span, ...]:
    """The late days from `first` to `last`, cut where the rate may change."""
    if first > last:
        return ()
    if row.mode is Mode.FIXED_AT_START:
        return (Span(first, last, published(rates, row, first) + margin),)
    found: list[Span] = []
    while first <= last:
        end = min(last, _next_half_year(half_year(first)) - timedelta(days=1))
        found.append(Span(first, end, published(rates, row, first) + margin))
        first = end + timedelta(days=1)
    return tuple(found)
