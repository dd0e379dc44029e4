"""Snoozes, escalations, plans, first contact and stale balances: what is silent, until when, and what is made up for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workflows.domain.accounts import (
    AUCKLAND,
    BERLIN,
    NEW_YORK,
    account,
    at,
    day,
    escalation,
    hint,
    invoice,
    item_id,
    level,
    look,
    message,
    notice,
    numbers,
    paid,
    plan,
    policy,
    raised,
    said,
    snooze,
    state,
    step,
    told,
    withheld,
)
from workflows.domain.account import NoticeState, PlanState
from workflows.domain.policy import CatchUp, FirstContact, Sequence

CATCH_UP = policy(after_pause=CatchUp.CATCH_UP)
MINUTE = timedelta(minutes=1)


def test_a_snooze_ends_at_the_start_of_its_day_in_the_books_zone() -> None:
    owed = account(invoice(), at_book=BERLIN, place=NEW_YORK, snoozes=(snooze(12, since=5),))
    assert state(policy(), owed, at(12, "00:00", BERLIN) - MINUTE) == "snoozed"
    assert state(policy(), owed, at(12, "00:00", BERLIN)) == "chasing"
    assert hint(policy(), owed, at(11, "20:00", BERLIN)) == at(12, "00:00", BERLIN)


def test_a_snoozed_item_keeps_its_level_and_nothing_is_said_of_it() -> None:
    owed = account(invoice(), invoice("B", due=1), snoozes=(snooze(12, since=5),))
    assert [level(policy(), owed, at(n)) for n in (5, 10, 11)] == ["first", "second", "second"]
    found = message(look(policy(), owed, at(6)))
    assert found is not None
    assert numbers(owed, found.items) == ["B"]
    assert told(policy(), account(invoice(), snoozes=(snooze(12, since=5),)), at(10)) == []


def test_what_fell_in_a_snooze_is_not_caught_up() -> None:
    owed = account(invoice(), snoozes=(snooze(12, since=9),), notices=(notice(3),))
    assert [said(policy(), owed, at(n)) for n in (10, 11, 12, 13, 22)] == [None] * 5
    assert "not caught up" in look(policy(), owed, at(12)).of(item_id("A")).because
    assert ("alert", "second") not in told(policy(), owed, at(12))


@pytest.mark.parametrize(("until", "expected"), [(9, "second"), (10, "second"), (11, None)])
def test_a_step_on_the_day_a_snooze_ends_is_said_and_one_before_is_not(until: int, expected: str | None) -> None:
    assert said(policy(), account(invoice(), snoozes=(snooze(until, since=4),), notices=(notice(3),)), at(11)) == expected


def test_a_policy_that_catches_up_says_the_highest_step_once_after_a_snooze() -> None:
    owed = account(invoice(), snoozes=(snooze(12, since=2),))
    assert [said(CATCH_UP, owed, at(n)) for n in (11, 12)] == [None, "second"]
    after = replace(owed, notices=(notice(12, "second"),))
    assert [said(CATCH_UP, after, at(n)) for n in (13, 22, 23)] == [None, None, "final"]
    silenced = look(CATCH_UP, owed, at(4)).of(item_id("A")).next
    assert silenced is not None
    assert (silenced.step, silenced.day) == ("second", day(12))


def test_after_previous_counts_from_the_end_of_the_snooze_that_let_the_step_before_go() -> None:
    owed = account(invoice(), snoozes=(snooze(12, since=9),), notices=(notice(3),))
    assert [said(policy(), owed, at(n)) for n in (22, 23)] == [None, "final"]
    unsaid = account(invoice(), emails=(), snoozes=(snooze(12, since=9),))
    assert level(CATCH_UP, unsaid, at(30)) == "second", "a policy that catches up waits until the step before was sent"


def test_a_snooze_that_was_replaced_counts_up_to_its_replacement() -> None:
    replaced = (snooze(30, since=5, ended=at(6)), snooze(8, since=6))
    owed = account(invoice(), snoozes=replaced)
    assert [state(policy(), owed, at(n)) for n in (7, 8)] == ["snoozed", "chasing"]
    longer = account(invoice(), snoozes=(snooze(8, since=5, ended=at(6)), snooze(30, since=6)))
    assert state(policy(), longer, at(8)) == "snoozed"


def test_an_item_woken_early_goes_on_from_that_day() -> None:
    woken = account(invoice(), snoozes=(snooze(30, since=5, ended=at(9)),), notices=(notice(3),))
    assert [said(policy(), woken, at(n)) for n in (9, 10)] == [None, "second"]
    assert ("alert", "woke") not in told(policy(), woken, at(31)), "staff woke it themselves"
    let_go = account(invoice(), snoozes=(snooze(30, since=5, ended=at(11)),), notices=(notice(3),))
    assert said(policy(), let_go, at(11)) is None


def test_of_several_snoozes_the_latest_end_counts() -> None:
    owed = account(invoice(), snoozes=(snooze(13, since=9), snooze(6, since=4)), notices=(notice(3),))
    assert said(policy(), owed, at(13)) is None


def test_a_repeat_whose_day_fell_in_a_snooze_is_not_caught_up() -> None:
    rules = policy(step("again", "after_due", 30, repeat=14))
    owed = account(invoice(), snoozes=(snooze(46, since=40),), notices=(notice(30, "again"),))
    assert [said(rules, owed, at(n)) for n in (44, 46, 57, 58)] == [None, None, None, "again"]
    assert hint(rules, owed, at(46)) == at(58, "00:00")


def test_a_snooze_ended_on_the_day_it_was_set_lets_nothing_go() -> None:
    owed = account(invoice(), snoozes=(snooze(30, since=5, ended=at(5, "11:00")),))
    assert said(policy(), owed, at(5)) == "first"


def test_the_end_of_a_snooze_is_told_once_and_again_after_the_next() -> None:
    ended = snooze(12, since=5)
    owed = account(invoice(), snoozes=(ended,), raised=(raised("first"),))
    assert told(policy(), owed, at(11)) == []
    assert told(policy(), owed, at(12)) == [("alert", "woke")]
    heard = replace(owed, raised=(*owed.raised, raised("woke", occurrence=day(12).toordinal())))
    assert told(policy(), heard, at(13)) == []
    again = replace(heard, snoozes=(ended, snooze(20, since=14)))
    assert [told(policy(), again, at(n)) for n in (19, 20)] == [[], [("alert", "woke")]]
    settled = replace(owed, payments=(paid("100.00"),))
    assert told(policy(), settled, at(12)) == []


def test_the_paid_and_the_planned_come_before_the_snoozed() -> None:
    owed = account(invoice(), snoozes=(snooze(12, since=5),), plans=(plan((20, "100.00"), since=4),))
    assert state(policy(), owed, at(6)) == "on_plan"
    assert state(policy(), replace(owed, payments=(paid("100.00"),)), at(6)) == "settled"
    held = account(invoice(), snoozes=(snooze(12, since=5),), escalations=(escalation(5),))
    assert state(policy(), held, at(6)) == "escalated"


def test_an_escalated_item_waits_until_it_is_handed_back() -> None:
    owed = account(invoice(), escalations=(escalation(4),), notices=(notice(3),))
    assert [(state(policy(), owed, at(n)), said(policy(), owed, at(n)), told(policy(), owed, at(n))) for n in (4, 10, 50)] == [
        ("escalated", None, [])
    ] * 3
    assert level(policy(), owed, at(10)) == "second"
    back = account(invoice(), escalations=(escalation(4, ended=at(12)),), notices=(notice(3),))
    assert [said(policy(), back, at(n)) for n in (12, 22, 23)] == [None, None, "final"]
    early = account(invoice(), escalations=(escalation(4, ended=at(9)),), notices=(notice(3),))
    assert said(policy(), early, at(10)) == "second"


def test_under_a_running_plan_only_the_instalments_are_chased() -> None:
    rules = policy(step("late", "after_instalment", 3), *policy().steps)
    owed = account(invoice(), plans=(plan((10, "50.00"), (40, "50.00"), since=2),), payments=(paid("50.00", on=9),))
    assert [(state(rules, owed, at(n)), level(rules, owed, at(n)), said(rules, owed, at(n))) for n in (3, 13)] == [
        ("on_plan", None, None)
    ] * 2
    assert [state(rules, owed, at(13), f"A/{n}") for n in (1, 2)] == ["settled", "open"]
    found = message(look(rules, owed, at(43)))
    assert found is not None
    assert (found.step, numbers(owed, found.items)) == ("late", ["A/2"])


def test_an_offered_plan_holds_reminders_for_seven_days() -> None:
    owed = account(invoice(), plans=(plan((10, "100.00"), state=PlanState.PROPOSED, since=2),))
    assert state(policy(), owed, at(9) - MINUTE) == "on_plan"
    assert state(policy(), owed, at(9)) == "chasing"
    assert hint(policy(), owed, at(8)) == at(9)
    assert said(policy(), owed, at(9)) == "first", "an offer that nobody answered is like a broken promise: the highest step, once"
    assert [item.item.number for item in look(policy(), owed, at(3)).items] == ["A"], "instalments that were only offered are no items"


@pytest.mark.parametrize("how", [PlanState.DECLINED, PlanState.CANCELLED])
def test_a_plan_that_ended_lets_go_what_fell_into_it(how: PlanState) -> None:
    owed = account(invoice(), plans=(plan((30, "100.00"), state=how, since=2, ended=at(5)),))
    assert [said(policy(), owed, at(n)) for n in (5, 9, 10)] == [None, None, "second"]


REVIEWED = policy(first_contact=FirstContact.REVIEW)


def test_an_account_already_overdue_when_first_read_waits_for_its_release() -> None:
    owed = account(invoice(seen=5), invoice("B", due=12, seen=5))
    assert told(REVIEWED, owed, at(5)) == [("review", "")]
    assert [said(REVIEWED, owed, at(n)) for n in (5, 9, 30)] == [None, None, None]
    assert "manager has to release" in look(REVIEWED, owed, at(5)).of(item_id("A")).because
    assert look(REVIEWED, owed, at(5)).of(item_id("A")).next is None
    released = replace(owed, released_at=at(20))
    assert said(REVIEWED, released, at(20)) == "second", "the highest step reached"
    assert said(REVIEWED, replace(released, notices=(notice(20, "second"),)), at(24)) is None, "once"


@pytest.mark.parametrize(("seen", "waits"), [(0, False), (1, True)])
def test_first_contact_is_judged_by_the_day_it_was_first_read(seen: int, waits: bool) -> None:
    assert (said(REVIEWED, account(invoice(seen=seen)), at(3)) is None) is waits
    assert said(policy(), account(invoice(seen=seen)), at(3)) == "first"


def test_first_contact_is_judged_once_by_the_first_batch() -> None:
    later_older = account(invoice("B", due=20, seen=5), invoice(seen=30))
    assert said(REVIEWED, later_older, at(30)) == "second"
    paid_before = account(invoice(seen=5), invoice("B", due=6, seen=5), payments=(paid("100.00", on=4),))
    assert said(REVIEWED, paid_before, at(9)) == "first", "nothing was overdue when it was first read"
    paid_after = account(invoice(seen=5), invoice("B", due=6, seen=6), payments=(paid("100.00", on=6),))
    assert said(REVIEWED, paid_after, at(9)) is None, "it was: the account waits for its release"


def test_a_waiting_account_with_nothing_late_left_asks_nobody() -> None:
    owed = account(invoice(seen=5), payments=(paid("100.00", on=6),))
    assert told(REVIEWED, owed, at(9)) == []


def test_a_message_leaves_only_on_fresh_balances_to_the_minute() -> None:
    owed = account(invoice(), fresh_until=at(3, "12:00"))
    assert said(policy(), owed, at(3, "11:59")) == "first"
    assert said(policy(), owed, at(3, "12:00")) is None
    assert "not fresh" in str(withheld(policy(), owed, at(3, "12:00")))
    assert told(policy(), owed, at(3, "12:00")) == [("alert", "first")], "staff may know all the same"
    assert hint(policy(), owed, at(4)) == at(10, "00:00")
    assert "newer file" in look(policy(), owed, at(4)).of(item_id("A")).because


def test_an_escalation_by_the_policy_comes_once_and_not_after_one_by_hand() -> None:
    owed = account(invoice(), notices=(notice(3), notice(10, "second"), notice(21, "final")))
    assert [told(policy(), owed, at(n)) for n in (44, 45, 46)] == [[], [("escalate", "handover")], [("escalate", "handover")]]
    assert told(policy(), replace(owed, raised=(raised("handover"),)), at(46)) == []
    assert told(policy(), replace(owed, escalations=(escalation(45, ended=at(50)),)), at(50)) == []
    assert told(policy(), replace(owed, escalations=(escalation(30, ended=at(40)),)), at(45)) == [("escalate", "handover")]
    assert told(policy(), replace(owed, escalations=(escalation(30, ended=at(46)),)), at(46)) == [], "its day fell into the one by hand"
    early = account(invoice(), at_book=AUCKLAND, place=AUCKLAND, raised=(raised("first"), raised("second")))
    assert told(policy(hours="09:00-18:00"), early, at(45, "08:59", AUCKLAND)) == []
    assert hint(policy(hours="09:00-18:00"), early, at(45, "08:59", AUCKLAND)) == at(45, "09:00", AUCKLAND)


def test_what_is_handed_to_a_manager_is_not_asked_for_in_the_same_breath() -> None:
    owed = account(invoice(), invoice("B", due=40))
    decided = look(policy(), owed, at(45))
    assert [action.kind.value for action in decided.actions] == ["alert", "escalate"]
    assert decided.next_look_at == at(45) + MINUTE
    after = replace(owed, escalations=(escalation(45),))
    found = message(look(policy(), after, at(45)))
    assert found is not None
    assert numbers(after, found.items) == ["B"]


def test_a_message_waits_for_what_is_handed_over_where_each_goes_its_own_way() -> None:
    rules = policy(sequence=Sequence.INVOICE)
    owed = account(invoice(), invoice("B", due=42))
    assert (said(rules, owed, at(45)), told(rules, owed, at(45))) == (None, [("alert", "first"), ("escalate", "handover")])
    after = replace(owed, escalations=(escalation(45),))
    assert said(rules, after, at(45)) == "first"


def test_an_item_handed_back_on_the_day_of_its_handover_is_not_handed_over_again() -> None:
    owed = account(invoice(), escalations=(escalation(45, ended=at(45, "12:00")),))
    assert [told(policy(), owed, at(n, "13:00")) for n in (45, 46)] == [[], []]


def test_a_step_that_writes_and_escalates_writes_first() -> None:
    rules = policy(step("last", "after_due", 5, "alert", "remind", "escalate"))
    owed = account(invoice())
    assert (said(rules, owed, at(5)), told(rules, owed, at(5))) == ("last", [])
    written = replace(owed, notices=(notice(5, "last"),))
    assert (said(rules, written, at(5)), told(rules, written, at(5))) == (None, [("escalate", "last")])
    queued = replace(owed, notices=(notice(5, "last", state=NoticeState.QUEUED),))
    assert told(rules, queued, at(5)) == [], "it has not left yet"
    unreachable = account(invoice(), emails=())
    assert told(rules, unreachable, at(5)) == [("escalate", "last")], "what cannot be written holds nothing up"
    stale = account(invoice(), fresh_until=at(4))
    assert told(rules, stale, at(5)) == [("escalate", "last")]
    waits = policy(*rules.steps, hours="12:00-18:00")
    assert told(waits, owed, at(5, "13:00")) == []


def test_staff_are_told_once_per_step_over_all_items_that_reached_it() -> None:
    owed = account(invoice(), invoice("B"), invoice("C", due=-10))
    alerts = [action for action in look(policy(), owed, at(3)).actions if action.kind.value == "alert"]
    assert [(action.step, numbers(owed, action.items)) for action in alerts] == [("first", ["A", "B"]), ("second", ["C"])]
    heard = replace(owed, raised=(raised("first"), raised("second", "C")))
    assert [(action.step, numbers(owed, action.items)) for action in look(policy(), heard, at(3)).actions[:1]] == [("first", ["B"])]


def test_staff_are_told_in_the_books_hours() -> None:
    owed, rules = account(invoice(), at_book=BERLIN, place=BERLIN), policy(hours="09:00-18:00")
    assert told(rules, owed, at(3, "08:59", BERLIN)) == []
    assert hint(rules, owed, at(3, "08:59", BERLIN)) == at(3, "09:00", BERLIN)
    assert told(rules, owed, at(3, "09:00", BERLIN)) == [("alert", "first")]


def test_staff_are_told_of_a_step_before_the_due_day_where_the_policy_alerts() -> None:
    rules = policy(step("soon", "before_due", 2, "alert"))
    assert [told(rules, account(invoice()), at(n)) for n in (-3, -2)] == [[], [("alert", "soon")]]


def test_a_late_instalment_is_told_of_however_small() -> None:
    rules = policy(step("late", "after_instalment", 1, "alert"), minimum_count=5)
    owed = account(
        invoice(),
        plans=(
            plan(
                (10, "100.00"),
            ),
        ),
    )
    assert [told(rules, owed, at(n)) for n in (10, 11)] == [[], [("alert", "late")]]
