"""Money is exact: DOMAIN 1, 7 and 9 as tables."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.money import (
    BadAmount,
    CannotSplit,
    MixedCurrencies,
    Money,
    UnknownCurrency,
    down_payment_and_rest,
    exponent,
    rounded,
    split,
    total,
    totals,
)


@pytest.mark.parametrize(
    ("digits", "codes"),
    [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (2, "EUR USD GBP CHF RSD ALL MGA LBP"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ],
)
def test_minor_units_follow_iso_4217(digits: int, codes: str) -> None:
    assert {code: exponent(code) for code in codes.split()} == dict.fromkeys(codes.split(), digits)


@pytest.mark.parametrize("code", ["EURO", "eur", "", "XXX", "ZZZ"])
def test_a_code_that_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        Money.of("1", code)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1234.50", "EUR", 123450),
        ("1234.5", "EUR", 123450),
        ("-0.01", "EUR", -1),
        ("7", "JPY", 7),
        ("7.000", "JPY", 7),
        ("1.005", "KWD", 1005),
    ],
)
def test_a_plain_decimal_is_read_to_the_unit(text: str, currency: str, minor: int) -> None:
    assert Money.of(text, currency) == Money(minor, currency) == Money.of(Decimal(text), currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1,5",
        "1 000",
        "1_000",
        "1e3",
        " 1",
        "1 ",
        ".5",
        "5.",
        "+1",
        "--1",
        "NaN",
        "Infinity",
        "1.005",
        "٣",
        "1" * 17,
        "1." + "0" * 30 + "1",
    ],
)
def test_what_is_not_an_amount_of_the_currency_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        Money.of(text, "EUR")


def test_too_many_digits_are_named() -> None:
    with pytest.raises(BadAmount, match=r"1\.005 has 3 digits after the point, and EUR has 2"):
        Money.of("1.005", "EUR")


def test_decimals_that_are_no_number_are_refused() -> None:
    for odd in (Decimal("NaN"), Decimal("Infinity"), Decimal("1E+40")):
        with pytest.raises(BadAmount):
            Money.of(odd, "EUR")


@pytest.mark.parametrize(
    ("minor", "currency", "plain"), [(5, "EUR", "0.05"), (-5, "EUR", "-0.05"), (100, "JPY", "100"), (1, "KWD", "0.001")]
)
def test_the_plain_form_has_all_digits_of_the_currency(minor: int, currency: str, plain: str) -> None:
    assert Money(minor, currency).plain == plain


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_the_plain_form_reads_back(minor: int, currency: str) -> None:
    assert Money.of(Money(minor, currency).plain, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("exact", "currency", "plain"),
    [
        (Decimal("0.005"), "USD", "0.01"),
        (Decimal("-0.005"), "USD", "-0.01"),
        (Decimal("0.0049"), "USD", "0.00"),
        (Decimal("1.2345"), "KWD", "1.235"),
        (Decimal("0.5"), "JPY", "1"),
        (Fraction(1, 3), "EUR", "0.33"),
        (Fraction(2, 3), "EUR", "0.67"),
    ],
)
def test_rounding_is_half_up_to_the_currency(exact: Decimal | Fraction, currency: str, plain: str) -> None:
    assert rounded(exact, currency).plain == plain


def test_two_currencies_never_meet_in_one_sum_or_comparison() -> None:
    euro, dollar = Money(1, "EUR"), Money(1, "USD")
    for meet in (
        lambda: euro + dollar,
        lambda: euro - dollar,
        lambda: euro < dollar,
        lambda: euro >= dollar,
        lambda: total([dollar], "EUR"),
    ):
        with pytest.raises(MixedCurrencies):
            meet()
    assert euro != dollar
    assert totals([dollar, euro, Money(2, "USD")]) == (Money(1, "EUR"), Money(3, "USD"))


@pytest.mark.parametrize(
    ("whole", "currency", "weights", "parts"),
    [
        ("1000.00", "EUR", [1] * 3, ["333.34", "333.33", "333.33"]),
        ("100000", "JPY", [1] * 7, ["14286"] * 5 + ["14285"] * 2),
        ("10.000", "KWD", [1] * 3, ["3.334", "3.333", "3.333"]),
        ("100.01", "EUR", [1] * 4, ["25.01", "25.00", "25.00", "25.00"]),
        ("999.99", "EUR", [2, 1, 1], ["499.99", "250.00", "250.00"]),
    ],
)
def test_a_split_gives_what_is_left_to_the_largest_remainders(whole: str, currency: str, weights: list[int], parts: list[str]) -> None:
    assert [part.plain for part in split(Money.of(whole, currency), weights)] == parts


def test_a_down_payment_is_rounded_once_and_the_rest_split() -> None:
    assert [part.plain for part in down_payment_and_rest(Money.of("1234.56", "EUR"), Decimal(25), 4)] == ["308.64"] + ["231.48"] * 4


@pytest.mark.parametrize(
    ("whole", "weights"), [("0.02", [1, 1, 1]), ("0.00", [1]), ("-1.00", [1]), ("1.00", []), ("1.00", [1, 0]), ("1.00", [2, -1])]
)
def test_a_part_of_nothing_is_refused(whole: str, weights: list[int]) -> None:
    with pytest.raises(CannotSplit):
        split(Money.of(whole, "EUR"), weights)


@given(st.integers(10_000, 10**9), st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_a_split_sums_exactly_and_is_within_a_unit_of_proportion(minor: int, weights: list[int]) -> None:
    parts = split(Money(minor, "EUR"), weights)
    assert sum(part.minor for part in parts) == minor
    assert all(abs(part.minor - Fraction(minor * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True))
