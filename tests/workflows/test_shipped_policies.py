"""Each shipped policy over a year on a small ledger; the days were counted by hand on a calendar."""

from __future__ import annotations

from typing import Any

import pytest

from bot.policies import shipped
from tests.workflows.ledgers import Row, simulated

YEAR = ("2026-01-01", "2026-12-31")
BOOK = {"fact": "book", "on": "2026-01-01", "zone": "Europe/Berlin", "country": "DE", "currency": "EUR"}


def bill(due: str, amount: str = "1000.00", on: str = "2026-01-05", **rest: Any) -> Row:
    return {"fact": "invoice", "on": on, "number": "A", "customer": "C1", "due": due, "amount": amount, "currency": "EUR", **rest}


def year(name: str, *rows: Row) -> list[Row]:
    return simulated(shipped(name).text, [BOOK, *rows], *YEAR)


def done(lines: list[Row]) -> list[tuple[str, str, str | None]]:
    """What was done for somebody: without what was withheld, and the word that a ladder is at its end."""
    return [(line["on"], line["action"], line["step"]) for line in lines if line["action"] not in {"none", "finished"}]


def written(lines: list[Row]) -> list[tuple[str, str | None]]:
    return [(on, step) for on, action, step in done(lines) if action == "remind"]


# Due on Monday 2 March 2026 and never paid ------------------------------------------------------------------------------


def test_standard_asks_three_times_in_four_weeks_and_hands_over_after_six() -> None:
    """Upcoming falls on Friday 27 February; 12 March is a Thursday; the last one eleven days after it, on a Monday; day 45 is a Thursday."""
    assert done(year("standard", bill("2026-03-02"))) == [
        ("2026-02-27", "remind", "upcoming"),
        ("2026-03-05", "alert", "first"),
        ("2026-03-05", "remind", "first"),
        ("2026-03-12", "alert", "second"),
        ("2026-03-12", "remind", "second"),
        ("2026-03-23", "remind", "final"),
        ("2026-04-16", "escalate", "handover"),
    ]


def test_gentle_writes_twice_in_a_month_on_its_three_weekdays_and_hands_over_after_two() -> None:
    """Five days before is Wednesday 25 February; 12 March is a Thursday; 1 April a Wednesday; day 60 is Friday 1 May, a holiday: staff hear on Tuesday."""
    assert done(year("gentle", bill("2026-03-02"))) == [
        ("2026-02-25", "remind", "upcoming"),
        ("2026-03-12", "remind", "first"),
        ("2026-04-01", "alert", "second"),
        ("2026-04-01", "remind", "second"),
        ("2026-05-05", "escalate", "handover"),
    ]


def test_strict_begins_on_the_day_after_and_hands_over_after_a_month() -> None:
    """Two days before is Saturday 28 February, so it leaves on the Monday; the first one three days later; the last one a week after 10 March."""
    assert done(year("strict", bill("2026-03-02"))) == [
        ("2026-03-02", "remind", "upcoming"),
        ("2026-03-03", "alert", "first"),
        ("2026-03-05", "remind", "first"),
        ("2026-03-10", "alert", "second"),
        ("2026-03-10", "remind", "second"),
        ("2026-03-17", "alert", "final"),
        ("2026-03-17", "remind", "final"),
        ("2026-04-01", "escalate", "handover"),
    ]


CONSUMER = {"fact": "customer", "on": "2026-01-02", "customer": "C1", "party": "consumer"}


def test_consumer_leaves_a_week_between_letters_and_a_person_decides_after_seven() -> None:
    """7 March is a Saturday, so the first one leaves on Monday 9 March; 17 March a Tuesday; the last one two weeks after it; day 50 is a Tuesday."""
    assert done(year("consumer", CONSUMER, bill("2026-03-02"))) == [
        ("2026-02-27", "remind", "upcoming"),
        ("2026-03-09", "remind", "first"),
        ("2026-03-17", "alert", "second"),
        ("2026-03-17", "remind", "second"),
        ("2026-03-31", "alert", "final"),
        ("2026-03-31", "remind", "final"),
        ("2026-04-21", "escalate", "handover"),
    ]


def test_consumer_is_for_consumers_only() -> None:
    assert done(year("consumer", bill("2026-03-02"))) == []


def test_instalments_ask_for_each_part_by_its_own_day() -> None:
    """Two halves, due on 2 March and 1 June; the first is paid on 9 March, the second never."""
    parts = [{"due": "2026-03-02", "amount": "500.00"}, {"due": "2026-06-01", "amount": "500.00"}]
    payment = {"fact": "payment", "on": "2026-03-09", "invoice": "A", "amount": "500.00"}
    lines = year("instalments", bill("2026-03-02", instalments=parts), payment)
    assert [(line["on"], line["step"], line["invoices"], line["amount"]) for line in lines if line["action"] == "remind"] == [
        ("2026-02-27", "upcoming", ["A/1"], "500.00"),
        ("2026-03-05", "first", ["A/1"], "500.00"),
        ("2026-05-29", "upcoming", ["A/2"], "500.00"),
        ("2026-06-04", "first", ["A/2"], "500.00"),
        ("2026-06-11", "second", ["A/2"], "500.00"),
        ("2026-06-22", "final", ["A/2"], "500.00"),
    ]
    assert ("2026-07-16", "escalate", "handover") in done(lines)


def test_instalments_of_a_plan_have_a_word_before_and_two_after() -> None:
    """A plan of two parts, Monday 4 May and Monday 3 August; the first is paid a day late. 1 May is a holiday, so its note leaves on the Monday."""
    plan = {
        "id": "p",
        "fact": "plan",
        "on": "2026-03-03",
        "invoices": ["A"],
        "instalments": [{"due": "2026-05-04", "amount": "400.00"}, {"due": "2026-08-03", "amount": "600.00"}],
    }
    payment = {"fact": "payment", "on": "2026-05-05", "invoice": "A", "amount": "400.00"}
    lines = year("instalments", bill("2026-03-16"), plan, payment)
    assert [(line["on"], line["step"], line["invoices"]) for line in lines if line["action"] == "remind"] == [
        ("2026-05-04", "part_upcoming", ["p/1"]),
        ("2026-07-31", "part_upcoming", ["p/2"]),
        ("2026-08-05", "part_first", ["p/2"]),
        ("2026-08-10", "part_second", ["p/2"]),
    ]


def for_everybody(name: str) -> str:
    """High value is for a segment, which a ledger's customers have none of."""
    return shipped(name).text.replace("{segment: [key_account]}", "{segment: [any]}")


def test_high_value_tells_people_first_writes_twice_and_hands_over_after_two_weeks() -> None:
    """A week before is Monday 23 February; 4 March a Wednesday, 9 and 16 March Mondays."""
    lines = simulated(for_everybody("high_value"), [BOOK, bill("2026-03-02", "25000.00")], *YEAR)
    assert done(lines) == [
        ("2026-02-23", "alert", "call"),
        ("2026-03-04", "alert", "first"),
        ("2026-03-04", "remind", "first"),
        ("2026-03-09", "alert", "second"),
        ("2026-03-09", "remind", "second"),
        ("2026-03-16", "escalate", "handover"),
    ]


def test_high_value_leaves_small_sums_alone() -> None:
    lines = simulated(for_everybody("high_value"), [BOOK, bill("2026-03-02", "9999.99")], *YEAR)
    assert written(lines) == []


@pytest.mark.parametrize("name", ["standard", "gentle", "strict", "instalments"])
def test_who_pays_in_time_hears_nothing_after_the_due_day(name: str) -> None:
    payment = {"fact": "payment", "on": "2026-03-02", "invoice": "A", "amount": "1000.00"}
    assert all(on < "2026-03-02" or step == "upcoming" for on, _, step in done(year(name, bill("2026-03-02"), payment)))


@pytest.mark.parametrize("name", ["standard", "gentle", "strict", "instalments"])
def test_nobody_is_written_to_about_old_debts_before_a_manager_looked(name: str) -> None:
    lines = year(name, bill("2025-11-03", on="2026-01-07"))
    assert done(lines) == [("2026-01-07", "review", None)]
