"""What comparable products' tests expect, in our own words and through our own policies. The names are those of the shared case list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.workflows.domain.accounts import (
    ANA,
    DUE,
    account,
    credited,
    euro,
    invoice,
    item_id,
    level,
    look,
    message,
    minimum,
    notice,
    numbers,
    paid,
    policy,
    promise,
    said,
    state,
    step,
    told,
)
from workflows.domain.account import Account, Item, Notice, NoticeState, Snooze
from workflows.domain.calendar import Place
from workflows.domain.ids import NoticeId, new_id
from workflows.domain.policy import Advance, AgeFrom, CatchUp, FirstContact, OnNewLeader, Policy, Sequence


def on(day: str, clock: str = "09:00", place: Place = Place("UTC")) -> datetime:  # ruff: ignore[function-call-in-default-argument] - frozen
    return place.at(date.fromisoformat(day), time.fromisoformat(clock))


def since_due(day: str) -> int:
    return (date.fromisoformat(day) - DUE).days


def dated(number: str, due: str, amount: str = "249.95", *, issued: str | None = None, currency: str = "EUR") -> Item:
    made = invoice(number, amount, since_due(due), issued=since_due(issued or due), currency=currency)
    return replace(made, seen_at=on(issued or due, "06:00") - timedelta(days=400))


def sent(rules: Policy, owed: Account, first: str, last: str, *, only: tuple[str, ...] = ()) -> list[tuple[str, str, list[str]]]:
    """Looked at each morning (or only on some days), and everything that is written arrives: day, step, items."""
    found, day = [], date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        now = owed.customer.place.at(day, time(9))
        action = message(look(rules, owed, now)) if not only or day.isoformat() in only else None
        if action is not None:
            found.append((day.isoformat(), action.step, numbers(owed, action.items + action.upcoming)))
            listed = action.items + action.upcoming
            currencies = tuple(amount.currency for amount in action.amounts)
            new = Notice(NoticeId(new_id()), day, now, action.step, listed, NoticeState.SENT, "email", None, currencies, now)
            owed = replace(owed, notices=(*owed.notices, new))
        day += timedelta(days=1)
    return found


def test_three_levels_are_reached_on_the_day_and_cleared_by_payment() -> None:
    """KB-01, ages from the invoice date."""
    rules = policy(*(step(f"OD{n}", "after_due", 20 + 10 * n) for n in (1, 2, 3)), age_from=AgeFrom.ISSUE)
    owed = account(dated("I1", "2012-05-31"), dated("I2", "2012-06-30"))
    days = {"06-24": None, "06-29": None, "06-30": "OD1", "07-08": "OD1", "07-09": "OD1", "07-10": "OD2", "07-18": "OD2", "07-20": "OD3"}
    assert {day: level(rules, owed, on(f"2012-{day}"), "I1") for day in days} == days
    cleared = replace(owed, payments=(paid("249.95", "I1"), paid("249.95", "I2")))
    assert [level(rules, cleared, on("2012-07-20"), number) for number in ("I1", "I2")] == [None, None]


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [("2026-05-12", []), (None, [("2026-05-13", "second", ["I1"]), ("2026-05-18", "third", ["I1"])])],
)
def test_a_promise_stops_reminders_and_a_broken_one_is_caught_up_once(
    paid_on: str | None, expected: list[tuple[str, str, list[str]]]
) -> None:
    """UP-09."""
    rules = policy(*(step(name, "after_due", days) for name, days in (("first", 4), ("second", 11), ("third", 18))), promise_grace_days=0)
    word = promise(since_due("2026-05-12"), "249.95", "I1", since=since_due("2026-05-01"))
    money = (paid("249.95", "I1", on=since_due(paid_on)),) if paid_on else ()
    owed = account(dated("I1", "2026-04-30"), promises=(word,), payments=money)
    assert sent(rules, owed, "2026-05-01", "2026-05-20") == expected
    broken = [day_ for day_ in ("2026-05-12", "2026-05-13", "2026-05-14") if ("alert", "promise_broken") in told(rules, owed, on(day_))]
    assert broken == ([] if paid_on else ["2026-05-13", "2026-05-14"])


def test_a_credit_note_works_as_a_payment_does() -> None:
    """KB-03."""
    rules = policy(step("OD1", "after_due", 30), age_from=AgeFrom.ISSUE)
    owed = account(dated("I1", "2012-05-31"), dated("I2", "2012-06-30"), credits=(credited("249.95", "I1"),))
    assert said(rules, owed, on("2012-07-10")) is None
    assert level(rules, owed, on("2012-08-04"), "I2") == "OD1"


def test_equal_or_more_is_enough_and_no_debt_is_no_level() -> None:
    """KB-07 and KB-09, the thresholds on counts, sums and age."""
    rules = policy(step("it", "after_due", 10), minimum_count=2, minimum=minimum(EUR="100.00"))
    one, two = dated("I1", "2026-03-02", "50.00"), dated("I2", "2026-03-02", "50.00")
    assert [said(rules, account(one), on("2026-03-12")), said(rules, account(one, two), on("2026-03-12"))] == [None, "it"]
    assert said(rules, account(), on("2026-03-12")) is None


def test_money_on_account_that_covers_everything_clears() -> None:
    """KB-17."""
    rules = policy(step("OD1", "after_due", 30), age_from=AgeFrom.ISSUE)
    owed = account(dated("I1", "2012-05-31"), dated("I2", "2012-06-30"))
    assert level(rules, owed, on("2012-06-30"), "I1") == "OD1"
    assert level(rules, replace(owed, payments=(paid("499.90", None),)), on("2012-06-30"), "I1") is None


@pytest.mark.parametrize(("last", "contacted"), [("2026-03-17", False), ("2026-03-16", True), ("2026-03-15", True)])
def test_a_gap_is_counted_in_calendar_days(last: str, contacted: bool) -> None:
    """LG-02 and OR-02: exactly as many days ago is enough, whatever the hour; one reminded item silences the whole customer."""
    rules = policy(step("it", "after_due", 1, repeat=1), gap_days=4)
    before = replace(notice(since_due(last), "it", "I1"), at=on(last, "17:00"))
    owed = account(dated("I1", "2026-03-01"), dated("I2", "2026-03-10"), notices=(before,))
    assert (said(rules, owed, on("2026-03-20", "08:00")) is not None) is contacted


def test_twelve_days_with_two_currencies_and_two_attempts_each() -> None:
    """LG-08; the peer's gap of two full days and an hour is ours of three calendar days."""
    rules = policy(step("it", "after_due", 0, repeat=1), gap_days=3, max_attempts=2, minimum=minimum(EUR="150.00", USD="100.00"))
    owed = account(
        dated("E1", "2024-12-31", "149.00"), dated("U1", "2024-12-31", "120.00", currency="USD"), dated("E2", "2025-01-04", "10.00")
    )
    runs = ("2025-01-03", "2025-01-05", "2025-01-06", "2025-01-09", "2025-01-12")
    assert sent(rules, owed, "2025-01-03", "2025-01-12", only=runs) == [
        ("2025-01-03", "it", ["U1"]),
        ("2025-01-06", "it", ["E1", "U1", "E2"]),
        ("2025-01-09", "it", ["E1", "E2"]),
    ]


THREE_STEPS = policy(step("1", "after_due", 10), step("2", "month_end_after_due", 30), step("3", "after_previous", 10))
MONTH_ENDS = ("2013-01-31", "2013-02-28", "2013-03-31", "2013-04-30", "2013-05-31", "2013-06-30", "2013-07-31")


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2013-02-15", {"2013-02-28": "1", "2013-03-31": "2", "2013-04-30": "3"}),
        ("2013-03-31", {"2013-04-30": "2", "2013-05-31": "3"}),  # both rules are reached by the run: the highest, once
        ("2013-01-18", {"2013-01-31": "1", "2013-02-28": "2", "2013-03-31": "3"}),
        ("2013-04-14", {"2013-04-30": "1", "2013-05-31": "2", "2013-06-30": "3"}),
    ],
)
def test_monthly_runs_over_a_month_end_rule_and_one_after_the_sending(due: str, expected: dict[str, str]) -> None:
    """OCA-01, 02, 06; the peer goes one level a run, ours to the highest reached (which `one_per_run` does too)."""
    found = sent(THREE_STEPS, account(dated("I1", due)), "2013-01-31", "2013-07-31", only=MONTH_ENDS)
    assert {day: name for day, name, _ in found} == expected


def test_a_second_letter_sixty_days_after_the_first_was_sent() -> None:
    """OCA-03."""
    rules = policy(step("1", "month_end_after_due", 30), step("2", "after_previous", 60))
    owed = account(dated("I1", "2013-02-28"))
    assert [row[:2] for row in sent(rules, owed, "2013-01-31", "2013-07-31", only=MONTH_ENDS)] == [("2013-03-31", "1"), ("2013-05-31", "2")]


def test_to_be_listed_again_under_anothers_lead_does_not_put_the_next_letter_off() -> None:
    """OCA-03, several items of one customer, each with its own sequence."""
    rules = policy(step("1", "month_end_after_due", 30), step("2", "after_previous", 60), sequence=Sequence.INVOICE)
    found = sent(rules, account(dated("I1", "2013-02-28"), dated("I2", "2013-03-31")), "2013-01-31", "2013-07-31", only=MONTH_ENDS)
    assert [row[:2] for row in found] == [("2013-03-31", "1"), ("2013-04-30", "1"), ("2013-05-31", "2"), ("2013-06-30", "2")]


def test_one_old_invoice_triggers_and_all_overdue_ones_are_listed() -> None:
    """OR-01."""
    rules = policy(step("it", "after_due", 6))
    owed = account(dated("I1", "2026-03-14"), dated("I2", "2026-03-18"), dated("I3", "2026-03-20"), dated("I4", "2026-03-25"))
    assert sent(rules, owed, "2026-03-20", "2026-03-20") == [("2026-03-20", "it", ["I1", "I2"])]
    assert sent(rules, account(dated("I2", "2026-03-18")), "2026-03-20", "2026-03-20") == []


def test_steps_from_the_issue_day_then_every_two_weeks() -> None:
    """IN-01."""
    rules = policy(*(step(str(n), "after_issue", n) for n in (5, 10)), step("15", "after_issue", 15, repeat=14))
    found = sent(rules, account(dated("I1", "2024-03-15", issued="2024-03-01")), "2024-03-01", "2024-04-20")
    assert [row[0] for row in found] == ["2024-03-06", "2024-03-11", "2024-03-16", "2024-03-30", "2024-04-13"]


@pytest.mark.parametrize(
    ("steps", "first"),
    [
        ((step("a", "after_issue", 7), step("b", "before_due", 1), step("c", "after_due", 1)), "2024-05-08"),
        ((step("a", "before_due", 2), step("b", "after_due", 14), step("c", "after_due", 30)), "2024-05-29"),
    ],
)
def test_the_earliest_step_comes_first_whatever_it_counts_from(steps: tuple[object, ...], first: str) -> None:
    """IN-02."""
    rules = policy(*steps)  # type: ignore[arg-type]
    assert sent(rules, account(dated("I1", "2024-05-31", issued="2024-05-01")), "2024-05-01", "2024-06-30")[0][0] == first


def test_a_message_leaves_at_the_customers_own_hour() -> None:
    """IN-03 and IN-05: the local hour holds, in another zone than the seller's and over a change of the clocks."""
    auckland, angeles = Place("Pacific/Auckland"), Place("America/Los_Angeles")
    rules = policy(step("it", "after_issue", 2), hours="08:00-18:00")
    owed = account(dated("I1", "2024-05-31", issued="2024-05-01"), place=angeles, at_book=auckland)
    leaves = datetime(2024, 5, 3, 15, tzinfo=UTC)
    assert [said(rules, owed, leaves - timedelta(minutes=1)), said(rules, owed, leaves)] == [None, "it"]
    york = Place("America/New_York")
    quarterly = policy(step("it", "after_due", 92), hours="06:00-18:00")
    owed = account(dated("I1", "2026-08-05"), place=york, at_book=york)
    assert look(quarterly, owed, on("2026-11-04", "12:00", york)).next_look_at == datetime(2026, 11, 5, 11, tzinfo=UTC)


def test_a_late_first_look_says_the_highest_step_once() -> None:
    """IN-04, OD-01 and UP-06: not every missed step, and nothing more on a second run."""
    rules = policy(*(step(str(n), "after_due", n) for n in (1, 5, 10, 15, 25)), gap_days=3)
    owed = account(dated("I1", "2026-03-03"))
    assert [row[:2] for row in sent(rules, owed, "2026-03-20", "2026-03-29")] == [("2026-03-20", "15"), ("2026-03-28", "25")]
    waits = replace(rules, first_contact=FirstContact.REVIEW)
    assert sent(waits, account(replace(dated("I1", "2026-03-03"), seen_at=on("2026-03-20", "06:00"))), "2026-03-20", "2026-03-29") == []


def test_a_longer_gap_stretches_a_tighter_step() -> None:
    """UP-01."""
    rules = policy(step("1", "after_due", 1), step("2", "after_previous", 3), gap_days=5)
    assert [row[:2] for row in sent(rules, account(dated("I1", "2026-03-01")), "2026-03-02", "2026-03-31")] == [
        ("2026-03-02", "1"),
        ("2026-03-07", "2"),
    ]


def test_paying_others_does_not_disturb_the_one_that_leads() -> None:
    """UP-03, and UP-04 by age: when the leader is paid, the next one leads on its own level."""
    rules = policy(*(step(str(n), "after_due", n) for n in (1, 10, 30, 60, 70)))
    items = [
        dated(number, (date(2026, 3, 20) - timedelta(days=late)).isoformat()) for number, late in zip("ABCD", (60, 35, 21, 3), strict=True)
    ]
    owed = account(*items, notices=(replace(notice(since_due("2026-03-20"), "60", "A"), at=on("2026-03-20")),))
    others = replace(owed, payments=(paid("249.95", "B"), paid("249.95", "C")))
    assert [row[:2] for row in sent(rules, others, "2026-03-21", "2026-03-30")] == [("2026-03-30", "70")]
    leader = replace(owed, payments=(paid("249.95", "A"),))
    assert sent(rules, leader, "2026-03-21", "2026-03-21")[0][1:] == ("30", ["B", "C", "D"])


@pytest.mark.parametrize(
    ("mode", "then"),
    [
        (OnNewLeader.BY_AGE, [("2026-03-21", "30"), ("2026-04-14", "60"), ("2026-04-24", "70")]),
        (
            OnNewLeader.RESTART,
            [("2026-03-21", "1"), ("2026-03-22", "10"), ("2026-03-23", "30"), ("2026-04-14", "60"), ("2026-04-24", "70")],
        ),
        (OnNewLeader.KEEP, [("2026-04-24", "70")]),
    ],
)
def test_who_leads_after_the_leader_is_settled_begins_where_the_policy_says(mode: OnNewLeader, then: list[tuple[str, str]]) -> None:
    """UP-04. While the leader is not settled, only snoozed, nobody takes over for good."""
    rules = policy(*(step(str(n), "after_due", n) for n in (1, 10, 30, 60, 70)), on_new_leader=mode)
    items = [dated(number, (date(2026, 3, 20) - timedelta(days=late)).isoformat()) for number, late in (("A", 60), ("B", 35))]
    before = replace(notice(since_due("2026-03-20"), "60", "A"), at=on("2026-03-20"))
    owed = account(*items, notices=(before,), payments=(paid("249.95", "A"),))
    assert [row[:2] for row in sent(rules, owed, "2026-03-21", "2026-04-30")] == then
    asleep = Snooze(item_id("A"), date(2026, 4, 30), ANA, on("2026-03-20"))
    resting = replace(owed, payments=(), snoozes=(asleep,))
    assert sent(rules, resting, "2026-03-21", "2026-03-21")[0][1] == "30"


def test_an_old_debt_is_replayed_and_one_step_a_run_holds_for_every_debt() -> None:
    """UP-06 and TR-01; a younger step waits for those before it, each on another day."""
    steps = [step(str(n), "after_due", n) for n in (1, 5, 10, 15, 25)]
    old = replace(dated("I1", "2026-03-03"), seen_at=on("2026-03-20", "06:00"))
    later = replace(dated("I2", "2026-03-03"), seen_at=on("2026-03-01", "06:00"))
    replay = policy(*steps, gap_days=3, first_contact=FirstContact.REPLAY)
    every = [("2026-03-20", "1"), ("2026-03-23", "5"), ("2026-03-26", "10"), ("2026-03-29", "15"), ("2026-04-01", "25")]
    assert [row[:2] for row in sent(replay, account(old), "2026-03-20", "2026-04-30")] == every
    assert [row[:2] for row in sent(replay, account(later), "2026-03-20", "2026-04-30")] == [("2026-03-20", "15"), ("2026-03-28", "25")]
    climb = policy(*steps, gap_days=3, advance=Advance.ONE_PER_RUN)
    assert [row[:2] for row in sent(climb, account(later), "2026-03-20", "2026-04-30")] == every
    said_today = replace(notice(since_due("2026-03-20"), "1", "I2"), at=on("2026-03-20"))
    waits = account(later, notices=(said_today,))
    assert [level(climb, waits, on(day), "I2") for day in ("2026-03-20", "2026-03-21")] == ["1", "5"]
    assert look(climb, waits, on("2026-03-20")).next_change_at == on("2026-03-21", "00:00")
    mixed = policy(step("a", "after_due", 1), step("b", "after_previous", 9), step("c", "after_due", 5), advance=Advance.ONE_PER_RUN)
    found = sent(mixed, account(later), "2026-03-04", "2026-04-30")
    assert [row[:2] for row in found] == [("2026-03-04", "a"), ("2026-03-13", "b"), ("2026-03-14", "c")]


@pytest.mark.parametrize(("mode", "ages"), [(CatchUp.SKIP, [14, 21]), (CatchUp.CATCH_UP, [8, 14, 21])])
def test_what_a_pause_let_pass_is_made_up_for_only_where_the_policy_says_so(mode: CatchUp, ages: list[int]) -> None:
    """XR-01."""
    rules = policy(*(step(str(n), "after_due", n) for n in (7, 14, 21)), after_pause=mode)
    off = Snooze(item_id("I1"), date(2026, 3, 10), ANA, on("2026-03-08"))
    found = sent(rules, account(dated("I1", "2026-03-02"), snoozes=(off,)), "2026-03-02", "2026-03-31")
    assert [(date.fromisoformat(day) - date(2026, 3, 2)).days for day, *_ in found] == ages


def test_a_snooze_can_be_made_shorter_or_longer_and_ends_with_the_debt() -> None:
    """OG-01."""
    rules, first = policy(), on("2026-03-03")
    longer = Snooze(item_id("I1"), date(2026, 3, 20), ANA, first, ended_at=first)
    shorter = Snooze(item_id("I1"), date(2026, 3, 10), ANA, first)
    owed = account(dated("I1", "2026-03-02"), snoozes=(longer, shorter))
    assert [state(rules, owed, on(day), "I1") for day in ("2026-03-09", "2026-03-10")] == ["snoozed", "chasing"]
    assert state(rules, replace(owed, payments=(paid("249.95", "I1"),)), on("2026-03-09"), "I1") == "settled"


def test_asked_is_what_is_left_after_payments_and_credits() -> None:
    """LG-10."""
    owed = account(dated("I1", "2026-03-02", "2.00"), dated("I2", "2026-03-02", "5.00"), payments=(paid("1.00", "I1"), paid("2.00", "I2")))
    found = message(look(policy(), replace(owed, credits=(credited("0.50", "I1"), credited("1.00", "I2"))), on("2026-03-05")))
    assert found is not None
    assert found.amounts == (euro("2.50"),)
