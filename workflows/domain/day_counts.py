"""How much of a year lies between two days, by the conventions contracts name."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction


class Basis(StrEnum):
    """`ACT/ACT`: the days of each calendar year over that year's own length (ISDA); `30/360`: the US rule for month ends."""

    ACT_365 = "ACT/365F"
    ACT_360 = "ACT/360"
    THIRTY_360 = "30/360"
    ACT_ACT = "ACT/ACT"


def days_between(start: date, end: date, basis: Basis = Basis.ACT_365) -> int:
    """Days from `start` to `end` as the basis counts them; negative the other way round."""
    return _thirty(start, end) if basis is Basis.THIRTY_360 else (end - start).days


def year_fraction(start: date, end: date, basis: Basis) -> Fraction:
    """Exact, so that nothing is rounded before the end of a calculation."""
    match basis:
        case Basis.ACT_365:
            return Fraction((end - start).days, 365)
        case Basis.ACT_360:
            return Fraction((end - start).days, 360)
        case Basis.THIRTY_360:
            return Fraction(_thirty(start, end), 360)
        case Basis.ACT_ACT:
            return _by_calendar_year(start, end)


def _thirty(start: date, end: date) -> int:
    """The last day of February counts as a 30th; a 31st does where the period began on a month's 30th or later."""
    first, last = start.day, end.day
    if _ends_february(start):
        last = 30 if _ends_february(end) else last
        first = 30
    if first >= 30:
        first, last = 30, min(last, 30)
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def _ends_february(day: date) -> bool:
    return day.month == 2 and (day + timedelta(days=1)).month == 3


def _by_calendar_year(start: date, end: date) -> Fraction:
    if start > end:
        return -_by_calendar_year(end, start)
    found = Fraction(0)
    while start < end:
        until = min(end, date(start.year + 1, 1, 1))
        found += Fraction((until - start).days, 366 if calendar.isleap(start.year) else 365)
        start = until
    return found
