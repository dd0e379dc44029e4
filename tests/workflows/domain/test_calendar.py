"""Days and hours at a place: DOMAIN 3, 7, 8 and the two odd nights of DOMAIN 10."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.calendar import Place, UnknownZone, month_end, months_after, spoken, zone

NEW_YORK = Place("America/New_York", "US")
ENGLAND = Place("Europe/London", "GB", "ENG")
SCOTLAND = Place("Europe/London", "GB", "SCT")
GERMANY = Place("Europe/Berlin", "DE")
BAVARIA = Place("Europe/Berlin", "DE", "BY")


@pytest.mark.parametrize(
    ("place", "after", "count", "expected"),
    [
        (ENGLAND, "2026-12-23", 3, "2026-12-30"),
        (NEW_YORK, "2026-11-20", 10, "2026-12-07"),
        (NEW_YORK, "2026-03-13", 5, "2026-03-20"),
        (NEW_YORK, "2026-03-13", 2, "2026-03-17"),
        (Place("UTC"), "2026-12-23", 3, "2026-12-28"),
        (NEW_YORK, "2026-03-14", 0, "2026-03-14"),
    ],
)
def test_business_days_are_counted_past_weekends_and_holidays(place: Place, after: str, count: int, expected: str) -> None:
    assert place.add_business_days(date.fromisoformat(after), count) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("place", "day", "expected"),
    [
        (SCOTLAND, "2026-01-02", False),
        (ENGLAND, "2026-01-02", True),
        (BAVARIA, "2026-01-06", False),
        (GERMANY, "2026-01-06", True),
        (NEW_YORK, "2026-07-03", False),
        (Place("Asia/Jerusalem", "IL"), "2026-02-06", False),  # a Friday
        (Place("Asia/Jerusalem", "IL"), "2026-02-08", True),  # a Sunday
        (Place("Asia/Shanghai", "CN"), "2024-02-04", True),  # a Sunday worked for the New Year's week, asked as the first day of its year
    ],
)
def test_holidays_and_weekends_are_those_of_the_country_and_subdivision(place: Place, day: str, expected: object) -> None:
    assert place.is_business_day(date.fromisoformat(day)) is expected


@pytest.mark.parametrize("place", [Place("UTC", "XX"), Place("UTC", "Utopia"), Place("UTC", "")])
def test_a_country_nobody_knows_has_weekends_and_no_holidays(place: Place) -> None:
    assert place.is_business_day(date(2026, 12, 25))
    assert not place.is_business_day(date(2026, 12, 26))


def test_a_subdivision_nobody_knows_has_the_holidays_of_its_country() -> None:
    odd = Place("Europe/Berlin", "DE", "Atlantis")
    assert not odd.is_business_day(date(2026, 12, 25))
    assert odd.is_business_day(date(2026, 1, 6))


def test_an_hour_the_night_skips_comes_an_hour_later() -> None:
    assert NEW_YORK.local(NEW_YORK.at(date(2026, 3, 8), time(2, 30))).strftime("%H:%M") == "03:30"


def test_an_hour_that_comes_twice_is_its_first_coming() -> None:
    once = NEW_YORK.at(date(2026, 11, 1), time(1, 30))
    assert once == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert NEW_YORK.local(once + timedelta(hours=1)).strftime("%H:%M") == "01:30"


@pytest.mark.parametrize("night", [date(2026, 3, 8), date(2026, 11, 1)])
def test_minute_ticks_through_an_odd_night_meet_a_set_hour_once(night: date) -> None:
    start, hour = NEW_YORK.start_of(night), time(2, 30) if night.month == 3 else time(1, 30)
    due = NEW_YORK.at(night, hour)
    minutes = [start + timedelta(minutes=n) for n in range(26 * 60)]
    assert [before for before, now in pairwise(minutes) if before < due <= now] == [due - timedelta(minutes=1)]


zones = st.sampled_from(
    ["America/New_York", "Europe/Berlin", "Africa/Cairo", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "America/Asuncion"]
)


@given(zones, st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_a_day_begins_with_its_first_instant_even_where_midnight_is_skipped(name: str, day: date) -> None:
    place = Place(name)
    start = place.start_of(day)
    assert place.day(start) == day
    assert place.day(start - timedelta(seconds=1)) == day - timedelta(days=1)


@given(zones, st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.times())
def test_an_hour_of_a_day_lies_on_that_day(name: str, day: date, hour: time) -> None:
    assert Place(name).day(Place(name).at(day, hour)) == day


@pytest.mark.parametrize("name", ["", "Berlin", "Europe", "../etc/passwd", "Europe/Berlin\x00"])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownZone, match="Europe/Berlin"):
        zone(name)


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-01-31", 4, "2026-05-31"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-15", 0, "2026-01-15"),
    ],
)
def test_month_steps_start_from_the_anchor(anchor: str, months: int, expected: str) -> None:
    assert months_after(date.fromisoformat(anchor), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(("day", "expected"), [("2026-01-15", "2026-01-31"), ("2024-02-01", "2024-02-29"), ("2026-12-31", "2026-12-31")])
def test_the_month_ends_on_its_last_day(day: str, expected: str) -> None:
    assert month_end(date.fromisoformat(day)) == date.fromisoformat(expected)


def test_terms_that_add_days_and_end_a_month_do_so_in_their_order() -> None:
    issued, thirty, forty_five = date(2026, 1, 15), timedelta(30), timedelta(45)
    assert issued + thirty == date(2026, 2, 14)
    assert month_end(issued) + thirty == date(2026, 3, 2)
    assert month_end(issued + thirty) == date(2026, 2, 28)
    assert month_end(issued + forty_five) == date(2026, 3, 31)
    assert month_end(issued) + forty_five == date(2026, 3, 17)


def test_sentences_name_a_day_without_a_leading_zero() -> None:
    assert spoken(date(2026, 11, 2)) == "Mon 2 Nov 2026"
