"""Action names and their small versioned payloads: the one place that encodes and decodes what a button carries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

VERSION = 1
LONGEST = 1_900  # a Slack button's value holds 2,000 characters


class Name(StrEnum):
    """What a press asks for. Names are stored in cards that live on in channels: add, never rename."""

    # an item
    OPEN = "item.open"
    SEND_REMINDER = "reminder.preview"
    CONFIRM_REMINDER = "reminder.send"
    EDIT_REMINDER = "reminder.edit"
    SNOOZE = "snooze.form"
    CONFIRM_SNOOZE = "snooze.set"
    CONFIRM_SNOOZE_ALL = "snooze.all"
    WAKE = "snooze.end"
    PLAN = "plan.form"
    PREVIEW_PLAN = "plan.preview"
    CONFIRM_PLAN = "plan.propose"
    ACCEPT_PLAN = "plan.accept"
    DECLINE_PLAN = "plan.decline"
    ESCALATE = "escalate.form"
    CONFIRM_ESCALATE = "escalate.to"
    HAND_BACK = "escalate.end"
    PROMISE = "promise.form"
    CONFIRM_PROMISE = "promise.record"
    CANCEL_PROMISE = "promise.cancel"
    SAYS_PAID = "hold.says_paid"
    DISPUTE = "dispute.form"
    CONFIRM_DISPUTE = "dispute.open"
    SETTLE_DISPUTE = "dispute.answer"
    CONFIRM_SETTLE = "dispute.settle"
    HOLD = "hold.form"
    CONFIRM_HOLD = "hold.set"
    RELEASE_HOLD = "hold.end"
    NOTE = "note.form"
    CONFIRM_NOTE = "note.write"
    FLAG = "flag.set"
    UNFLAG = "flag.end"
    WHY = "item.why"
    CANCEL_PLAN = "plan.cancel_form"
    CONFIRM_CANCEL_PLAN = "plan.cancel"
    PAYMENT = "payment.form"
    CONFIRM_PAYMENT = "payment.record"
    BOUNCED = "payment.bounced"
    CONFIRM_BOUNCED = "payment.reverse"
    WRITE_OFF = "write_off.form"
    CONFIRM_WRITE_OFF = "write_off.ask"
    FEE = "fee.form"
    CONFIRM_FEE = "fee.ask"
    WAIVE = "waiver.form"
    CONFIRM_WAIVE = "waiver.ask"
    CLAIM = "assign.claim"
    UNCLAIM = "assign.let_go"
    ASSIGN = "assign.form"
    CONFIRM_ASSIGN = "assign.to"
    TASK = "task.form"
    CONFIRM_TASK = "task.create"
    OPT_OUT = "contact.out_form"
    CONFIRM_OPT_OUT = "contact.opt_out"
    OPT_IN = "contact.in_form"
    CONFIRM_OPT_IN = "contact.opt_in"
    # a task
    COMPLETE_TASK = "task.done"
    # a request for approval
    APPROVE = "approval.give"
    REFUSE = "approval.refuse_form"
    CONFIRM_REFUSE = "approval.refuse"
    # an answer of a customer
    ANSWER = "reply.form"
    CONFIRM_ANSWER = "reply.confirm"
    # a card that only tells
    SEEN = "card.seen"
    # a book
    SHOW_ALL = "digest.all"
    SHOW_OUTGOING = "digest.outgoing"
    SHOW_DEBTORS = "summary.debtors"
    SHOW_WAITING = "summary.waiting"
    SHOW_COLLECTED = "summary.collected"
    SHOW_SENT = "summary.sent"
    SHOW_ANSWERS = "summary.answers"
    SHOW_JUDGED = "summary.promises"
    SHOW_COMING = "summary.coming"
    RELEASE = "first_contact.release"
    # data typed in by hand, for a book
    NEW_CUSTOMER = "entry.customer_form"
    ENTER_CUSTOMER = "entry.customer"
    NEW_INVOICE = "entry.invoice_form"
    ENTER_INVOICE = "entry.invoice"
    NEW_PAYMENT = "entry.payment_form"
    ENTER_PAYMENT = "entry.payment"
    ENTERED_ALL = "entry.all"
    # colleagues
    ROLE = "user.role_form"
    CONFIRM_ROLE = "user.role"
    NEW_USER = "user.form"
    ADD_USER = "user.add"
    INVITE = "user.invite_form"
    CONFIRM_INVITE = "user.invite"
    LINK = "link.form"
    CONFIRM_LINK = "link.use"
    # somebody's home
    HOME = "home.open"
    SHOW_APPROVALS = "approvals.show"
    PREFERENCES = "preferences.form"
    SET_PREFERENCES = "preferences.set"
    STOP = "notice.stop_form"
    CONFIRM_STOP = "notice.stop"
    # a question, typed by a button
    ASK = "query.ask"
    # a message whose fate is unknown
    WAS_SENT = "unknown.was_sent"
    SEND_AGAIN = "unknown.send_again"


# Pressing one of these opens a form or a longer card and changes nothing.
OPENS = frozenset(
    {Name.PAYMENT, Name.BOUNCED, Name.WRITE_OFF, Name.FEE, Name.WAIVE, Name.ASSIGN, Name.TASK, Name.OPT_OUT, Name.OPT_IN, Name.CANCEL_PLAN}
    | {
        Name.REFUSE,
        Name.EDIT_REMINDER,
        Name.NEW_CUSTOMER,
        Name.NEW_INVOICE,
        Name.NEW_PAYMENT,
        Name.ROLE,
        Name.NEW_USER,
        Name.INVITE,
        Name.LINK,
    }
    | {Name.SEND_REMINDER, Name.SNOOZE, Name.PLAN, Name.ESCALATE, Name.OPEN, Name.WHY, Name.SHOW_ALL, Name.SHOW_OUTGOING, Name.PREVIEW_PLAN}
    | {
        Name.SHOW_DEBTORS,
        Name.SHOW_WAITING,
        Name.SHOW_COLLECTED,
        Name.SHOW_SENT,
        Name.SHOW_ANSWERS,
        Name.SHOW_JUDGED,
        Name.SHOW_COMING,
        Name.SHOW_APPROVALS,
        Name.HOME,
        Name.PREFERENCES,
        Name.STOP,
    }
    | {Name.ANSWER, Name.PROMISE, Name.DISPUTE, Name.SETTLE_DISPUTE, Name.HOLD, Name.NOTE, Name.ASK}
)


class UnreadableAction(ValueError):
    """A payload that no card of ours carries."""


@dataclass(frozen=True, slots=True)
class Action:
    """`id` is what the action is about (an item, a book, a plan, a notice); `data` a few short texts more.

    `seen` is the version of the thing when the card was drawn, so that a press on a stale card is told what happened since.
    """

    name: Name
    id: UUID
    seen: int = 0
    data: dict[str, str] = field(default_factory=dict)

    def encode(self) -> str:
        body: dict[str, object] = {"v": VERSION, "id": str(self.id)}
        if self.seen:
            body["seen"] = self.seen
        if self.data:
            body["d"] = self.data
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        if len(text) > LONGEST:
            raise ValueError(f"the payload of {self.name} is {len(text)} characters long; store it and carry its id")
        return text


def decode(name: str, payload: str) -> Action:
    """The action a button of ours carried; raises `UnreadableAction`, whatever the text is."""
    try:
        body = json.loads(payload) if len(payload) <= 2 * LONGEST else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or body.get("v") != VERSION:
        raise UnreadableAction("not a payload of this version")
    data, seen = body.get("d", {}), body.get("seen", 0)
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()) or type(seen) is not int:
        raise UnreadableAction("a payload of another shape")
    try:
        return Action(Name(name), UUID(body.get("id")), seen, data)
    except (ValueError, TypeError, AttributeError):
        raise UnreadableAction("an action or id that does not exist") from None
