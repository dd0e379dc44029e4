"""Everything a person starts in a chat, once each: every button of a card with its form, and every command."""

from __future__ import annotations

BIRKENHOF, CALLOWAY, HARROW = "Birkenhof Manufaktur GmbH", "Calloway Interiors Ltd", "Harrow & Pike LLP"

Act = tuple[str, str, dict[str, str] | None, str, str]
# On which card, the button, what is typed, what the person is told, what the trail has.
ACTS: dict[str, tuple[Act, ...]] = {
    "owners and tasks": (
        (BIRKENHOF, "Flag", None, "flagged", "item.flagged"),
        (BIRKENHOF, "Unflag", None, "flag removed", "item.unflagged"),
        (BIRKENHOF, "I take it", None, "Ana Ferreira", "customer.assigned"),
        (BIRKENHOF, "Assign", {"to": "bo"}, "Bo Lindqvist", "customer.assigned"),
        (BIRKENHOF, "Let go", None, "nobody", "customer.assigned"),
        (BIRKENHOF, "Task", {"what": "Call them", "owner": "ana", "due_on": "2026-11-27"}, "Call them", "task.created"),
        (BIRKENHOF, "Done: Call them", None, "done", "task.done"),
        (BIRKENHOF, "Note", {"note": "Their bookkeeper is ill"}, "note kept", "item.noted"),
    ),
    "silence": (
        (BIRKENHOF, "Snooze", {"length": "1"}, "snoozed until Wed 25 Nov", "item.snoozed"),
        (BIRKENHOF, "Reschedule", {"length": "3"}, "snoozed until Fri 27 Nov", "item.snoozed"),
        (BIRKENHOF, "Wake", None, "awake", "item.woken"),
        (BIRKENHOF, "Hold", {"why": "audit"}, "on hold", "hold.set"),
        (BIRKENHOF, "Release", None, "released", "hold.released"),
        (BIRKENHOF, "Says paid", None, "said to be paid", "hold.says_paid"),
        (BIRKENHOF, "Release", None, "released", "hold.released"),
    ),
    "claims": (
        (BIRKENHOF, "Dispute", {"reason": "wrong freight"}, "disputed", "dispute.opened"),
        (BIRKENHOF, "Settle dispute", {"outcome": "freight was right"}, "settled", "dispute.settled"),
        (BIRKENHOF, "Promise", {"until": "2026-12-01"}, "promise", "promise.recorded"),
        (BIRKENHOF, "Cancel promise", None, "cancelled", "promise.cancelled"),
        (BIRKENHOF, "Escalate", {"to": "maria", "why": "large"}, "Maria Lindt", "item.escalated"),
        (BIRKENHOF, "Hand back", None, "back", "item.handed_back"),
    ),
    "money and contact": (
        (BIRKENHOF, "Record payment", {"amount": "100.00", "paid_on": "2026-11-23"}, "€100.00", "payment.recorded"),
        (BIRKENHOF, "Take payment back", {"payment": "", "why": "returned"}, "taken back", "payment.reversed"),
        (BIRKENHOF, "Write off", {"amount": "10.00", "why": "goodwill"}, "Waits for", "approval.asked"),
        (CALLOWAY, "Charge a fee", {"amount": "5.00", "why": "agreed"}, "Waits for", "approval.asked"),
        (HARROW, "Opt out", {"address": "", "how": "by phone"}, "no more messages", "contact.opted_out"),
        (HARROW, "Opt in", {"address": "", "how": "by phone"}, "messages", "contact.opted_in"),
        (HARROW, "Send reminder", {"reason": "asked for a copy"}, "a reminder for", "reminder.sent_by_hand"),
    ),
}
COMMANDS = (
    ("help", "What you can ask"),
    ("overdue", "Birkenhof"),
    ("overdue 30", "Eisenwerk"),
    ("overdue >10000.00 EUR", "Eisenwerk"),
    ("balance birkenhof", "AF-1031"),
    ("customer birkenhof", "Written to"),
    ("invoice AF-1031", "Birkenhof"),
    ("why AF-1031", "Because"),
    ("mine", "customers"),
    ("promises", "Nothing is promised."),
    ("plans", "plan"),
    ("disputes", "Nothing is disputed."),
    ("tasks", "Reach the customer"),
    ("aging", "EUR"),
    ("metrics", "DSO"),
    ("forecast", "EUR"),
    ("report", "Open"),
    ("home", "Ana Ferreira"),
    ("settings", "Settings"),
    ("share overdue", "Shared"),
    ("flag AF-1031", "flagged"),
    ("snooze AF-1031 3d", "snoozed until Fri 27 Nov"),
    ("overdeu", "overdue"),
)
# Those that open a form: what is typed, what the window is called.
FORM_COMMANDS = (
    ("remind AF-1031", "Send reminder"),
    ("snooze AF-1031", "Snooze"),
    ("escalate AF-1031", "Escalate"),
    ("fee AF-1031", "Charge a fee"),
)
