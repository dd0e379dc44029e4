"""Promises, disputes and holds: what is silent, until when, what they come to, and what is made up for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.workflows.domain.accounts import (
    ANA,
    BERLIN,
    NEW_YORK,
    account,
    at,
    credited,
    day,
    dispute,
    escalation,
    hint,
    hold,
    invoice,
    item_id,
    level,
    look,
    message,
    minimum,
    notice,
    numbers,
    paid,
    plan,
    policy,
    promise,
    raised,
    said,
    says_paid,
    snooze,
    state,
    step,
    told,
)
from workflows.domain.account import Account, Payment
from workflows.domain.claims import PromiseEnd
from workflows.domain.policy import CatchUp, Policy
from workflows.domain.promises import Fate, fate

MINUTE = timedelta(minutes=1)
CATCH_UP = policy(after_pause=CatchUp.CATCH_UP)
FRIDAY, TUESDAY, WEDNESDAY = 11, 15, 16  # 13, 17 and 18 March 2026


def became(owed: Account, today: int, **keys: Any) -> list[str]:
    return [fate(one, policy(**keys), owed, day(today)).value for one in owed.promises]


# Promises ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        ((TUESDAY, "100.00"), "kept"),
        ((WEDNESDAY, "100.00"), "broken"),
        ((TUESDAY, "40.00"), "partly kept"),
        ((5, "100.00"), "kept"),
        ((4, "100.00"), "broken"),
        (None, "broken"),
    ],
)
def test_money_from_its_day_to_the_second_business_day_after_it_keeps_a_promise(money: tuple[int, str] | None, expected: str) -> None:
    payments = (paid(money[1], on=money[0]),) if money else ()
    owed = account(invoice("A", "300.00"), promises=(promise(FRIDAY, since=5),), payments=payments)
    assert became(owed, WEDNESDAY) == [expected]


@pytest.mark.parametrize(("today", "expected"), [(FRIDAY, "running"), (TUESDAY, "running"), (WEDNESDAY, "broken")])
def test_a_promise_runs_to_the_end_of_its_grace(today: int, expected: str) -> None:
    assert became(account(invoice(), promises=(promise(FRIDAY),)), today) == [expected]


@pytest.mark.parametrize(("amount", "expected"), [("99.90", "kept"), ("99.89", "partly kept"), ("100.00", "kept")])
def test_a_promise_is_kept_less_the_tolerance(amount: str, expected: str) -> None:
    owed = account(invoice("A", "300.00"), promises=(promise(FRIDAY),), payments=(paid(amount, on=3),))
    assert became(owed, WEDNESDAY, tolerance=minimum(EUR="0.10")) == [expected]


def test_only_money_for_its_items_and_in_its_currency_keeps_a_promise() -> None:
    items = (invoice("A", "300.00"), invoice("B"))
    other = (paid("100.00", "B", on=3), paid("100.00", None, on=3), paid("100.00", "A", on=3, currency="USD"))
    assert became(account(*items, promises=(promise(FRIDAY),), payments=other), WEDNESDAY) == ["broken"]
    assert became(account(*items, promises=(promise(FRIDAY, "100.00", "A", "B"),), payments=other), WEDNESDAY) == ["kept"]
    assert became(account(*items, promises=(promise(FRIDAY),), credits=(credited("100.00", on=3),)), WEDNESDAY) == ["kept"]
    bounced = (paid("100.00", on=3), Payment(-paid("100.00").amount, day(6), item_id("A")))
    assert became(account(*items, promises=(promise(FRIDAY),), payments=bounced), WEDNESDAY) == ["broken"]


def test_a_tolerance_larger_than_the_promise_keeps_nothing_by_itself() -> None:
    assert became(account(invoice(), promises=(promise(FRIDAY, "0.05"),)), WEDNESDAY, tolerance=minimum(EUR="0.10")) == ["broken"]


def test_a_promise_that_was_replaced_counts_for_nothing_and_one_replaced_twice_is_broken() -> None:
    first = promise(8, since=0, ended=at(4), how=PromiseEnd.REPLACED)
    second = promise(12, since=4, ended=at(9), how=PromiseEnd.REPLACED)
    third = promise(16, since=9)
    owed = account(invoice(), promises=(first, replace(second, ended_at=None, ended_how=None)))
    assert became(owed, 5) == [Fate.REPLACED, Fate.RUNNING]
    assert became(replace(owed, promises=(first, second, third)), 10) == [Fate.REPLACED, Fate.BROKEN, Fate.RUNNING]
    cancelled = promise(8, since=0, ended=at(4))
    assert became(replace(owed, promises=(cancelled,)), 20) == [Fate.CANCELLED]


def test_a_promised_item_keeps_its_level_and_nothing_is_said_of_it() -> None:
    owed = account(invoice(), invoice("B"), promises=(promise(FRIDAY, since=5),), raised=(raised("first", "B"),))
    assert [(state(policy(), owed, at(n)), level(policy(), owed, at(n))) for n in (5, 10, TUESDAY)] == [
        ("promised", "first"),
        ("promised", "second"),
        ("promised", "second"),
    ]
    found = message(look(policy(), owed, at(6)))
    assert found is not None
    assert numbers(owed, found.items) == ["B"]
    assert told(policy(), owed, at(6)) == []


def test_a_promise_ends_in_the_books_zone_and_is_looked_at_then() -> None:
    owed = account(invoice(), at_book=BERLIN, place=NEW_YORK, promises=(promise(FRIDAY, since=5),))
    assert state(policy(), owed, at(WEDNESDAY, "00:00", BERLIN) - MINUTE) == "promised"
    assert state(policy(), owed, at(WEDNESDAY, "00:00", BERLIN)) == "chasing"
    assert hint(policy(), owed, at(TUESDAY, "20:00", BERLIN)) == at(WEDNESDAY, "00:00", BERLIN)


@pytest.mark.parametrize("rules", [policy(), CATCH_UP, policy(after_outage=CatchUp.SKIP)], ids=["skips", "catches up", "no outages"])
def test_after_a_broken_promise_the_highest_step_is_said_once_and_staff_are_told_once(rules: Policy) -> None:
    owed = account(invoice(), promises=(promise(FRIDAY, since=2),), raised=(raised("second"),))
    assert [said(rules, owed, at(n)) for n in (3, 10, TUESDAY, WEDNESDAY)] == [None, None, None, "second"]
    assert [told(rules, owed, at(n)) for n in (TUESDAY, WEDNESDAY)] == [[], [("alert", "promise_broken")]]
    after = replace(
        owed, notices=(notice(WEDNESDAY, "second"),), raised=(*owed.raised, raised("promise_broken", occurrence=day(WEDNESDAY).toordinal()))
    )
    assert [said(rules, after, at(n)) for n in (WEDNESDAY + 1, WEDNESDAY + 11)] == [None, "final"]
    assert told(rules, after, at(WEDNESDAY + 1)) == []


def test_a_promise_kept_in_part_is_told_of_and_caught_up_as_a_broken_one() -> None:
    owed = account(invoice(), promises=(promise(FRIDAY, since=2),), payments=(paid("40.00", on=12),), raised=(raised("second"),))
    assert said(policy(), owed, at(WEDNESDAY)) == "second"
    assert told(policy(), owed, at(WEDNESDAY)) == [("alert", "promise_broken")]


def test_after_a_promise_that_was_kept_for_a_part_what_fell_into_it_is_let_go() -> None:
    owed = account(
        invoice(), promises=(promise(FRIDAY, "40.00", since=2),), payments=(paid("40.00", on=12),), notices=(notice(1, "upcoming"),)
    )
    assert [said(policy(), owed, at(n)) for n in (WEDNESDAY, WEDNESDAY + 3)] == [None, None]
    assert told(policy(), owed, at(WEDNESDAY)) == []
    assert said(CATCH_UP, owed, at(WEDNESDAY)) == "second"


def test_a_promise_cancelled_by_staff_lets_go_what_fell_into_it_unless_it_is_caught_up() -> None:
    owed = account(invoice(), promises=(promise(20, since=2, ended=at(5)),))
    assert [state(policy(), owed, at(n)) for n in (4, 5)] == ["chasing", "chasing"]
    assert [said(policy(), owed, at(n)) for n in (5, 9, 10)] == [None, None, "second"]
    assert said(CATCH_UP, owed, at(5)) == "first"
    same_day = account(invoice(), promises=(promise(20, since=5, ended=at(5, "11:00")),))
    assert said(policy(), same_day, at(5, "12:00")) == "first", "a slip of the hand"


def test_the_card_says_what_comes_if_the_promise_is_not_kept() -> None:
    owed = account(invoice(), promises=(promise(FRIDAY, since=2),))
    decided = look(policy(), owed, at(5)).of(item_id("A"))
    assert decided.next is not None
    assert (decided.next.step, decided.next.day) == ("second", day(WEDNESDAY))
    assert decided.promise is not None
    assert (decided.promise.fate, decided.promise.ends_on) == (Fate.RUNNING, day(WEDNESDAY))


# Disputes ------------------------------------------------------------------------------------------------------------------


def test_a_disputed_item_is_silent_until_it_is_settled_and_stays_overdue() -> None:
    owed = account(invoice(), invoice("B", due=1), disputes=(dispute(4),))
    assert [(state(policy(), owed, at(n)), level(policy(), owed, at(n))) for n in (4, 50)] == [
        ("disputed", "first"),
        ("disputed", "handover"),
    ]
    decided = look(policy(), owed, at(11))
    assert [one.item.number for one in decided.items if one.overdue] == ["A", "B"]
    found = message(decided)
    assert found is not None
    assert numbers(owed, found.items) == ["B"]
    assert decided.of(item_id("A")).next is None
    assert "wrong price" in decided.of(item_id("A")).because


def test_what_fell_in_a_dispute_is_let_go_unless_the_policy_catches_up() -> None:
    owed = account(invoice(), disputes=(dispute(9, ended=at(12)),), notices=(notice(3),))
    assert [said(policy(), owed, at(n)) for n in (12, 13, 23)] == [None, None, "final"]
    assert said(CATCH_UP, owed, at(12)) == "second"


# Holds ---------------------------------------------------------------------------------------------------------------------


def test_a_hold_ends_at_the_start_of_its_day_in_the_books_zone_and_staff_are_told_once() -> None:
    owed = account(invoice(), at_book=BERLIN, place=NEW_YORK, holds=(hold(12, since=5),), notices=(notice(10, "second"),))
    assert state(policy(), owed, at(12, "00:00", BERLIN) - MINUTE) == "held"
    assert state(policy(), owed, at(12, "00:00", BERLIN)) == "chasing"
    assert hint(policy(), owed, at(11, "20:00", BERLIN)) == at(12, "00:00", BERLIN)
    heard = replace(owed, raised=(raised("second"),))
    assert told(policy(), heard, at(12, place=BERLIN)) == [("alert", "hold_over")]
    done = replace(heard, raised=(*heard.raised, raised("hold_over", occurrence=day(12).toordinal())))
    assert told(policy(), done, at(13)) == []


def test_a_hold_without_an_end_stays_until_it_is_released() -> None:
    owed = account(invoice(), holds=(hold(since=4),))
    assert [(state(policy(), owed, at(n)), said(policy(), owed, at(n)), told(policy(), owed, at(n))) for n in (4, 60)] == [
        ("held", None, [])
    ] * 2
    assert look(policy(), owed, at(5)).of(item_id("A")).next is None
    released = account(invoice(), holds=(hold(since=4, ended=at(9)),), notices=(notice(3),))
    assert [said(policy(), released, at(n)) for n in (9, 10)] == [None, "second"]
    assert told(policy(), released, at(9)) == []


def test_a_hold_on_the_customer_silences_everything_of_theirs_and_tells_once() -> None:
    owed = account(invoice(), invoice("B", due=2), holds=(hold(8, item=None, since=2),), raised=(raised("first"), raised("first", "B")))
    assert [state(policy(), owed, at(5), number) for number in "AB"] == ["held", "held"]
    assert said(policy(), owed, at(5)) is None
    over = [action for action in look(policy(), owed, at(8)).actions if action.step == "hold_over"]
    assert [numbers(owed, action.items) for action in over] == [["A", "B"]]


def test_what_fell_in_a_hold_is_let_go_unless_the_policy_catches_up() -> None:
    owed = account(invoice(), holds=(hold(12, since=9),), notices=(notice(3),))
    assert [said(policy(), owed, at(n)) for n in (12, 13)] == [None, None]
    assert said(CATCH_UP, owed, at(12)) == "second"


def test_a_hold_or_dispute_of_an_invoice_stands_over_the_instalments_of_its_plan() -> None:
    rules = policy(step("late", "after_instalment", 3), *policy().steps)
    owed = account(invoice(), plans=(plan((5, "100.00"), since=2),))
    assert said(rules, owed, at(8)) == "late"
    for silent, word in ((replace(owed, disputes=(dispute(4),)), "disputed"), (replace(owed, holds=(hold(since=4),)), "held")):
        assert (said(rules, silent, at(8)), state(rules, silent, at(8), "A/1"), state(rules, silent, at(8))) == (None, word, word)
        assert level(rules, silent, at(8)) is None, "the plan covers it"


@pytest.mark.parametrize(("money", "expected"), [((), "held"), ((paid("10.00", on=1),), "chasing"), ((paid("10.00", "B"),), "held")])
def test_money_ends_the_hold_of_a_customer_who_says_that_it_is_paid(money: tuple[Payment, ...], expected: str) -> None:
    """Whatever day the money bears: they may have paid before they said so."""
    owed = account(invoice(), invoice("B", due=30), holds=(says_paid(10, since=3),), payments=money)
    assert state(policy(), owed, at(5)) == expected
    before = replace(owed, holds=(says_paid(10, since=3, had="10.00"),))
    assert state(policy(), before, at(5)) == "held", "what had been paid before ends nothing"


def test_when_no_money_comes_staff_are_told_at_the_end_and_not_when_it_came() -> None:
    owed = account(invoice(), holds=(says_paid(10, since=3),), raised=(raised("first"), raised("second")))
    assert [told(policy(), owed, at(n)) for n in (9, 10)] == [[], [("alert", "hold_over")]]
    assert any("no money came" in action.because for action in look(policy(), owed, at(10)).actions)
    assert told(policy(), replace(owed, payments=(paid("10.00", on=8),)), at(10)) == []


def test_what_fell_between_the_word_and_the_money_is_let_go() -> None:
    owed = account(invoice(), holds=(says_paid(12, since=2),), payments=(paid("10.00", on=5),), notices=(notice(1, "upcoming"),))
    assert [said(policy(), owed, at(n)) for n in (5, 10)] == [None, "second"]


# Together ------------------------------------------------------------------------------------------------------------------


def test_of_several_the_stronger_names_the_state() -> None:
    facts: dict[str, dict[str, Any]] = {
        "snoozed": {"snoozes": (snooze(30, since=4),)},
        "promised": {"promises": (promise(30, since=4),)},
        "escalated": {"escalations": (escalation(4),)},
        "on_plan": {"plans": (plan((40, "100.00"), since=4),)},
        "disputed": {"disputes": (dispute(4),)},
        "held": {"holds": (hold(since=4),)},
        "settled": {"payments": (paid("100.00", on=4),)},
    }
    owed = account(invoice())
    for word, fact in facts.items():
        owed = replace(owed, **fact)
        assert state(policy(), owed, at(6)) == word


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"snoozes": (snooze(8, since=4),)}, {"promises": (promise(FRIDAY, since=4),)}),
        ({"holds": (hold(8, since=4),)}, {"snoozes": (snooze(WEDNESDAY, since=4),)}),
        ({"promises": (promise(4, since=4),)}, {"holds": (hold(WEDNESDAY, since=4),)}),
    ],
)
def test_the_end_of_each_is_looked_at_and_the_last_one_lets_it_go_on(first: dict[str, Any], second: dict[str, Any]) -> None:
    owed = account(invoice(), raised=(raised("first"), raised("second")), **first, **second)
    assert state(policy(), owed, at(WEDNESDAY) - timedelta(days=1)) not in {"open", "chasing"}
    assert state(policy(), owed, at(WEDNESDAY)) == "chasing"
    now: datetime | None = at(5)
    for _ in range(8):
        now = hint(policy(), owed, now) if now else None
        if now == at(WEDNESDAY, "00:00"):
            return
    raise AssertionError("the end of the last pause was never looked at")


def test_a_broken_promise_behind_a_dispute_is_told_when_the_dispute_is_settled() -> None:
    owed = account(invoice(), promises=(promise(3, since=1),), disputes=(dispute(2),))
    assert told(policy(), owed, at(8)) == []
    settled = replace(owed, disputes=(dispute(2, ended=at(8)),))
    assert ("alert", "promise_broken") in told(policy(), settled, at(9))
    assert promise(3).by == ANA
