"""Days, business days and hours at a place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from dateutil.relativedelta import relativedelta

from workflows.domain.values import value

SATURDAY = 5
_DAY = timedelta(days=1)


class UnknownZone(ValueError):
    """A name that is not an IANA time zone."""


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises `UnknownZone`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(f"{name!r} is not a time zone; use a name such as Europe/Berlin") from None


@lru_cache(maxsize=256)
def _public_holidays(country: str, subdivision: str | None) -> holidays.HolidayBase | None:
    """Those of the country where the subdivision is not known; null where the country is not."""
    for part in (subdivision, None):
        try:
            return holidays.country_holidays(country, subdiv=part)
        except NotImplementedError:  # the library's word for a name it does not know
            continue
    return None


def holiday_regions(country: str) -> tuple[str, ...]:
    """The subdivisions whose public holidays are known."""
    return tuple(holidays.list_supported_countries(include_aliases=False).get(country, ()))


@value
class Place:
    """Where a day and an hour are read: a zone and, for holidays, a country (ISO 3166-1) and subdivision."""

    zone: str
    country: str | None = None
    subdivision: str | None = None

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(zone(self.zone))

    def day(self, instant: datetime) -> date:
        return self.local(instant).date()

    def at(self, day: date, hour: time) -> datetime:
        """The instant, in UTC, at which the clocks of the place show that hour.

        An hour that the night skips (clocks put forward) is read with the offset before it, so 02:30 comes as 03:30; one that
        comes twice (clocks put back) is its first coming.
        """
        return datetime.combine(day, hour, zone(self.zone)).astimezone(UTC)

    def start_of(self, day: date) -> datetime:
        return self.at(day, time())

    def is_business_day(self, day: date) -> bool:
        """Neither a weekend day nor a public holiday of the country; without a known one only Saturdays and Sundays are not."""
        known = _public_holidays(self.country, self.subdivision) if self.country else None
        if known is None:
            return day.weekday() < SATURDAY
        is_public = day in known  # asked first: this also reads the year's working Saturdays and Sundays
        return not is_public and (not known.is_weekend(day) or day in known.weekend_workdays)

    def add_business_days(self, day: date, count: int) -> date:
        """The `count`-th business day after `day`."""
        while count > 0:
            day += _DAY
            if self.is_business_day(day):
                count -= 1
        return day


def month_end(day: date) -> date:
    """The last day of the month that holds `day`."""
    first_of_next = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first_of_next - _DAY


def months_after(anchor: date, count: int) -> date:
    """The same day `count` months on, or the last of that month: 31 Jan, 28 Feb, 31 Mar. Steps from the anchor do not drift."""
    return anchor + relativedelta(months=count)


def spoken(day: date) -> str:
    """A day as sentences for staff name it: `Mon 30 Nov 2026`."""
    return f"{day:%a} {day.day} {day:%b %Y}"
