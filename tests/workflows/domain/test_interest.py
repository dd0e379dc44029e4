"""Late interest and fixed sums: DOMAIN 5's cases, each number of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.account import Party
from workflows.domain.day_counts import Basis, days_between, year_fraction
from workflows.domain.interest import (
    Contract,
    Debt,
    NotOwed,
    Order,
    Paid,
    Unit,
    agreed,
    discount_yearly,
    fixed_sum,
    may_charge_flat,
    proposed,
    statutory,
)
from workflows.domain.money import Money, rounded
from workflows.domain.regimes import NoRate, Rate, regime

RATES = (
    Rate("uk", date(2025, 8, 7), Decimal("4.00")),
    Rate("uk", date(2025, 12, 18), Decimal("3.75")),
    Rate("uk", date(2026, 3, 1), Decimal("3.50")),
    Rate("eu", date(2023, 9, 20), Decimal("4.50")),
    Rate("eu", date(2024, 6, 12), Decimal("4.25")),
    Rate("eu_fixed", date(2023, 9, 20), Decimal("4.50")),
    Rate("eu_fixed", date(2024, 6, 12), Decimal("4.25")),
    Rate("de", date(2016, 7, 1), Decimal("-0.88")),
)
DUE = date(2026, 1, 31)


def debt(amount: str, currency: str, due_on: str = "2026-01-31", party: Party = Party.BUSINESS, **rest: object) -> Debt:
    return Debt(Money.of(amount, currency), date.fromisoformat(due_on), party, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("owed", "under", "paid_on", "days", "interest", "fixed"),
    [
        (debt("12500.00", "GBP"), "uk", "2026-03-17", 45, "181.08", "100.00"),
        (debt("10000.00", "EUR", "2024-05-31"), "eu", "2024-08-29", 90, "304.11", "40.00"),
        (debt("10000.00", "EUR", "2024-05-31"), "eu_fixed", "2024-08-29", 90, "308.22", "40.00"),
        (debt("2380.00", "EUR", "2017-03-31"), "de", "2017-05-30", 60, "31.77", "40.00"),
        (debt("2380.00", "EUR", "2017-03-31", Party.CONSUMER), "de", "2017-05-30", 60, "16.12", None),
        (debt("2380.00", "EUR", "2017-03-31", Party.SOLE_TRADER), "de", "2017-05-30", 60, "31.77", "40.00"),
        (debt("12500.00", "GBP"), "uk", "2026-01-31", 0, "0.00", None),
        (debt("12500.00", "GBP"), "uk", "2026-02-01", 1, "4.02", "100.00"),
        (debt("12500.00", "USD"), "uk", "2026-02-01", 1, "4.02", None),
    ],
)
def test_the_law_of_the_regime_is_worked_out_to_the_cent(
    owed: Debt, under: str, paid_on: str, days: int, interest: str, fixed: str | None
) -> None:
    found = statutory(owed, under, RATES, date.fromisoformat(paid_on))
    assert (found.days, found.interest.plain, found.fixed_sum and found.fixed_sum.plain) == (days, interest, fixed)


def test_the_daily_amount_is_not_rounded_before_the_sum_is() -> None:
    found = agreed(debt("1000.00", "GBP"), Contract(Decimal("8.5") / 12), DUE + timedelta(days=50))
    assert found.interest.plain == "11.64"


@pytest.mark.parametrize(("amount", "sum_"), [("999.99", "40.00"), ("1000.00", "70.00"), ("9999.99", "70.00"), ("10000.00", "100.00")])
def test_fixed_sums_step_up_with_the_debt(amount: str, sum_: str) -> None:
    assert fixed_sum(regime("uk", DUE), Money.of(amount, "GBP"), Party.BUSINESS) == Money.of(sum_, "GBP")


@pytest.mark.parametrize(
    ("unit", "cap", "interest"),
    [
        (Unit.DAILY, None, "44.38"),
        (Unit.FULL_MONTHS, None, "30.00"),
        (Unit.STARTED_MONTHS, None, "60.00"),
        (Unit.DAILY, "16", "39.45"),
        (Unit.STARTED_MONTHS, "16", "39.45"),
        (Unit.FULL_MONTHS, "16", "30.00"),
    ],
)
def test_an_agreed_monthly_rate_counts_as_its_contract_says_up_to_the_cap(unit: Unit, cap: str | None, interest: str) -> None:
    contract = Contract(Decimal("1.5"), unit, None if cap is None else Decimal(cap))
    found = agreed(debt("2000.00", "USD", "2026-01-01"), contract, date(2026, 2, 15))
    assert (found.days, found.interest.plain) == (45, interest)


@pytest.mark.parametrize(
    ("on", "full", "started"), [("2026-02-28", 1, 1), ("2026-03-01", 1, 2), ("2026-03-31", 2, 2), ("2026-01-31", 0, 0)]
)
def test_months_count_from_the_due_day_itself(on: str, full: int, started: int) -> None:
    owed = debt("100.00", "USD")
    for unit, months in ((Unit.FULL_MONTHS, full), (Unit.STARTED_MONTHS, started)):
        assert agreed(owed, Contract(Decimal(1), unit), date.fromisoformat(on)).interest == Money.of(str(months), "USD")


@pytest.mark.parametrize(
    ("order", "interest", "unpaid", "principal"),
    [(Order.PRINCIPAL_FIRST, "8.37", "8.37", "600.00"), (Order.INTEREST_FIRST, "8.39", "1.95", "606.44")],
)
def test_a_part_payment_settles_the_principal_or_the_interest_first(order: Order, interest: str, unpaid: str, principal: str) -> None:
    paid = Paid(DUE + timedelta(days=20), Money.of("400.00", "GBP"))
    found = statutory(debt("1000.00", "GBP", payments=(paid,)), "uk", RATES, DUE + timedelta(days=30), order=order)
    assert (found.interest.plain, found.unpaid.plain, found.principal.plain) == (interest, unpaid, principal)


def test_interest_left_unpaid_bears_none_itself() -> None:
    small = Paid(DUE + timedelta(days=100), Money.of("1.00", "GBP"))
    whole = statutory(debt("1000.00", "GBP"), "uk", RATES, DUE + timedelta(days=200))
    found = statutory(debt("1000.00", "GBP", payments=(small,)), "uk", RATES, DUE + timedelta(days=200), order=Order.INTEREST_FIRST)
    assert (found.interest, found.principal) == (whole.interest, Money.of("1000.00", "GBP"))
    assert found.unpaid == whole.interest - small.amount


def test_a_rate_fixed_at_the_start_is_that_of_the_half_year_before_interest_begins() -> None:
    late = debt("36500.00", "GBP", "2026-06-29")  # interest begins on 30 June: still the rate of 31 December
    assert statutory(late, "uk", RATES, date(2026, 7, 9)).interest.plain == "117.50"
    assert statutory(debt("36500.00", "GBP", "2026-06-30"), "uk", RATES, date(2026, 7, 10)).interest.plain == "115.00"


@pytest.mark.parametrize("under", ["uk", "eu", "de", "fr"])
def test_a_missing_rate_or_rule_blocks_the_charge(under: str) -> None:
    with pytest.raises(NoRate, match=under):
        statutory(debt("100.00", "EUR"), under, (), DUE + timedelta(days=1))


def test_a_debt_older_than_every_loaded_rate_is_blocked() -> None:
    with pytest.raises(NoRate, match="2015-07-01"):
        statutory(debt("100.00", "EUR", "2015-08-01"), "de", RATES, date(2015, 9, 1))


@pytest.mark.parametrize("under", ["uk", "eu"])
def test_consumers_owe_nothing_under_rules_between_businesses(under: str) -> None:
    with pytest.raises(NotOwed, match="consumer"):
        statutory(debt("100.00", "GBP", party=Party.CONSUMER), under, RATES, DUE + timedelta(days=30))


def test_nothing_is_proposed_to_a_consumer_even_where_the_law_would_give_it() -> None:
    with pytest.raises(NotOwed, match="businesses only"):
        proposed(debt("2380.00", "EUR", "2017-03-31", Party.CONSUMER), "de", RATES, date(2017, 5, 30))


@pytest.mark.parametrize(("days", "charged"), [(0, False), (5, False), (6, True)])
def test_nothing_is_proposed_within_the_days_of_grace(days: int, charged: bool) -> None:
    owed, on = debt("12500.00", "GBP"), DUE + timedelta(days=days)
    if charged:
        assert proposed(owed, "uk", RATES, on, grace_days=5).days == days
    else:
        with pytest.raises(NotOwed, match="grace"):
            proposed(owed, "uk", RATES, on, grace_days=5)


def test_a_contract_takes_the_place_of_the_law() -> None:
    found = proposed(debt("2000.00", "USD", "2026-01-01"), "uk", (), date(2026, 2, 15), contract=Contract(Decimal("1.5")))
    assert (found.interest.plain, found.fixed_sum) == ("44.38", None)


def test_a_disputed_part_bears_no_interest() -> None:
    half = debt("12500.00", "GBP", disputed=Money.of("6250.00", "GBP"))
    found = statutory(half, "uk", RATES, date(2026, 3, 17))
    assert (found.interest.plain, found.principal.plain) == ("90.54", "12500.00")


@pytest.mark.parametrize(("days", "may"), [(29, False), (30, True), (31, True)])
def test_an_invoice_bears_one_flat_fee_a_period(days: int, may: bool) -> None:
    assert may_charge_flat([DUE - timedelta(days=90), DUE], DUE + timedelta(days=days), 30) is may
    assert may_charge_flat([], DUE, 30)


def test_an_early_payment_discount_has_its_price_a_year() -> None:
    assert discount_yearly(Decimal(2), 10, 30) == Decimal("37.24")


@pytest.mark.parametrize(
    ("start", "end", "actual", "thirty", "amounts"),
    [
        ("2024-01-31", "2024-03-31", 60, 60, ["197.26", "200.00", "200.00", "196.72"]),
        ("2024-02-29", "2024-03-31", 31, 30, ["101.92", "103.33", "100.00", "101.64"]),
        ("2026-01-15", "2026-04-15", 90, 90, ["295.89", "300.00", "300.00", "295.89"]),
        ("2023-12-15", "2024-03-15", 91, 90, ["299.18", "303.33", "300.00", "298.51"]),
    ],
)
def test_day_counts(start: str, end: str, actual: int, thirty: int, amounts: list[str]) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert (days_between(first, last), days_between(first, last, Basis.THIRTY_360)) == (actual, thirty)
    assert [rounded(1200 * year_fraction(first, last, basis), "USD").plain for basis in Basis] == amounts


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [("2023-02-28", "2024-02-29", 360), ("2026-01-31", "2026-02-28", 28), ("2026-01-29", "2026-01-31", 2), ("2026-01-30", "2026-01-31", 0)],
)
def test_month_ends_by_thirties(start: str, end: str, days: int) -> None:
    assert days_between(date.fromisoformat(start), date.fromisoformat(end), Basis.THIRTY_360) == days


days_of_years = st.dates(date(2019, 1, 1), date(2030, 12, 31))


@given(days_of_years, days_of_years, days_of_years, st.sampled_from([Basis.ACT_365, Basis.ACT_360, Basis.ACT_ACT]))
def test_parts_of_a_time_add_up_to_it(one: date, two: date, three: date, basis: Basis) -> None:
    first, middle, last = sorted([one, two, three])
    assert year_fraction(first, middle, basis) + year_fraction(middle, last, basis) == year_fraction(first, last, basis)
    assert year_fraction(last, first, basis) == -year_fraction(first, last, basis)


@given(st.integers(1, 10**9), st.integers(0, 1500), st.sampled_from(["uk", "eu"]))
def test_more_days_never_bear_less(minor: int, late: int, under: str) -> None:
    owed = Debt(Money(minor, "EUR"), date(2026, 1, 31))
    today, tomorrow = (statutory(owed, under, RATES, DUE + timedelta(days=n)).interest for n in (late, late + 1))
    assert Money.zero("EUR") <= today <= tomorrow
