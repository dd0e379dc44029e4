"""The alert card says what is true of the item, and offers what can be done about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cards.actions import Name
from cards.elements import Actions, Card, Heading, Text
from cards.overdue import alert
from tests.cards import reply_samples, request_samples, samples
from tests.cards.samples import ITEM, NOW, PEOPLE, account, decided
from workflows.domain.account import Account, Credit, NoticeState, Payment
from workflows.domain.contact import EVERY, Meaning, OptOut
from workflows.domain.decision import State
from workflows.domain.promises import Fate


def pressable(card: Card) -> list[Name]:
    return [button.action.name for part in card.body if isinstance(part, Actions) for button in (*part.buttons, *part.more)]


def text_of(card: Card) -> str:
    return "\n".join(part.text for part in card.body if isinstance(part, Text | Heading))


OBJECTS = [Name.PAYMENT, Name.DISPUTE, Name.ASSIGN, Name.NOTE, Name.HOLD]
CLAIMS = [Name.PROMISE, Name.SAYS_PAID, *OBJECTS]
GIVES = [Name.WRITE_OFF, Name.FEE]
CHASES = [Name.SEND_REMINDER, Name.PLAN, Name.ESCALATE]
LAST = [Name.UNCLAIM, Name.BOUNCED, Name.OPT_OUT, Name.TASK, Name.WHY]
PLANNED = [Name.UNCLAIM, Name.CANCEL_PLAN, *LAST[1:]]
CHASED = [*CLAIMS, *GIVES, *LAST]
CHASING = [Name.SEND_REMINDER, Name.SNOOZE, Name.PLAN, Name.ESCALATE, Name.FLAG, *CHASED]
UNANSWERED = [Name.SNOOZE, Name.ESCALATE, Name.FLAG, Name.SEND_REMINDER, *CLAIMS, *GIVES, *PLANNED]
UNCLAIMED = account(customer=replace(samples.CUSTOMER, owner=None), payments=())
OUT = account(opt_outs=(OptOut(EVERY, EVERY, "reply", NOW),), fees=(request_samples.FEE,))


@pytest.mark.parametrize(
    ("of", "state", "offered"),
    [
        (account(), State.CHASING, CHASING),
        (account(), State.OPEN, CHASING),
        (UNCLAIMED, State.OPEN, [*CHASING[: -len(LAST)], Name.CLAIM, *LAST[2:]]),
        (OUT, State.OPEN, [*CHASING[: -len(LAST)], Name.UNCLAIM, Name.WAIVE, Name.BOUNCED, Name.OPT_IN, Name.TASK, Name.WHY]),
        (account(tasks=(request_samples.TASK,)), State.OPEN, [*CHASING[:-1], Name.COMPLETE_TASK, Name.WHY]),
        (samples.FLAGGED, State.CHASING, [Name.SEND_REMINDER, Name.SNOOZE, Name.PLAN, Name.ESCALATE, Name.UNFLAG, *CHASED]),
        (samples.SNOOZED, State.SNOOZED, [Name.WAKE, Name.SNOOZE, Name.FLAG, *CHASES, *CHASED]),
        (samples.ESCALATED, State.ESCALATED, [Name.HAND_BACK, Name.FLAG, Name.PLAN, *CHASED]),
        (samples.PROPOSED, State.ON_PLAN, [Name.ACCEPT_PLAN, Name.DECLINE_PLAN, Name.FLAG, Name.SEND_REMINDER, *OBJECTS, *PLANNED]),
        (samples.PROPOSED, State.CHASING, [Name.ACCEPT_PLAN, Name.DECLINE_PLAN, *UNANSWERED]),
        (samples.ACTIVE, State.ON_PLAN, [Name.FLAG, Name.SEND_REMINDER, *OBJECTS, *PLANNED]),
        (
            samples.PROMISED,
            State.PROMISED,
            [Name.PROMISE, Name.CANCEL_PROMISE, Name.FLAG, *CHASES, Name.SAYS_PAID, *OBJECTS, *GIVES, *LAST],
        ),
        (
            samples.DISPUTED,
            State.DISPUTED,
            [Name.SETTLE_DISPUTE, Name.ESCALATE, Name.FLAG, Name.PAYMENT, Name.ASSIGN, Name.NOTE, Name.HOLD, Name.WRITE_OFF, *LAST],
        ),
        (
            samples.HELD,
            State.HELD,
            [Name.RELEASE_HOLD, Name.FLAG, Name.ESCALATE, Name.PROMISE, Name.PAYMENT, Name.DISPUTE, Name.ASSIGN, Name.NOTE, *GIVES, *LAST],
        ),
        (samples.SETTLED, State.SETTLED, []),
    ],
)
def test_the_buttons_fit_the_state(of: Account, state: State, offered: list[Name]) -> None:
    assert pressable(alert(of, decided(state), NOW, PEOPLE)) == offered


def test_every_button_carries_the_item_and_how_much_of_it_was_seen() -> None:
    for of, state in ((account(), State.CHASING), (samples.SNOOZED, State.SNOOZED), (samples.PROPOSED, State.ON_PLAN)):
        card = alert(of, decided(state), NOW, PEOPLE)
        carried = {
            (button.action.id, button.action.seen)
            for part in card.body
            if isinstance(part, Actions)
            for button in (*part.buttons, *part.more)
        }
        assert carried == {(ITEM.id, len(of.acts))}


def test_an_answer_to_a_plan_names_the_plan() -> None:
    part = next(part for part in alert(samples.PROPOSED, decided(State.ON_PLAN), NOW, PEOPLE).body if isinstance(part, Actions))
    assert part.buttons[0].action.data == {"plan": str(samples.PLAN.id)}


def test_the_header_keeps_its_words_after_an_action() -> None:
    before, after = alert(account(), decided(), NOW, PEOPLE), alert(samples.SNOOZED, decided(State.SNOOZED), NOW, PEOPLE)
    assert before.body[0] == after.body[0]


def test_a_promise_names_amount_day_and_who_noted_it() -> None:
    words = text_of(alert(samples.PROMISED, samples.promised(), NOW, PEOPLE))
    assert "Promised €5,000.00 for Thu 3 Dec (Ana Weiss, today 09:41). Reminders wait until Tue 8 Dec" in words
    assert "noted a promise" not in words, "said once"
    assert "promise of €5,000.00 for Thu 3 Dec not kept" in text_of(
        alert(samples.PROMISED, samples.promised(Fate.BROKEN, State.CHASING), NOW, PEOPLE)
    )
    partly = alert(samples.PROMISED, samples.promised(Fate.PARTLY_KEPT, State.CHASING), NOW, PEOPLE)
    assert "kept only in part" in text_of(partly)


def test_a_dispute_and_a_hold_say_since_when_and_why() -> None:
    assert "Disputed since Tue 24 Nov (Ana Weiss): The freight was agreed as free. Reminders wait" in text_of(
        alert(samples.DISPUTED, decided(State.DISPUTED), NOW, PEOPLE)
    )
    words = text_of(alert(samples.HELD, decided(State.HELD), NOW, PEOPLE))
    assert "The whole customer is on hold (Ana Weiss, today 09:41): their books are audited. Reminders wait until it is released" in words
    said = text_of(alert(samples.SAID_PAID, decided(State.HELD), NOW, PEOPLE))
    assert "The customer says it is paid (Ana Weiss, today 09:41). Reminders wait for the money until Wed 2 Dec" in said


def test_a_failed_message_is_no_reminder() -> None:
    of = account(notices=(samples.notice(1, date(2026, 11, 23), "first", NoticeState.FAILED, "no such mailbox"),))
    assert "Not reminded yet, last try Mon 23 Nov by e-mail, not delivered (no such mailbox)" in text_of(alert(of, decided(), NOW, PEOPLE))


def test_a_credit_is_not_called_a_payment() -> None:
    of = account(credits=(Credit(samples.eur("400.00"), date(2026, 11, 20), ITEM.id),))
    assert "paid or credited €2,400.00 of €14,400.00" in text_of(alert(of, decided(open_="12000.00"), NOW, PEOPLE))


def test_a_colleague_who_left_is_still_somebody() -> None:
    assert "a colleague snoozed until Mon 30 Nov" in text_of(alert(samples.SNOOZED, decided(State.SNOOZED), NOW, {}))


def test_a_balance_that_is_too_old_says_what_the_reminder_waits_for() -> None:
    assert "once the balance has been read again" in text_of(alert(samples.STALE, decided(), NOW, PEOPLE))
    assert "once the balance" not in text_of(alert(account(), decided(), NOW, PEOPLE))


def test_a_book_read_from_a_vendor_says_when_it_was_checked() -> None:
    of = account(book=replace(samples.BOOK, fed_by_files=False))
    assert "balance checked 09:14" in text_of(alert(of, decided(), NOW, PEOPLE))


def test_a_paid_item_says_so_and_nothing_else() -> None:
    card = alert(samples.SETTLED, decided(State.SETTLED, open_="0.00"), NOW, PEOPLE)
    assert card.summary == "Acme GmbH paid €12,400.00 on Thu 26 Nov, INV-2041, 27 days late"
    assert len(card.body) == 1


def test_a_payment_in_time_is_called_that() -> None:
    of = account(payments=(Payment(ITEM.total, date(2026, 10, 30), ITEM.id),))
    assert alert(of, decided(State.SETTLED), NOW, PEOPLE).summary == "Acme GmbH paid €14,400.00 on Fri 30 Oct, INV-2041, on time"


def test_an_item_without_a_due_day_is_never_late() -> None:
    item = replace(decided(State.OPEN, following=None, because="It has no due day."), item=replace(ITEM, due_on=None), days_past_due=None)
    card = alert(account(), item, NOW, PEOPLE)
    assert "no due date" in text_of(card)
    assert "late" not in card.summary


def test_an_item_that_waits_for_a_letter_to_be_read_offers_what_it_may_mean_and_no_release() -> None:
    held = decided(state=State.HELD)
    wrote = account(replies=(replace(reply_samples.REPLY, meaning=Meaning.PROMISE),))
    offered = pressable(alert(wrote, held, NOW, PEOPLE))
    assert offered[0] is Name.ANSWER
    assert Name.RELEASE_HOLD not in offered
    on_hold = replace(wrote, holds=samples.HELD.holds)
    assert pressable(alert(on_hold, held, NOW, PEOPLE))[0] is Name.RELEASE_HOLD
