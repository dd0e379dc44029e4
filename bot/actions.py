"""A pressed button or an answered form to the command it means; pure, and the same for every chat."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from cards.actions import Action, Name
from cards.claim_forms import WHOLE
from workflows.domain.access import User
from workflows.domain.ids import BookId, ItemId, NoticeId, PlanId, UserId
from workflows.domain.messages import Wording
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

MOST_CHARACTERS = 1_000  # of what is typed as a reason

Reminding = PreviewReminder | SendReminder
Claiming = CancelPromise | OpenDispute | SettleDispute | HoldItem | SaysPaid | ReleaseHold | WriteNote
Acting = FlagItem | WakeItem | HandBackItem | EscalateItem | AnswerPlan | ReleaseAccounts | SettleUnknown | Claiming
Command = Reminding | Acting


def command(action: Action, values: Mapping[str, str], by: User) -> Command | None:
    """The command an action carries by itself; null for those that need the account to be read first (forms, plans, snoozes).

    Raises `BadEntry`, and `NotKnown` for what no card of ours carries.
    """
    build = _COMMANDS.get(action.name)
    return build(action, values, by) if build else None


def whole(text: str) -> int:
    """A number of the digits 0 to 9; zero for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _manager(values: Mapping[str, str]) -> UserId:
    try:
        return UserId(UUID(values.get("to", "")))
    except ValueError:
        raise BadEntry({"to": "Choose who takes it over."}) from None


def _why(values: Mapping[str, str]) -> str:
    return _words(values, "why", "Say in a few words why; the manager reads it first.")


def _words(values: Mapping[str, str], field: str, asked: str) -> str:
    """What was typed into a field that must not be empty."""
    words = values.get(field, "").strip()
    if not words:
        raise BadEntry({field: asked})
    if len(words) > MOST_CHARACTERS:
        raise BadEntry({field: f"At most {MOST_CHARACTERS:,} characters; this has {len(words):,}."})
    return words


def _hold(action: Action, values: Mapping[str, str], by: User) -> Command:
    why = _words(values, "why", "Say in a few words why; colleagues read it on the card.")
    typed = values.get("until", "").strip()
    try:
        until = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise BadEntry({"until": "Choose a day, or leave it empty."}) from None
    return HoldItem(ItemId(action.id), why, until, by, values.get("scope") == WHOLE, action.seen)


def _dispute(action: Action, values: Mapping[str, str], by: User) -> Command:
    return OpenDispute(ItemId(action.id), _words(values, "reason", "Say what the customer objects to."), by, action.seen)


def _settle_dispute(action: Action, values: Mapping[str, str], by: User) -> Command:
    return SettleDispute(ItemId(action.id), _words(values, "outcome", "Say how it was settled."), by, action.seen)


def _note(action: Action, values: Mapping[str, str], by: User) -> Command:
    return WriteNote(ItemId(action.id), _words(values, "note", "A note needs words."), by)


def _flag(action: Action, _: Mapping[str, str], by: User) -> Command:
    return FlagItem(ItemId(action.id), by, on=action.name is Name.FLAG, seen=action.seen)


def _send(action: Action, values: Mapping[str, str], by: User) -> Command:
    earlier = whole(action.data.get("earlier", ""))
    wording = Wording(values.get("subject", ""), values["text"]) if "text" in values else None
    language, channel = (values.get(name) or action.data.get(name, "") for name in ("language", "channel"))
    return SendReminder(ItemId(action.id), by, action.data.get("print", ""), earlier, values.get("reason", ""), wording, language, channel)


def _look(action: Action, values: Mapping[str, str], by: User) -> Command:
    """The preview as it is chosen in the form; to edit, as it was chosen when the form was drawn."""
    edit = action.name is Name.EDIT_REMINDER
    chosen = action.data if edit else values
    return PreviewReminder(ItemId(action.id), by, action.seen, edit, chosen.get("language", ""), chosen.get("channel", ""))


def _answer_plan(action: Action, _: Mapping[str, str], by: User) -> Command:
    how = "by word" if action.name is Name.ACCEPT_PLAN else ""
    try:
        plan = PlanId(UUID(action.data.get("plan", "")))
    except ValueError:
        raise NotKnown("That plan no longer exists.") from None
    return AnswerPlan(plan, by, how, action.seen)


def _settle(action: Action, _: Mapping[str, str], by: User) -> Command:
    return SettleUnknown(NoticeId(action.id), action.name is Name.WAS_SENT, by)


_COMMANDS: Mapping[Name, Callable[[Action, Mapping[str, str], User], Command]] = {
    Name.FLAG: _flag,
    Name.UNFLAG: _flag,
    Name.WAKE: lambda action, _, by: WakeItem(ItemId(action.id), by, action.seen),
    Name.HAND_BACK: lambda action, _, by: HandBackItem(ItemId(action.id), by, action.seen),
    Name.SEND_REMINDER: _look,
    Name.EDIT_REMINDER: _look,
    Name.CONFIRM_REMINDER: _send,
    Name.CONFIRM_ESCALATE: lambda action, values, by: EscalateItem(ItemId(action.id), _manager(values), _why(values), by, action.seen),
    Name.CANCEL_PROMISE: lambda action, _, by: CancelPromise(ItemId(action.id), by, action.seen),
    Name.SAYS_PAID: lambda action, _, by: SaysPaid(ItemId(action.id), by, action.seen),
    Name.CONFIRM_DISPUTE: _dispute,
    Name.CONFIRM_SETTLE: _settle_dispute,
    Name.CONFIRM_HOLD: _hold,
    Name.RELEASE_HOLD: lambda action, _, by: ReleaseHold(ItemId(action.id), by, action.seen),
    Name.CONFIRM_NOTE: _note,
    Name.ACCEPT_PLAN: _answer_plan,
    Name.DECLINE_PLAN: _answer_plan,
    Name.RELEASE: lambda action, _, by: ReleaseAccounts(BookId(action.id), by),
    Name.WAS_SENT: _settle,
    Name.SEND_AGAIN: _settle,
}


def terms(values: Mapping[str, str], currency: str) -> Terms:
    """Of a plan form's answers; raises `BadEntry`."""
    errors: dict[str, str] = {}
    first, count, deposit = None, 0, None
    try:
        first = date.fromisoformat(values.get("first", ""))
    except ValueError:
        errors["first"] = "Choose the day the first instalment is due."
    if not (count := whole(values.get("count", ""))):
        errors["count"] = "Give a whole number of instalments."
    rhythm = values.get("rhythm", "")
    if rhythm not in set(Rhythm):
        errors["rhythm"] = "Choose how often an instalment is due."
    try:
        deposit = read_amount(values.get("deposit", ""), currency)
    except BadAmount as error:
        errors["deposit"] = f"{error}."
    if errors or first is None:
        raise BadEntry(errors)
    return Terms(count, Rhythm(rhythm), first, deposit)


def promised(values: Mapping[str, str], currency: str) -> tuple[Money, date]:
    """Amount and day of a promise form's answers; raises `BadEntry`."""
    errors: dict[str, str] = {}
    amount, until = None, None
    try:
        amount = read_amount(values.get("amount", ""), currency)
    except BadAmount as error:
        errors["amount"] = f"{error}."
    try:
        until = date.fromisoformat(values.get("until", ""))
    except ValueError:
        errors["until"] = "Choose the day by which they pay."
    if amount is None or until is None:
        raise BadEntry({"amount": "Say how much the customer will pay."} | errors if amount is None else errors)
    return amount, until


LONGEST_AMOUNT = 30  # characters; no debt is longer
_NUMBER = re.compile(r"\d{1,3}(?:[.,' ]\d{3})*(?:[.,]\d{1,4})?|\d+(?:[.,]\d{1,4})?")


def read_amount(text: str, currency: str) -> Money | None:
    """An amount as people write it, with either separator; null for an empty field.

    Raises `BadAmount`, also where `1,234` may be a thousand or one and a fraction.
    """
    text = text.replace("\u00a0", " ").replace("\u202f", " ").strip().removesuffix(currency).removeprefix(currency).strip(" €$£")
    if not text:
        return None
    if len(text) > LONGEST_AMOUNT or not _NUMBER.fullmatch(text):
        raise BadAmount(f"“{text[:30]}” is not an amount; write it like 1234.50")
    marks = [mark for mark in text if mark in ".,"]
    last = marks[-1] if marks else ""
    whole, _, fraction = text.rpartition(last) if last else (text, "", "")
    if last and len(fraction) == 3 and len(set(marks)) == 1:
        if len(marks) == 1:
            raise BadAmount(f"“{text}” can be read in two ways; write it like 1234.50")
        whole, fraction = text, ""
    if fraction and last in whole:
        raise BadAmount(f"“{text}” is not an amount; write it like 1234.50")
    digits = re.sub(r"[.,' ]", "", whole)
    return Money.of(f"{digits}.{fraction}" if fraction else digits, currency)
