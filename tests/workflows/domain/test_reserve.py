"""The loss reserve: rates by history, a matrix of the house, and ages without a rate."""

from __future__ import annotations

from fractions import Fraction

from workflows.domain.money import Money
from workflows.domain.reserve import loss_rates, reserve

REACHED = (100_000_00, 50_000_00, 23_000_00, 8_000_00, 2_000_00)


def eur(*amounts: str) -> list[Money]:
    return [Money.of(amount, "EUR") for amount in amounts]


def test_a_rate_is_what_was_lost_of_what_got_that_old() -> None:
    rates = loss_rates(REACHED, 2_000_00)
    assert [round(float(100 * rate), 4) for rate in rates if rate is not None] == [2.0, 4.0, 8.6957, 25.0, 100.0]


def test_the_reserve_is_rounded_once() -> None:
    amounts = eur("300000", "140000", "60000", "23000", "5000")
    assert reserve(amounts, loss_rates(REACHED, 2_000_00)) == Money.of("27567.39", "EUR")


def test_a_fixed_matrix_gives_its_own() -> None:
    rates = [Fraction(rate, 100) for rate in (1, 2, 3, 3, 20)]
    assert reserve(eur("100000", "40000", "20000", "10000", "5000"), rates) == Money.of("3700.00", "EUR")


def test_an_age_nothing_reached_before_has_no_rate_and_so_no_reserve() -> None:
    rates = loss_rates((100, 50, 0, 0, 0), 0)
    assert list(rates) == [Fraction(0), Fraction(0), None, None, None]
    assert reserve(eur("1", "1", "0", "0", "0"), rates) == Money.zero("EUR")
    assert reserve(eur("1", "1", "1", "0", "0"), rates) is None
