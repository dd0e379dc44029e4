"""When something is due: payment terms as people write them, the law's own, and rolling to a business day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

from workflows.domain.calendar import Place, month_end, months_after

STATUTORY_DAYS, LONGEST_DAYS = 30, 60  # Directive 2011/7/EU: where nothing is agreed; the most without an express and fair agreement
_DAY = timedelta(days=1)
_TERMS = {
    "net": re.compile(r"(?:net )?(?P<n>[0-9]{1,3})(?: days)?"),
    "eom_then_days": re.compile(r"eom(?: ?\+ ?(?P<n>[0-9]{1,3}))?"),
    "days_then_eom": re.compile(r"(?P<n>[0-9]{1,3})(?: days)? (?:then )?eom"),
    "day_of_next": re.compile(r"(?P<n>[0-9]{1,2})(?:st|nd|rd|th)? (?:of )?(?:the )?following(?: month)?"),
}


class BadTerms(ValueError):
    """Words that are no payment terms; the sentence says which are."""


class Roll(StrEnum):
    """Where a day that is no business day goes. `modified`: to the next one, unless that lies in another month."""

    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED = "modified"


def due_on(terms: str, issued: date) -> date:
    """The due day of `net 30`, `eom`, `eom + 30`, `30 then eom` or `15 following`, from the day of the invoice. Raises `BadTerms`."""
    words = " ".join(terms.casefold().split())
    for kind, pattern in _TERMS.items():
        if (found := pattern.fullmatch(words)) is not None:
            return _due(kind, int(found["n"] or 0), issued)
    raise BadTerms(f"“{terms}” are no payment terms; write net 30, eom, eom + 30, 30 then eom, or 15 following.")


def _due(kind: str, number: int, issued: date) -> date:
    match kind:
        case "net":
            return issued + number * _DAY
        case "eom_then_days":
            return month_end(issued) + number * _DAY
        case "days_then_eom":
            return month_end(issued + number * _DAY)
    return _day_of(months_after(issued.replace(day=1), 1), number)


def _day_of(first: date, number: int) -> date:
    """That day of the month beginning with `first`, or its last one."""
    if number == 0:
        raise BadTerms("A month has no day 0; write 15 following.")
    return min(first + (number - 1) * _DAY, month_end(first))


def late_after(invoiced: date, delivered: date | None) -> date:
    """The last day to pay where no day was agreed: 30 days from the later of the invoice and what it is for."""
    return max(invoiced, delivered or invoiced) + STATUTORY_DAYS * _DAY


def too_long(issued: date, due: date, *, expressly_agreed: bool = False) -> bool:
    """Whether a business may doubt the term it was given; an express and fair agreement makes it good."""
    return (due - issued).days > LONGEST_DAYS and not expressly_agreed


def rolled(day: date, place: Place, roll: Roll) -> date:
    """A business day for reminders and debits. The legal due day stays, unless the contract says that it moves too."""
    if roll is Roll.PRECEDING:
        return _next(day, place, -_DAY)
    after = _next(day, place, _DAY)
    return _next(day, place, -_DAY) if roll is Roll.MODIFIED and after.month != day.month else after


def _next(day: date, place: Place, step: timedelta) -> date:
    while not place.is_business_day(day):
        day += step
    return day
