"""Gaps, minimum sums, attempts, money on account, and which items a message lists in which order."""

from __future__ import annotations

from dataclasses import replace
from uuid import NAMESPACE_OID

import pytest

from tests.workflows.domain.accounts import (
    ANA,
    AUCKLAND,
    account,
    at,
    credited,
    day,
    hint,
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
    raised,
    said,
    state,
    step,
    told,
)
from workflows.domain.account import Account, ListedItem, NoticeState
from workflows.domain.decision import ActionKind
from workflows.domain.ids import TaskId
from workflows.domain.policy import OnAccount, Policy, Sequence
from workflows.domain.tasks import Task

DAILY = policy(step("it", "after_due", 1, repeat=1))


def asked(rules: Policy, owed: Account, offset: int) -> list[str]:
    found = message(look(rules, owed, at(offset)))
    return [] if found is None else [str(amount) for amount in found.amounts]


@pytest.mark.parametrize(("gap", "days"), [(0, [2, 3]), (1, [2, 3]), (2, [3, 4]), (4, [5, 6])])
def test_the_next_message_leaves_on_the_day_of_the_last_plus_the_gap(gap: int, days: list[int]) -> None:
    rules = policy(step("it", "after_due", 1, repeat=1), gap_days=gap)
    owed = account(invoice(), notices=(notice(1, "it"),))
    assert [n for n in range(1, 7) if said(rules, owed, at(n, "00:00"))][:2] == days


def test_a_message_is_the_only_one_of_its_day_even_without_a_gap() -> None:
    rules = policy(step("one", "after_due", 3), step("two", "after_previous", 0))
    owed = account(invoice(), notices=(notice(3, "one"),))
    assert [said(rules, owed, at(3, "23:59")), said(rules, owed, at(4, "00:00"))] == [None, "two"]
    assert hint(rules, owed, at(3, "12:00")) == at(4, "00:00")


def test_the_gap_counts_from_the_day_it_left_and_over_what_a_person_sent() -> None:
    rules = policy(step("it", "after_due", 1, repeat=1), gap_days=3)
    late = account(invoice(), notices=(notice(1, "it", sent=at(3)),))
    assert next(n for n in range(1, 8) if said(rules, late, at(n))) == 6
    by_hand = account(invoice(), notices=(notice(1, "it"), notice(2, "it", by=ANA)))
    assert next(n for n in range(1, 8) if said(rules, by_hand, at(n))) == 5


def test_on_the_day_the_gap_ends_the_hours_still_count() -> None:
    rules = policy(step("it", "after_due", 1, repeat=1), gap_days=2, hours="09:00-18:00")
    owed = account(invoice(), notices=(notice(1, "it"),))
    assert [said(rules, owed, at(3, clock)) for clock in ("08:59", "09:00", "18:00")] == [None, "it", None]


@pytest.mark.parametrize("how", [NoticeState.FAILED, NoticeState.SUPPRESSED])
def test_a_message_that_did_not_leave_is_tried_again_but_not_on_its_day(how: NoticeState) -> None:
    rules = policy(gap_days=3)
    owed = account(invoice(), notices=(notice(3, state=how),))
    assert [said(rules, owed, at(n, "23:00")) for n in (3, 4)] == [None, "first"]
    assert hint(rules, owed, at(3, "12:00")) == at(4, "00:00")


@pytest.mark.parametrize(("amount", "leaves"), [("24.99", False), ("25.00", True), ("25.01", True)])
def test_equal_to_the_minimum_is_enough(amount: str, leaves: bool) -> None:
    rules = policy(minimum=minimum(EUR="25.00"))
    owed = account(invoice(amount=amount))
    assert (said(rules, owed, at(3)) is not None) is leaves
    assert bool(told(rules, owed, at(3))) is leaves


def test_only_overdue_items_count_for_the_minimum_and_the_count() -> None:
    rules = policy(minimum=minimum(EUR="150.00"), minimum_count=2)
    owed = account(invoice(), invoice("B", due=5))
    assert [said(rules, owed, at(n)) for n in (1, 3, 5)] == [None, "upcoming", "upcoming"], "B alone is written of"
    assert said(rules, owed, at(6)) == "first"
    assert hint(rules, account(invoice(), invoice("B", due=5), notices=(notice(2, "upcoming", "B"),)), at(5)) == at(6, "00:00")


@pytest.mark.parametrize(("count", "leaves"), [(1, True), (2, True), (3, False)])
def test_a_minimum_count_is_reached_by_as_many(count: int, leaves: bool) -> None:
    owed = account(invoice(), invoice("B", due=1))
    assert (said(policy(minimum_count=count), owed, at(4)) is not None) is leaves


def test_a_currency_without_a_minimum_gets_nothing_at_all() -> None:
    rules = policy(minimum=minimum(EUR="1.00"))
    owed = account(invoice(currency="USD"), invoice("B", due=20, currency="USD"))
    assert [said(rules, owed, at(n)) for n in (3, 18)] == [None, None]
    assert told(rules, owed, at(3)) == []
    assert "no minimum for USD" in look(rules, owed, at(3)).of(item_id("A")).because


def test_currencies_are_judged_apart_and_never_added() -> None:
    rules = policy(minimum=minimum(EUR="20.00", USD="40.00"))
    both = account(invoice(amount="25.00"), invoice("B", "50.00", currency="USD"))
    assert asked(rules, both, 3) == ["25.00 EUR", "50.00 USD"]
    one = account(invoice(amount="15.00"), invoice("B", "50.00", currency="USD"))
    assert asked(rules, one, 3) == ["50.00 USD"]


@pytest.mark.parametrize(("left", "expected"), [("0.09", "settled"), ("0.10", "chasing"), ("0.11", "chasing")])
def test_an_item_below_the_tolerance_is_settled(left: str, expected: str) -> None:
    owed = account(invoice(amount=left))
    assert state(policy(tolerance=minimum(EUR="0.10")), owed, at(3)) == expected
    assert state(policy(tolerance=minimum(USD="0.10")), owed, at(3)) == "chasing"


def test_attempts_are_counted_until_money_comes() -> None:
    rules = policy(step("it", "after_due", 1, repeat=1), max_attempts=2)
    two = (notice(1, "it"), notice(2, "it"))
    assert said(rules, account(invoice(), notices=two[:1]), at(3)) == "it"
    used_up = account(invoice(), notices=two)
    assert said(rules, used_up, at(3)) is None
    decided = look(rules, used_up, at(3)).of(item_id("A"))
    assert ("as often as the policy allows" in decided.because, decided.next) == (True, None)
    assert said(rules, account(invoice(), notices=two, payments=(paid("1.00", on=3),)), at(3)) == "it"
    assert said(rules, account(invoice(), notices=two, payments=(paid("1.00", on=2),)), at(3)) == "it", "the second was written after it"
    assert said(rules, account(invoice(), notices=two, payments=(paid("1.00", on=1),)), at(3)) is None
    assert said(rules, account(invoice(), notices=two, payments=(paid("1.00", None, on=3, currency="USD"),)), at(3)) is None
    assert said(rules, account(invoice(), notices=two, credits=(credited("1.00", on=3),)), at(3)) is None, "a credit is no money"


def test_attempts_count_per_currency_and_only_what_may_have_arrived() -> None:
    rules = policy(step("it", "after_due", 1, repeat=1), max_attempts=1)
    owed = account(invoice(), invoice("B", currency="USD"), notices=(notice(1, "it", currencies=("EUR",)),))
    found = message(look(rules, owed, at(2)))
    assert found is not None
    assert numbers(owed, found.items) == ["B"]
    failed = account(invoice(), notices=(notice(1, "it", state=NoticeState.FAILED),))
    assert said(rules, failed, at(2)) == "it"


def test_a_note_before_the_due_day_is_no_attempt() -> None:
    owed = account(invoice(), notices=(notice(-3, "upcoming"),))
    assert said(policy(max_attempts=1), owed, at(3)) == "first"


def test_used_up_attempts_silence_the_letters_not_the_staff() -> None:
    rules = policy(max_attempts=1)
    owed = account(invoice(), notices=(notice(3),))
    assert told(rules, owed, at(10)) == [("alert", "second")]
    assert told(rules, owed, at(45)) == [("escalate", "handover")]
    assert said(rules, owed, at(10)) is None


def test_the_oldest_leads_then_the_larger_then_the_smaller_number() -> None:
    owed = account(invoice("D", due=2), invoice("C"), invoice("B"), invoice("A", "99.00"), invoice("E", "300.00", due=1))
    found = message(look(policy(), owed, at(5)))
    assert found is not None
    assert numbers(owed, found.items) == ["B", "A", "C", "E", "D"]
    assert [entry.leads for entry in found.items] == [True, False, False, False, False]
    assert [entry.step for entry in found.items] == ["first", "first", "first", "first", "first"]
    assert numbers(owed, message_items(owed, 4)) == ["B", "A", "C", "E", "D"]
    assert [entry.step for entry in message_items(owed, 4)] == ["first", "first", "first", "first", "upcoming"], "each has its own level"


def message_items(owed: Account, offset: int) -> tuple[ListedItem, ...]:
    found = message(look(policy(), owed, at(offset)))
    assert found is not None
    return found.items


def test_only_the_leader_starts_a_message_unless_each_invoice_goes_its_own_way() -> None:
    owed = account(invoice(), invoice("B", due=5), notices=(notice(4, "first", "A"),))
    assert said(policy(), owed, at(8)) is None
    each = policy(sequence=Sequence.INVOICE)
    found = message(look(each, owed, at(8)))
    assert found is not None
    assert numbers(owed, found.items) == ["A", "B"]
    assert [entry.leads for entry in found.items] == [False, True]


def test_of_several_that_go_their_own_way_the_most_advanced_chooses_the_words() -> None:
    owed = account(invoice(), invoice("B", due=5))
    found = message(look(policy(sequence=Sequence.INVOICE), owed, at(10)))
    assert found is not None
    assert (found.step, [entry.step for entry in found.items]) == ("second", ["second", "first"])


def test_when_the_leader_is_paid_the_next_one_leads_by_its_own_age() -> None:
    owed = account(invoice(), invoice("B", due=5), notices=(notice(3, "first", "A", "B"),), payments=(paid("100.00", on=9),))
    assert said(policy(), owed, at(10)) is None, "B has been told of on its level"
    assert said(policy(), owed, at(15)) == "second"


def test_an_older_item_that_comes_later_leads_and_the_ladder_goes_on_after_the_last_step() -> None:
    five = policy(*(step(str(n), "after_due", 10 * n) for n in range(1, 6)))
    before = invoice("B", due=20, seen=-10)
    older = invoice("A", due=0, seen=41)
    running = account(before, older, notices=(notice(40, "2", "B"),))
    assert level(five, running, at(50), "A") == "5", "its level is that of its age"
    found = message(look(five, running, at(50)))
    assert found is not None
    assert (found.step, numbers(running, found.items)) == ("3", ["A", "B"])
    assert look(five, running, at(50)).of(item_id("A")).next is not None
    later = account(before, older, notices=(notice(40, "2", "B"), notice(50, "3", "A", "B")))
    assert said(five, later, at(51)) == "5", "from here on it goes by its own age"
    paid_off = account(before, older, notices=(notice(40, "2", "B"),), payments=(paid("100.00", "B", on=41),))
    assert said(five, paid_off, at(50)) == "5", "what led before is settled: the new one goes by its own age"


def test_an_older_item_does_not_take_the_customer_back_to_a_friendlier_step() -> None:
    rules = policy(step("first", "after_due", 3), step("second", "after_due", 10), step("final", "after_previous", 5))
    owed = account(invoice("B", due=5), invoice("A", seen=26), notices=(notice(15, "second", "B"), notice(25, "final", "B")))
    assert level(rules, owed, at(27), "A") == "second"
    assert said(rules, owed, at(27)) is None


def test_money_on_account_that_covers_all_leaves_nothing_to_ask() -> None:
    rules = policy()
    owed = account(invoice(), invoice("B", due=60), payments=(paid("200.00", None),))
    assert (state(rules, owed, at(3)), level(rules, owed, at(3)), said(rules, owed, at(3)), told(rules, owed, at(3))) == (
        "open",
        None,
        None,
        [],
    )
    short = account(invoice(), invoice("B", due=60), payments=(paid("199.99", None),))
    assert level(rules, short, at(3)) == "first"
    other = account(invoice(), payments=(paid("200.00", None, currency="USD"),))
    assert said(rules, other, at(3)) == "first"
    assert said(policy(net=False), owed, at(3)) == "first"


def test_money_on_account_that_covers_a_part_is_looked_at_by_a_person_once() -> None:
    owed = account(invoice(), payments=(paid("30.00", None),))
    action = next(a for a in look(policy(), owed, at(3)).actions if a.kind is ActionKind.REVIEW)
    assert (action.day, [str(amount) for amount in action.amounts]) == (day(3), ["70.00 EUR"])
    assert said(policy(), owed, at(3)) is None
    looked = account(invoice(), payments=(paid("30.00", None),), raised=(raised("needs_a_look", on=3),))
    assert [("review", "first") in told(policy(), looked, at(n)) for n in (3, 4)] == [False, False]
    assert ("review", "second") in told(policy(), looked, at(10)), "the next step asks again"
    assert "a person decides" in look(policy(), owed, at(3)).of(item_id("A")).because


def test_money_on_account_that_covers_a_part_is_deducted_where_the_policy_sends() -> None:
    rules = policy(on_account=OnAccount.SEND)
    owed = account(invoice(), payments=(paid("30.00", None),))
    assert asked(rules, owed, 3) == ["70.00 EUR"]
    assert asked(policy(net=False), owed, 3) == ["100.00 EUR"]
    covers_what_is_late = account(invoice(), invoice("B", due=60), payments=(paid("100.00", None),))
    assert asked(rules, covers_what_is_late, 3) == []
    net_minimum = policy(on_account=OnAccount.SEND, minimum=minimum(EUR="70.01"))
    assert asked(net_minimum, owed, 3) == []


def test_what_was_taken_back_on_account_raises_nobodys_debt() -> None:
    owed = account(invoice(), payments=(paid("-30.00", None),))
    assert asked(policy(), owed, 3) == ["100.00 EUR"]


def test_a_payment_or_a_credit_settles_at_once_and_a_part_lowers_what_is_asked() -> None:
    for money in ({"payments": (paid("100.00"),)}, {"credits": (credited("100.00"),)}):
        owed = account(invoice(), **money)
        assert (state(policy(), owed, at(3)), level(policy(), owed, at(3)), said(policy(), owed, at(3))) == ("settled", None, None)
        assert hint(policy(), owed, at(3)) is None
    part = account(invoice(), payments=(paid("40.00"),), credits=(credited("10.00"),))
    assert asked(policy(), part, 3) == ["50.00 EUR"]
    settled = account(invoice(), invoice("B"), payments=(paid("100.00"),))
    assert asked(policy(), settled, 3) == ["100.00 EUR"]


def test_nobody_is_written_to_without_an_address() -> None:
    owed = account(invoice(), emails=())
    assert said(policy(), owed, at(3)) is None
    assert told(policy(), owed, at(3)) == [("alert", "first"), ("task", "first")], "somebody has to reach them another way"
    (task,) = (action for action in look(policy(), owed, at(3)).actions if action.kind is ActionKind.TASK)
    assert "No address" in task.because
    made = replace(owed, tasks=(Task(TaskId(NAMESPACE_OID), task.key, item_id("A"), task.what, at(3)),))
    assert told(policy(), made, at(4)) == [("alert", "first")], "one task"
    assert look(policy(), owed, at(3)).of(item_id("A")).next is None


def test_a_plan_counts_once_where_money_on_account_is_weighed() -> None:
    owed = account(invoice(), plans=(plan((10, "50.00"), (20, "50.00")),), payments=(paid("100.00", None),))
    assert level(policy(step("it", "after_instalment", 1)), owed, at(11), "A/1") is None


def test_what_is_below_the_limits_says_so_and_promises_nothing() -> None:
    decided = look(policy(minimum_count=2), account(invoice()), at(3)).of(item_id("A"))
    assert (decided.because, decided.next) == ("It is below the policy's limits, so nothing happens.", None)


def test_the_key_of_a_message_is_the_customer_and_the_local_day() -> None:
    owed = account(invoice(), place=AUCKLAND)
    found = message(look(DAILY, owed, at(2, "00:30", AUCKLAND)))
    assert found is not None
    assert found.key == f"notice:{owed.customer.id}:{day(2).isoformat()}"
