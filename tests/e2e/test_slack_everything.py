"""Everything a person starts in Slack, once each: every button of a card, every form, every command. From a signed request to what stands in
Slack and in the trail, on both databases. What each does in detail is told by the tests of that button.
"""

from __future__ import annotations

import pytest

from tests.e2e.service import Message, Service, labels, words

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
        (BIRKENHOF, "Payment bounced", {"payment": "", "why": "returned"}, "taken back", "payment.reversed"),
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
    ("overdeu", "overdue"),
)


@pytest.mark.parametrize("group", ACTS)
async def test_every_act_is_done_from_its_button_and_kept_in_the_trail(duebot_on_both: Service, group: str) -> None:
    duebot, wrong = duebot_on_both, list[tuple[str, str]]()
    for card, label, typed, told, kind in ACTS[group]:
        before = len(await duebot.audit(kind))
        said = await act(duebot, await duebot.card(card), label, typed)
        wrong += [(label, said)] if told not in said else []
        wrong += [(label, kind)] if len(await duebot.audit(kind)) <= before else []
        await duebot.deliver()
    assert wrong == []


async def act(duebot: Service, message: Message, label: str, typed: dict[str, str] | None) -> str:
    """What the person is told in the end; names of colleagues stand for their ids, an empty choice for the first there is."""
    if typed is None:
        return await duebot.press(message, label, by="ana")
    form = await duebot.open(message, label, by="ana")
    offered = {block["block_id"]: block["element"].get("options") for block in form["blocks"] if block["type"] == "input"}
    filled = {name: duebot.who(value) if value in duebot.people else value for name, value in typed.items()}
    filled = {name: value or offered[name][0]["value"] for name, value in filled.items()}
    done = await duebot.submit(form, filled, by="ana")
    return words(done["view"]["blocks"]) if "view" in done else str(done)


async def test_a_request_is_approved_and_another_refused_by_a_manager(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    for card, label in ((BIRKENHOF, "Write off"), (HARROW, "Write off")):
        await act(duebot, await duebot.card(card), label, {"amount": "10.00", "why": "goodwill"})
        await duebot.deliver()
    waiting = [message for message in await duebot.messages() if "Approve" in labels(message)]
    assert len(waiting) == 2
    assert "approved" in await duebot.press(waiting[0], "Approve", by="maria")
    form = await duebot.open(waiting[1], "Refuse", by="maria")
    assert "refused" in words((await duebot.submit(form, {"why": "not yet"}, by="maria"))["view"]["blocks"])
    await duebot.deliver()
    assert [labels(await duebot.fresh(message)) for message in waiting] == [[], []]


async def test_every_command_is_answered_privately(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    for text, told in COMMANDS:
        assert told in await duebot.command(text, by="ana"), text
