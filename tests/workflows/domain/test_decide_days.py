"""The boundary table of days and hours: the day before, the day of, the day after; the minute before and the minute of."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from tests.workflows.domain.accounts import (
    ANA,
    AUCKLAND,
    BERLIN,
    DUE,
    NEW_YORK,
    UTC_PLACE,
    account,
    at,
    day,
    hint,
    invoice,
    item_id,
    level,
    look,
    message,
    notice,
    numbers,
    plan,
    policy,
    said,
    state,
    step,
    told,
    withheld,
)
from workflows.domain.account import NoticeState
from workflows.domain.calendar import Place
from workflows.domain.policy import AgeFrom, CatchUp

ONLY = {
    "before_due": (step("it", "before_due", 3), -3),
    "after_due": (step("it", "after_due", 3), 3),
    "after_due 1": (step("it", "after_due", 1), 1),
    "after_due 0": (step("it", "after_due", 0), 0),
    "after_issue": (step("it", "after_issue", 40), 10),
    "after_issue before the due day": (step("it", "after_issue", 20), -10),
    "month_end_after_due": (step("it", "month_end_after_due", 0), 29),  # 31 March
    "month_end_after_due 30": (step("it", "month_end_after_due", 30), 59),  # 1 April lies in April: 30 April
}


@pytest.mark.parametrize("name", ONLY)
def test_a_step_is_reached_on_its_day_and_not_before(name: str) -> None:
    only, first = ONLY[name]
    owed, rules = account(invoice()), policy(only)
    assert [level(rules, owed, at(first + n, "00:00")) for n in (-1, 0, 1)] == [None, "it", "it"]
    assert [said(rules, owed, at(first + n)) for n in (-1, 0)] == [None, "it"]


@pytest.mark.parametrize(
    ("anchor", "days", "first"), [("before_instalment", 2, 8), ("after_instalment", 1, 11), ("after_instalment", 5, 15)]
)
def test_a_step_of_an_instalment_counts_from_its_own_due_day(anchor: str, days: int, first: int) -> None:
    owed, rules = account(invoice(), plans=(plan((10, "100.00"), since=5),)), policy(step("it", anchor, days))
    assert [level(rules, owed, at(first + n), "A/1") for n in (-1, 0, 1)] == [None, "it", "it"]
    assert [said(rules, owed, at(first + n)) for n in (-1, 0)] == [None, "it"]
    assert level(rules, owed, at(first), "A") is None, "the invoice it covers has left the ladder"


@pytest.mark.parametrize(("anchor", "kind"), [("after_instalment", "invoice"), ("after_due", "instalment")])
def test_steps_for_instalments_pass_invoices_by_and_the_other_way_round(anchor: str, kind: str) -> None:
    plans = (plan((0, "100.00"), since=-20),) if kind == "instalment" else ()
    owed = account(invoice(), plans=plans)
    assert level(policy(step("it", anchor, 3)), owed, at(9), "A/1" if plans else "A") is None


def test_after_previous_counts_from_the_day_the_step_before_was_really_sent() -> None:
    rules = policy(step("one", "after_due", 3), step("two", "after_previous", 7))
    queued_friday = account(invoice(), notices=(notice(4, "one", sent=at(7)),))
    assert [said(rules, queued_friday, at(n)) for n in (11, 13, 14)] == [None, None, "two"]
    assert level(rules, account(invoice()), at(300)) == "one", "nothing was sent, so nothing counts from it"


@pytest.mark.parametrize(
    ("how", "expected"), [("failed", "one"), ("suppressed", "one"), ("unknown", "two"), ("queued", "two"), ("delivered", "two")]
)
def test_after_previous_counts_only_from_a_message_that_may_have_arrived(how: str, expected: str) -> None:
    rules = policy(step("one", "after_due", 3), step("two", "after_previous", 7))
    owed = account(invoice(), notices=(notice(4, "one", state=NoticeState(how)),))
    assert level(rules, owed, at(11)) == expected


def test_after_previous_counts_from_the_latest_of_several_sendings() -> None:
    rules = policy(step("one", "after_due", 3), step("two", "after_previous", 7))
    owed = account(invoice(), notices=(notice(4, "one", sent=at(8)), notice(5, "one", by=ANA)))
    assert [level(rules, owed, at(n)) for n in (14, 15)] == ["one", "two"]


def test_a_repeat_counts_from_the_steps_own_day_and_is_said_once_each() -> None:
    rules = policy(step("again", "after_due", 30, repeat=14))
    owed = account(invoice(), notices=(notice(33, "again"),))
    assert [said(rules, owed, at(n)) for n in (34, 43, 44)] == [None, None, "again"]
    late = look(rules, account(invoice()), at(60)).of(item_id("A"))
    assert (late.level, late.occurrence) == ("again", 2), "two repeats have passed, the last one is said"


def test_age_counts_from_the_issue_day_where_the_policy_says_so() -> None:
    rules = policy(step("it", "after_due", 35), age_from=AgeFrom.ISSUE)  # issued 30 days before it is due
    owed = account(invoice())
    assert [level(rules, owed, at(n)) for n in (4, 5)] == [None, "it"]
    assert level(rules, account(invoice(issued=None)), at(500)) is None


def test_an_invoice_without_a_due_day_is_never_late() -> None:
    rules = policy(step("it", "after_issue", 1), step("later", "after_due", 3))
    decided = look(rules, account(invoice(due=None)), at(400))
    assert (decided.actions, decided.of(item_id("A")).level, decided.of(item_id("A")).days_past_due) == ((), None, None)


def test_due_today_is_not_late() -> None:
    owed = account(invoice())
    assert [look(policy(), owed, at(n)).of(item_id("A")).overdue for n in (-1, 0, 1)] == [False, False, True]
    assert said(policy(step("it", "after_issue", 1)), owed, at(0)) == "it", "a step from the issue day may come before the due day"


def test_words_for_before_the_due_day_are_not_for_after_it() -> None:
    owed, rules = account(invoice()), policy(step("upcoming", "before_due", 3), step("first", "after_due", 3))
    assert [said(rules, owed, at(n)) for n in (-4, -3, 0, 1, 3)] == [None, "upcoming", "upcoming", None, "first"]


@pytest.mark.parametrize(
    ("clock", "leaves"), [("08:59", False), ("09:00", True), ("17:59", True), ("18:00", False), ("23:59", False), ("00:00", False)]
)
def test_hours_open_on_the_first_minute_and_close_before_the_last(clock: str, leaves: bool) -> None:
    owed, rules = account(invoice(), place=BERLIN, at_book=BERLIN), policy(hours="09:00-18:00")
    assert (said(rules, owed, at(3, clock, BERLIN)) is not None) is leaves


@pytest.mark.parametrize(
    ("reached", "leaves"),
    [
        (date(2026, 3, 20), "2026-03-20"),  # a Friday
        (date(2026, 3, 21), "2026-03-23"),  # Saturday
        (date(2026, 3, 22), "2026-03-23"),
        (date(2026, 4, 3), "2026-04-07"),  # Good Friday and Easter Monday
        (date(2026, 5, 1), "2026-05-04"),  # Labour Day, a Friday
    ],
)
def test_weekends_and_public_holidays_put_a_message_off_to_the_next_business_day(reached: date, leaves: str) -> None:
    offset = (reached - DUE).days
    owed = account(invoice(), place=BERLIN, at_book=BERLIN)
    rules = policy(step("it", "after_due", offset), hours="09:00-18:00", business_days=True)
    sent = next(n for n in range(offset, offset + 9) if said(rules, owed, at(n, "09:00", BERLIN)))
    assert day(sent).isoformat() == leaves
    if sent > offset:
        assert "next allowed time" in str(withheld(rules, owed, at(offset, "12:00", BERLIN)))
        assert hint(rules, owed, at(offset, "12:00", BERLIN)) == at(sent, "09:00", BERLIN)


def test_only_the_named_weekdays_are_written_on() -> None:
    owed, rules = account(invoice()), policy(step("it", "after_due", 1), weekdays=(1, 3))  # Tuesday, Thursday
    assert [said(rules, owed, at(n)) for n in (1, 2, 3, 4, 8)] == ["it", None, "it", None, "it"]


def test_a_steps_day_is_a_day_at_the_customers_place() -> None:
    owed = account(invoice(), place=AUCKLAND, at_book=NEW_YORK)
    rules = policy(step("it", "after_due", 3))
    assert level(rules, owed, at(3, "00:00", AUCKLAND)) == "it"
    assert level(rules, owed, at(2, "23:59", AUCKLAND)) is None
    assert at(3, "00:00", AUCKLAND) == at(2, "06:00", NEW_YORK)


def test_an_item_is_late_by_the_books_days_wherever_the_customer_is() -> None:
    owed, rules = account(invoice(), place=AUCKLAND, at_book=NEW_YORK), policy(step("it", "after_due", 1))
    assert level(rules, owed, at(1, "09:00", AUCKLAND)) == "it"
    assert said(rules, owed, at(1, "09:00", AUCKLAND)) is None, "at the seller's place it is the due day still"
    assert said(rules, owed, at(1, "00:00", NEW_YORK)) == "it"
    assert hint(rules, owed, at(1, "09:00", AUCKLAND)) == at(1, "00:00", NEW_YORK)


def test_a_look_comes_when_the_customers_day_begins() -> None:
    owed, rules = account(invoice(), place=AUCKLAND, at_book=NEW_YORK), policy(step("it", "after_due", 3))
    assert hint(rules, owed, at(2, "20:00", AUCKLAND)) == at(3, "00:00", AUCKLAND)


def test_hours_are_the_customers_and_tellings_are_the_books() -> None:
    owed, rules = account(invoice(), place=NEW_YORK, at_book=BERLIN), policy(hours="09:00-18:00")
    assert told(rules, owed, at(3, "09:00", BERLIN)) == [("alert", "first")]
    assert said(rules, owed, at(3, "09:00", BERLIN)) is None
    assert said(rules, owed, at(3, "09:00", NEW_YORK)) == "first"


@pytest.mark.parametrize(
    ("night", "clock", "leaves_utc"),
    [
        (date(2026, 3, 8), time(2, 30), "07:30"),  # New York skips that hour: 03:30 by its clocks
        (date(2026, 11, 1), time(1, 30), "05:30"),  # that hour comes twice: the first time
        (date(2026, 3, 9), time(2, 30), "06:30"),
    ],
)
def test_a_night_in_which_the_clocks_change_has_its_hour_once(night: date, clock: time, leaves_utc: str) -> None:
    offset = (night - DUE).days
    rules = policy(step("it", "after_due", offset), hours=f"{clock:%H:%M}-20:00")
    owed = account(invoice(), place=NEW_YORK, at_book=NEW_YORK)
    opening = at(offset, leaves_utc, UTC_PLACE)
    assert hint(rules, owed, at(offset - 1, "23:00", NEW_YORK)) == opening
    minute = timedelta(minutes=1)
    assert [said(rules, owed, opening + n * minute) for n in (-1, 0)] == [None, "it"]


def test_a_day_that_begins_at_one_o_clock_begins() -> None:
    beirut = Place("Asia/Beirut", "LB")  # clocks go forward at midnight, 29 March 2026
    owed, rules = account(invoice(), place=beirut, at_book=beirut), policy(step("it", "after_due", 27))
    assert hint(rules, owed, at(26, "12:00", beirut)) == at(26, "22:00", UTC_PLACE)
    assert said(rules, owed, at(26, "22:00", UTC_PLACE)) == "it"


def test_after_an_outage_the_highest_step_reached_is_said_once() -> None:
    owed, rules = account(invoice()), policy()
    assert said(rules, owed, at(20)) == "second"
    after = account(invoice(), notices=(notice(20, "second"),))
    assert [said(rules, after, at(n)) for n in (21, 25, 30)] == [None, None, None]
    assert said(rules, after, at(31)) == "final"


@pytest.mark.parametrize("offset", [3, 4])
def test_a_policy_that_skips_after_an_outage_says_a_step_on_its_day_or_never(offset: int) -> None:
    owed, rules = account(invoice()), policy(after_outage=CatchUp.SKIP)
    assert said(rules, owed, at(offset)) == ("first" if offset == 3 else None)
    weekend = policy(step("it", "after_due", 5), after_outage=CatchUp.SKIP, business_days=True)  # a Saturday
    assert [said(weekend, owed, at(n)) for n in (5, 6, 7, 8)] == [None, None, "it", None]
    seen_late = account(invoice(seen=30))
    assert [said(rules, seen_late, at(n)) for n in (30, 31)] == ["second", None]


def test_the_same_step_is_never_said_twice() -> None:
    rules = policy()
    owed = account(invoice(), notices=(notice(3),))
    assert [said(rules, owed, at(n)) for n in range(3, 10)] == [None] * 7
    higher = account(invoice(), notices=(notice(3, "second"),))
    assert said(rules, higher, at(5)) is None, "a step below one that was said is not said any more"


def test_two_decisions_at_one_instant_are_equal() -> None:
    owed = account(invoice(), invoice("B", due=5))
    assert look(policy(), owed, at(4)) == look(policy(), owed, at(4))


def test_upcoming_items_stand_in_a_second_section_or_alone() -> None:
    both = account(invoice(), invoice("B", due=6), invoice("C", due=5))
    found = message(look(policy(), both, at(3)))
    assert found is not None
    assert (found.step, numbers(both, found.items), numbers(both, found.upcoming)) == ("first", ["A"], ["C", "B"])
    alone = account(invoice("B", due=6))
    found = message(look(policy(), alone, at(3)))
    assert found is not None
    assert (found.step, found.items, numbers(alone, found.upcoming)) == ("upcoming", (), ["B"])
    quiet = account(invoice(), invoice("B", due=7), notices=(notice(3),))
    found = message(look(policy(), quiet, at(4)))
    assert found is not None
    assert (found.step, found.items) == ("upcoming", ()), "what was said already is not said again because of it"


def test_an_upcoming_item_is_said_once() -> None:
    owed = account(invoice(), notices=(notice(-3, "upcoming"),))
    assert said(policy(), owed, at(-2)) is None


def test_the_level_does_not_wait_for_a_message() -> None:
    owed = account(invoice(), emails=())
    assert [level(policy(), owed, at(n)) for n in (-4, -3, 2, 3, 9, 10, 45)] == [
        None,
        "upcoming",
        "upcoming",
        "first",
        "first",
        "second",
        "handover",
    ]
    assert [state(policy(), owed, at(n)) for n in (-4, -3)] == ["open", "chasing"]
