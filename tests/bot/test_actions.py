"""What a press or an answered form means: every name of ours, and everything a card of ours never carries."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Command, command, promised, read_amount, terms
from bot.desk import entry_forms, home_desk, reply_forms
from bot.desk.request_forms import NAMES
from cards.actions import OPENS, Action, Name, UnreadableAction, decode
from workflows.domain.access import Role, User
from workflows.domain.ids import BookId, ItemId, NoticeId, PlanId, UserId
from workflows.domain.money import BadAmount, Money
from workflows.domain.plans import Rhythm
from workflows.errors import BadEntry, NotKnown
from workflows.escalate_item import EscalateItem, HandBackItem
from workflows.flag_item import FlagItem
from workflows.hold_item import HoldItem, ReleaseHold, SaysPaid
from workflows.offer_plan import AnswerPlan, Terms
from workflows.open_dispute import OpenDispute, SettleDispute
from workflows.record_promise import CancelPromise
from workflows.release_accounts import ReleaseAccounts
from workflows.send_reminder import PreviewReminder, SendReminder
from workflows.settle_unknown import SettleUnknown
from workflows.snooze_item import WakeItem
from workflows.write_note import WriteNote

THING, PLAN, MARIA = UUID(int=7), UUID(int=8), UUID(int=9)
ANA = User(UserId(UUID(int=1)), "ana@nordhafen.example", "Ana Ferreira", Role.COLLECTOR)
ITEM = ItemId(THING)
GIVEN = {
    "to": str(MARIA),
    "why": " Two promises broken ",
    "reason": "asked for",
    "outcome": "agreed",
    "note": " rang them ",
    "until": "2026-12-01",
}
GIVEN |= {"scope": "customer"}
CARRIED = {"plan": str(PLAN), "print": "f00d", "earlier": "2"}

MEANT: dict[Name, Command] = {
    Name.FLAG: FlagItem(ITEM, ANA, on=True, seen=3),
    Name.UNFLAG: FlagItem(ITEM, ANA, on=False, seen=3),
    Name.WAKE: WakeItem(ITEM, ANA, 3),
    Name.HAND_BACK: HandBackItem(ITEM, ANA, 3),
    Name.SEND_REMINDER: PreviewReminder(ITEM, ANA, 3),
    Name.EDIT_REMINDER: PreviewReminder(ITEM, ANA, 3, edit=True),
    Name.CONFIRM_REMINDER: SendReminder(ITEM, ANA, "f00d", 2, "asked for"),
    Name.CONFIRM_ESCALATE: EscalateItem(ITEM, UserId(MARIA), "Two promises broken", ANA, 3),
    Name.CANCEL_PROMISE: CancelPromise(ITEM, ANA, 3),
    Name.SAYS_PAID: SaysPaid(ITEM, ANA, 3),
    Name.CONFIRM_DISPUTE: OpenDispute(ITEM, "asked for", ANA, 3),
    Name.CONFIRM_SETTLE: SettleDispute(ITEM, "agreed", ANA, 3),
    Name.CONFIRM_HOLD: HoldItem(ITEM, "Two promises broken", date(2026, 12, 1), ANA, whole=True, seen=3),
    Name.RELEASE_HOLD: ReleaseHold(ITEM, ANA, 3),
    Name.CONFIRM_NOTE: WriteNote(ITEM, "rang them", ANA),
    Name.ACCEPT_PLAN: AnswerPlan(PlanId(PLAN), ANA, "by word", 3),
    Name.DECLINE_PLAN: AnswerPlan(PlanId(PLAN), ANA, "", 3),
    Name.RELEASE: ReleaseAccounts(BookId(THING), ANA),
    Name.WAS_SENT: SettleUnknown(NoticeId(THING), left=True, by=ANA),
    Name.SEND_AGAIN: SettleUnknown(NoticeId(THING), left=False, by=ANA),
}
READ_WITH_THE_ACCOUNT = {
    Name.OPEN, Name.WHY, Name.SNOOZE, Name.CONFIRM_SNOOZE, Name.CONFIRM_SNOOZE_ALL, Name.PLAN, Name.PREVIEW_PLAN, Name.CONFIRM_PLAN, Name.ESCALATE,
    Name.SHOW_ALL, Name.SHOW_OUTGOING, Name.SHOW_DEBTORS, Name.SHOW_WAITING, Name.SHOW_COLLECTED, Name.SHOW_SENT, Name.SHOW_ANSWERS, Name.SHOW_JUDGED, Name.SHOW_COMING, Name.SHOW_APPROVALS, Name.PROMISE, Name.CONFIRM_PROMISE, Name.DISPUTE, Name.SETTLE_DISPUTE, Name.HOLD, Name.NOTE,
}  # fmt: skip


def test_every_name_means_a_command_or_is_read_with_the_account() -> None:
    of_desks = NAMES | reply_forms.NAMES | entry_forms.NAMES | home_desk.NAMES
    of_strangers = {Name.LINK, Name.CONFIRM_LINK}
    assert set(MEANT) | READ_WITH_THE_ACCOUNT | of_desks | of_strangers | {Name.ASK} == set(Name)
    for name in Name:
        assert command(Action(name, THING, 3, CARRIED), GIVEN, ANA) == MEANT.get(name), name


@pytest.mark.parametrize("name", list(Name))
def test_every_name_survives_the_way_through_a_button(name: Name) -> None:
    action = Action(name, THING, 3, CARRIED)
    assert decode(name.value, action.encode()) == action


def test_what_opens_a_form_changes_nothing() -> None:
    acting = {
        CancelPromise,
        SaysPaid,
        OpenDispute,
        SettleDispute,
        HoldItem,
        ReleaseHold,
        WriteNote,
        FlagItem,
        WakeItem,
        HandBackItem,
        EscalateItem,
        AnswerPlan,
        ReleaseAccounts,
        SettleUnknown,
        SendReminder,
    }
    assert not [name for name in OPENS if type(MEANT.get(name)) in acting]
    assert not OPENS & {Name.CONFIRM_SNOOZE, Name.CONFIRM_PLAN, Name.CONFIRM_PROMISE}


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("flag.set", ""),
        ("flag.set", "{}"),
        ("flag.set", "[]"),
        ("flag.set", "null"),
        ("flag.set", "7"),
        ("flag.set", '{"v": 2, "id": "00000000-0000-0000-0000-000000000007"}'),
        ("flag.set", '{"v": 1, "id": 7}'),
        ("flag.set", '{"v": 1, "id": null}'),
        ("flag.set", '{"v": 1, "id": "1 OR 1=1"}'),
        ("flag.set", '{"v": 1, "id": "00000000-0000-0000-0000-000000000007", "seen": "0"}'),
        ("flag.set", '{"v": 1, "id": "00000000-0000-0000-0000-000000000007", "seen": true}'),
        ("flag.set", '{"v": 1, "id": "00000000-0000-0000-0000-000000000007", "d": ["x"]}'),
        ("flag.set", '{"v": 1, "id": "00000000-0000-0000-0000-000000000007", "d": {"x": 1}}'),
        ("item.delete", '{"v": 1, "id": "00000000-0000-0000-0000-000000000007"}'),
        ("flag.set", "[" * 100_000),
        ("flag.set", '{"v": 1, "id": "' + "0" * 100_000),
    ],
)
def test_what_no_card_carries_is_unreadable(name: str, payload: str) -> None:
    with pytest.raises(UnreadableAction):
        decode(name, payload)


@given(st.sampled_from(list(Name)), st.dictionaries(st.text(max_size=8), st.text(max_size=40)), st.dictionaries(st.text(), st.text()))
def test_no_data_and_no_answers_break_the_reading(name: Name, data: dict[str, str], values: dict[str, str]) -> None:
    for carried, given_ in ((data, values), ({**CARRIED, **data}, values), (dict.fromkeys(CARRIED, "x"), dict.fromkeys(GIVEN, "x"))):
        with suppress(BadEntry, NotKnown):
            command(Action(name, THING, 0, carried), given_, ANA)


@pytest.mark.parametrize("plan", ["", "x", "7", "00000000-0000-0000-0000-00000000000", "\x00"])
def test_a_plan_that_cannot_be_is_not_known(plan: str) -> None:
    with pytest.raises(NotKnown, match="no longer exists"):
        command(Action(Name.ACCEPT_PLAN, THING, 0, {"plan": plan}), {}, ANA)


@pytest.mark.parametrize(
    ("given_", "field"), [({"why": "x"}, "to"), ({"to": "nobody", "why": "x"}, "to"), ({"to": str(MARIA), "why": "  "}, "why")]
)
def test_an_escalation_names_somebody_and_a_reason(given_: dict[str, str], field: str) -> None:
    with pytest.raises(BadEntry) as told:
        command(Action(Name.CONFIRM_ESCALATE, THING), given_, ANA)
    assert list(told.value.fields) == [field]


@pytest.mark.parametrize(
    ("name", "given_", "field"),
    [
        (Name.CONFIRM_DISPUTE, {"reason": " "}, "reason"),
        (Name.CONFIRM_SETTLE, {}, "outcome"),
        (Name.CONFIRM_HOLD, {}, "why"),
        (Name.CONFIRM_HOLD, {"why": "x", "until": "soon"}, "until"),
        (Name.CONFIRM_NOTE, {"note": ""}, "note"),
    ],
)
def test_words_that_are_needed_are_asked_for_at_their_field(name: Name, given_: dict[str, str], field: str) -> None:
    with pytest.raises(BadEntry) as told:
        command(Action(name, THING), given_, ANA)
    assert list(told.value.fields) == [field]


def test_a_hold_is_of_the_invoice_and_without_an_end_unless_it_is_said() -> None:
    assert command(Action(Name.CONFIRM_HOLD, THING), {"why": "x", "until": " "}, ANA) == HoldItem(ITEM, "x", None, ANA, seen=0)


def test_a_promise_is_an_amount_and_a_day() -> None:
    assert promised({"amount": "1.234,50", "until": "2026-12-03"}, "EUR") == (Money.of("1234.50", "EUR"), date(2026, 12, 3))
    with pytest.raises(BadEntry) as told:
        promised({"amount": "much", "until": "Friday"}, "EUR")
    assert list(told.value.fields) == ["amount", "until"]
    assert "“much” is not an amount" in told.value.fields["amount"]
    with pytest.raises(BadEntry, match="how much"):
        promised({"until": "2026-12-03"}, "EUR")


def test_terms_name_every_wrong_field_at_once() -> None:
    with pytest.raises(BadEntry) as told:
        terms({"first": "tomorrow", "count": "-3", "rhythm": "daily", "deposit": "much"}, "EUR")
    assert set(told.value.fields) == {"first", "count", "rhythm", "deposit"}


def test_terms_are_read_as_people_write_them() -> None:
    read = terms({"first": "2026-12-01", "count": "3", "rhythm": "monthly", "deposit": "1.234,50 €"}, "EUR")
    assert isinstance(read, Terms)
    assert (read.count, read.rhythm, read.deposit) == (3, Rhythm.MONTHLY, Money.of("1234.50", "EUR"))


@pytest.mark.parametrize(
    ("text", "minor"),
    [("12", 1200), ("12.5", 1250), ("12,50", 1250), ("1.234,50", 123450), ("1,234.50", 123450), ("1'234.50", 123450), ("1 234,50", 123450),
     ("1,234,567", 123456700), ("€ 7", 700), ("EUR 7.00", 700), ("7.00EUR", 700), ("1\u00a0234,50", 123450)],
)  # fmt: skip
def test_an_amount_has_either_separator(text: str, minor: int) -> None:
    assert read_amount(text, "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(
    "text", ["1,234", "1.234", "-5", "1e3", "12.345", "twelve", "1,2,3", "٣", "0x10", "1.234.5", "NaN", "12 34", "5..0"]
)
def test_what_is_no_amount_or_could_be_two_is_asked_back(text: str) -> None:
    with pytest.raises(BadAmount):
        read_amount(text, "EUR")


def test_an_empty_amount_is_none() -> None:
    assert read_amount("  ", "EUR") is None


@given(st.text(max_size=12))
def test_no_text_breaks_an_amount(text: str) -> None:
    try:
        read = read_amount(text, "EUR")
    except BadAmount:
        return
    assert read is None or read.minor >= 0
