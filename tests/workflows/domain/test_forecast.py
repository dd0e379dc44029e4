"""The due-date baseline: calendar weeks after the day, what is overdue in the first of them, nothing lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.forecast import DueSum, by_due_day, week_of
from workflows.domain.money import Money

SUNDAY = date(2026, 11, 22)


def due(on: date | None, amount: str = "10.00", currency: str = "EUR") -> DueSum:
    return DueSum(on, Money.of(amount, currency))


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 29)),
        (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 29)),
        (date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 29)),
    ],
)
def test_the_first_week_ends_on_the_next_sunday(day: date, first: date, last: date) -> None:
    (one,) = by_due_day([due(day)], day)
    assert (one.weeks[0].first, one.weeks[0].last) == (first, last)
    assert (one.weeks[1].first, one.weeks[1].last) == (last + timedelta(days=1), last + timedelta(days=7))


def test_what_is_overdue_is_expected_in_the_first_week_and_said_apart_what_is_due_today_is_not() -> None:
    sums = [due(date(2026, 8, 1)), due(SUNDAY), due(date(2026, 11, 29)), due(date(2026, 11, 30), "3.00"), due(None, "1.00")]
    (one,) = by_due_day(sums, SUNDAY, weeks=2)
    assert [week.expected.plain for week in one.weeks] == ["30.00", "3.00"]
    assert (one.overdue.plain, one.later.plain) == ("10.00", "1.00")


def test_currencies_stand_apart() -> None:
    assert [one.currency for one in by_due_day([due(SUNDAY, currency="USD"), due(SUNDAY)], SUNDAY)] == ["EUR", "USD"]


DAYS = st.none() | st.dates(SUNDAY - timedelta(200), SUNDAY + timedelta(200))


@given(st.lists(st.tuples(DAYS, st.integers(1, 10_000)), min_size=1), st.dates(SUNDAY, SUNDAY + timedelta(8)))
def test_no_cent_is_lost_and_weeks_follow_one_another(sums: list[tuple[date | None, int]], day: date) -> None:
    (one,) = by_due_day([DueSum(on, Money(minor, "EUR")) for on, minor in sums], day)
    assert sum(week.expected.minor for week in one.weeks) + one.later.minor == sum(minor for _, minor in sums)
    assert all(after.first == before.last + timedelta(1) for before, after in zip(one.weeks, one.weeks[1:], strict=False))
    assert week_of(day)[0] <= day <= week_of(day)[1]
