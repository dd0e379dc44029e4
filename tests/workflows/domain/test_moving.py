"""An account that moves from one version of a policy to another: what was said is not said again, and what lies ahead is not lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.domain.accounts import account, at, day, invoice, message, notice, policy, said, step
from workflows.domain.account import Account, ListedItem, Notice, NoticeState
from workflows.domain.decide import decide
from workflows.domain.ids import NoticeId, new_id
from workflows.domain.policy import Anchor, Policy, Step

LAST = 45

OLD = policy(step("first", "after_due", 3), step("second", "after_due", 10), step("final", "after_previous", 11))


def test_a_step_of_the_same_name_is_not_said_again() -> None:
    new = policy(step("hello", "after_due", 1), step("first", "after_due", 8), step("last", "after_due", 20))
    owing = account(invoice(), notices=(notice(3, "first"),))
    assert [said(new, owing, at(offset)) for offset in (8, 9, 20)] == [None, None, "last"]


def test_a_step_under_another_name_counts_as_the_one_of_its_day() -> None:
    new = policy(step("one", "after_due", 2), step("two", "after_due", 9), step("three", "after_due", 15))
    owing = account(invoice(), notices=(notice(3, "first"), notice(10, "second")))
    assert [said(new, owing, at(offset)) for offset in (10, 14, 15)] == [None, None, "three"]


def test_the_step_after_the_previous_counts_from_what_was_really_sent() -> None:
    new = policy(step("one", "after_due", 2), step("two", "after_previous", 7), step("three", "after_previous", 7))
    owing = account(invoice(), notices=(notice(3, "first"),))
    assert [said(new, owing, at(offset)) for offset in (9, 10)] == [None, "two"]


def test_a_ladder_that_begins_later_is_climbed_from_its_start() -> None:
    new = policy(step("one", "after_due", 14), step("two", "after_due", 28))
    owing = account(invoice(), notices=(notice(3, "first"), notice(10, "second")))
    assert [said(new, owing, at(offset)) for offset in (13, 14)] == [None, "one"]


# Whatever the move -----------------------------------------------------------------------------------------------------


@st.composite
def ladders(draw: st.DrawFn, *, renamed: bool = False) -> Policy:
    """Two to four steps with days of their own, some counting from the step before."""
    days = sorted(draw(st.sets(st.integers(1, 30), min_size=2, max_size=4)))
    called = draw(st.permutations(["f", "g", "h", "i"] if renamed and draw(st.booleans()) else ["a", "b", "c", "d"]))
    steps: list[Step] = []
    for index, on in enumerate(days):
        follows = index > 0 and draw(st.integers(0, 3)) == 0
        steps.append(step(called[index], "after_previous" if follows else "after_due", 1 + on % 7 if follows else on))
    repeats = draw(st.sampled_from([None, None, 5, 9]))
    steps[-1] = replace(steps[-1], when=replace(steps[-1].when, repeat_every=repeats))
    return policy(*steps)


def written(ladder: Policy, owing: Account, offset: int) -> Account:
    """The account after that day, whatever is written then sent at once."""
    found = message(decide(ladder, owing, at(offset)))
    if found is None:
        return owing
    sent = Notice(NoticeId(new_id()), day(offset), at(offset), found.step, found.items, NoticeState.SENT, currencies=("EUR",))
    return replace(owing, notices=(*owing.notices, sent))


def lived(before: Policy, after: Policy, moved_on: int) -> Account:
    owing = account(invoice())
    for offset in range(LAST):
        owing = written(before if offset < moved_on else after, owing, offset)
    return owing


def steps_said(owing: Account) -> list[tuple[date, ListedItem]]:
    return [(sent.day, listed) for sent in owing.notices for listed in sent.items]


@settings(max_examples=120)
@given(ladders(), ladders(renamed=True), st.integers(0, 35))
def test_whatever_the_move_no_step_is_repeated_passed_ones_stay_unsaid_and_none_ahead_is_lost(
    before: Policy, after: Policy, moved_on: int
) -> None:
    all_said = steps_said(lived(before, after, moved_on))
    listed = [(one.item, one.step, one.occurrence) for _, one in all_said]
    assert len(listed) == len(set(listed))
    earlier = [(on, one.step) for on, one in all_said if on < day(moved_on)]
    if {own.name for own in after.steps} & {name for _, name in earlier}:
        return  # it stands on that step of the new ladder, whatever its day there
    last = max((on for on, _ in earlier), default=date.min)
    said_on = {one.step: on for on, one in reversed(all_said)}
    for own in (one for one in after.steps if one.when.anchor is Anchor.AFTER_DUE):
        if day(own.when.days) <= last:
            assert own.name not in said_on or own.when.repeat_every
        elif own.when.days > moved_on:
            assert said_on[own.name] == day(own.when.days)
