"""Instalments to the cent and to the day."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.money import MixedCurrencies, Money
from workflows.domain.plans import BadTerms, Instalment, Rhythm, beyond_limit, schedule

EUR_LIMIT = Money.of("5000.00", "EUR")


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def days(parts: tuple[Instalment, ...]) -> list[str]:
    return [part.due_on.isoformat() for part in parts]


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm.WEEKLY, ["2026-01-31", "2026-02-07", "2026-02-14", "2026-02-21", "2026-02-28"]),
        (Rhythm.FORTNIGHTLY, ["2026-01-31", "2026-02-14", "2026-02-28", "2026-03-14", "2026-03-28"]),
        (Rhythm.MONTHLY, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
    ],
)
def test_dates_follow_the_rhythm_and_months_keep_their_anchor(rhythm: Rhythm, expected: list[str]) -> None:
    assert days(schedule(eur("100.00"), count=5, rhythm=rhythm, first_on=date(2026, 1, 31))) == expected


def test_the_cents_left_over_go_to_the_earliest() -> None:
    parts = schedule(eur("1000.00"), count=3, rhythm=Rhythm.MONTHLY, first_on=date(2026, 3, 1))
    assert [part.amount.plain for part in parts] == ["333.34", "333.33", "333.33"]


def test_a_deposit_is_due_first_and_the_others_follow() -> None:
    parts = schedule(eur("1234.56"), count=4, rhythm=Rhythm.MONTHLY, first_on=date(2026, 3, 1), deposit=eur("308.64"))
    assert [part.amount.plain for part in parts] == ["308.64", "231.48", "231.48", "231.48", "231.48"]
    assert days(parts) == ["2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01"]


@pytest.mark.parametrize(
    ("total", "count", "deposit", "words"),
    [
        ("0.02", 3, None, "0.02 EUR cannot be spread over 3 instalments"),
        ("100.00", 0, None, "1 to 60 instalments, not 0"),
        ("100.00", 61, None, "1 to 60 instalments, not 61"),
        ("100.00", 2, "100.00", "leaves nothing"),
        ("100.00", 2, "100.01", "leaves nothing"),
        ("100.00", 2, "99.99", "0.01 EUR cannot be spread over 2 instalments"),
        ("100.00", 2, "0.00", "above zero"),
        ("100.00", 2, "-5.00", "above zero"),
        ("0.00", 1, None, "nothing to spread"),
    ],
)
def test_terms_that_cannot_be_are_refused_in_a_sentence(total: str, count: int, deposit: str | None, words: str) -> None:
    with pytest.raises(BadTerms, match=words):
        schedule(eur(total), count=count, rhythm=Rhythm.WEEKLY, first_on=date(2026, 3, 1), deposit=eur(deposit) if deposit else None)


@pytest.mark.parametrize("rhythm", Rhythm)
def test_a_mistyped_year_is_refused_and_does_not_overflow(rhythm: Rhythm) -> None:
    with pytest.raises(BadTerms, match="check the year"):
        schedule(eur("100.00"), count=60, rhythm=rhythm, first_on=date(9999, 12, 1))


def test_a_deposit_in_another_currency_is_refused() -> None:
    with pytest.raises(MixedCurrencies):
        schedule(eur("100.00"), count=2, rhythm=Rhythm.WEEKLY, first_on=date(2026, 3, 1), deposit=Money.of("5.00", "USD"))


@given(
    minor=st.integers(61, 10**9),
    count=st.integers(1, 60),
    rhythm=st.sampled_from(Rhythm),
    first_on=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
)
def test_a_schedule_sums_exactly_in_parts_of_equal_size_on_rising_days(minor: int, count: int, rhythm: Rhythm, first_on: date) -> None:
    parts = schedule(Money(minor, "EUR"), count=count, rhythm=rhythm, first_on=first_on)
    assert sum(part.amount.minor for part in parts) == minor
    assert max(part.amount.minor for part in parts) - min(part.amount.minor for part in parts) <= 1
    assert parts[0].due_on == first_on
    assert all(earlier.due_on < later.due_on for earlier, later in pairwise(parts))


@pytest.mark.parametrize(
    ("total", "due", "words"),
    [
        ("5000.00", ["2026-01-01"] * 6, None),
        ("5000.01", ["2026-01-01"], "it is above 5,000.00 EUR"),
        ("100.00", ["2026-01-01"] * 7, "more than 6 instalments"),
        ("100.00", ["2026-01-01", "2026-06-30"], None),  # 180 days
        ("100.00", ["2026-01-01", "2026-07-01"], "longer than 180 days"),
    ],
)
def test_a_manager_is_needed_above_the_limits_and_not_at_them(total: str, due: list[str], words: str | None) -> None:
    parts = [Instalment(date.fromisoformat(day), eur("1.00")) for day in due]
    said = beyond_limit(eur(total), parts, EUR_LIMIT)
    assert said is None if words is None else words in (said or "")


def test_every_reason_is_named() -> None:
    parts = schedule(eur("9000.00"), count=12, rhythm=Rhythm.MONTHLY, first_on=date(2026, 1, 1))
    assert beyond_limit(eur("9000.00"), parts, EUR_LIMIT) == (
        "Somebody else has to approve this plan: it is above 5,000.00 EUR and it has more than 6 instalments and it runs longer than 180 days."
    )


def test_one_far_payment_is_long_when_counted_from_the_day_of_the_agreement() -> None:
    parts = [Instalment(date(2027, 1, 1), eur("100.00"))]
    assert beyond_limit(eur("100.00"), parts, EUR_LIMIT) is None
    assert "180 days" in (beyond_limit(eur("100.00"), parts, EUR_LIMIT, agreed_on=date(2026, 1, 1)) or "")


def test_a_limit_in_another_currency_is_never_compared() -> None:
    with pytest.raises(MixedCurrencies):
        beyond_limit(Money.of("1", "JPY"), [], EUR_LIMIT)
