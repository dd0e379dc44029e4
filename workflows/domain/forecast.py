"""When money comes in if everybody pays on the day it is due: the baseline that any better forecast has to beat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from workflows.domain.money import Money
from workflows.domain.values import value

WEEKS = 13  # a quarter, as treasurers plan
METHOD = "if everybody pays on the day it is due, and what is overdue at once"
_WEEK = timedelta(days=7)


@value
class DueSum:
    """What falls due on one day in one currency; null: it has no due day."""

    due_on: date | None
    open: Money


@value
class Week:
    """Monday to Sunday; the first begins on the day after the forecast's."""

    first: date
    last: date
    expected: Money


@value
class Forecast:
    """One currency. `overdue` is in the first week: it should have come already. `later` is due after the last week, or has no due day."""

    currency: str
    weeks: tuple[Week, ...]
    overdue: Money
    later: Money


def week_of(day: date) -> tuple[date, date]:
    """Its Monday and its Sunday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + _WEEK - timedelta(days=1)


def by_due_day(sums: Iterable[DueSum], day: date, weeks: int = WEEKS) -> tuple[Forecast, ...]:
    """One forecast per currency, by code, of what is open at the end of `day`. What was due that very day is expected in the first week as well."""
    found: dict[str, Counter[date | None]] = {}
    for one in sums:
        found.setdefault(one.open.currency, Counter())[one.due_on] += one.open.minor
    return tuple(_of_currency(code, found[code], day, _weeks(day, weeks)) for code in sorted(found))


def _weeks(day: date, count: int) -> list[tuple[date, date]]:
    first = day + timedelta(days=1)
    monday, sunday = week_of(first)
    return [(max(first, monday + n * _WEEK), sunday + n * _WEEK) for n in range(count)]


def _of_currency(code: str, sums: Counter[date | None], day: date, weeks: list[tuple[date, date]]) -> Forecast:
    def between(first: date, last: date) -> Money:
        return Money(sum(minor for on, minor in sums.items() if on is not None and first <= on <= last), code)

    coming = [Week(first, last, between(first, last)) for first, last in weeks]
    at_once = Week(coming[0].first, coming[0].last, coming[0].expected + between(date.min, day))
    rest = Money(sums[None], code) + between(weeks[-1][1] + timedelta(days=1), date.max)
    return Forecast(code, (at_once, *coming[1:]), between(date.min, day - timedelta(days=1)), rest)
