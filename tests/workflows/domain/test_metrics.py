"""Worked examples of the figures, and their edges."""

from __future__ import annotations

from decimal import Decimal
from itertools import starmap

import pytest

from workflows.domain.metrics import Month, PromisesDue, collection_effectiveness, dso, dso_countback, percent, weighted_days_late


@pytest.mark.parametrize(
    ("receivables", "sales", "days", "expected"),
    [
        (200_000, 2_000_000, 365, "36.5"),
        (150_000, 400_000, 90, "33.75"),
        (110_000, 400_000, 90, "24.75"),
        (493_632, 1_919_681, 90, "23.1428"),
    ],
)
def test_dso_is_receivables_by_sales_times_days(receivables: int, sales: int, days: int, expected: str) -> None:
    assert dso(receivables, sales, days) == Decimal(expected)


@pytest.mark.parametrize(
    ("receivables", "months", "days", "short"),
    [
        (500_000, [(220_000, 31), (180_000, 28), (250_000, 31)], "71.4", False),
        (90_000, [(120_000, 30)], "22.5", False),
        (400, [(0, 30), (800, 31)], "45.5", False),
        (300, [(100, 30), (0, 31), (150, 30)], "91", True),
        (0, [(100, 30)], "0", False),
    ],
)
def test_countback_takes_months_off_newest_first(receivables: int, months: list[tuple[int, int]], days: str, short: bool) -> None:
    found = dso_countback(receivables, list(starmap(Month, months)))
    assert (found.days, found.insufficient_history) == (Decimal(days), short)


@pytest.mark.parametrize(
    ("begin", "sales", "end", "current", "expected"),
    [(100, 80, 90, 60, "75"), (50, 40, 40, 38, "96.1538"), (691_835, 584_959, 511_985, 428_429, "90.1509")],
)
def test_cei_is_what_was_collected_of_what_could_be(begin: int, sales: int, end: int, current: int, expected: str) -> None:
    assert collection_effectiveness(begin, sales, end, current) == Decimal(expected)


def test_days_late_are_weighted_by_what_was_paid() -> None:
    paid = [(1_000, 10), (3_000, -2), (500, 0)]
    assert weighted_days_late(paid) == Decimal("0.8889")
    assert weighted_days_late(paid, floored=True) == Decimal("2.2222")


def test_delinquency_is_dso_less_best_possible_dso_of_the_same_window() -> None:
    assert dso(150_000 - 110_000, 400_000, 90) == Decimal("9.00")
    assert dso(572_506 - 493_632, 1_919_681, 90) == Decimal("3.6978")


def test_promises_are_rated_by_count_and_by_value() -> None:
    due = PromisesDue(kept=6, partly=3, broken=1)
    assert (due.all, due.kept_rate) == (10, Decimal("60.0"))
    assert percent(800_000 + 90_000, 1_200_000) == Decimal("74.1667")


def test_a_figure_without_a_denominator_is_not_available() -> None:
    assert dso(100, 0, 90) is None
    assert collection_effectiveness(0, 0, 0, 0) is None
    assert weighted_days_late([]) is None
    assert PromisesDue().kept_rate is None
    assert percent(1, 0) is None
