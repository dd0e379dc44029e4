"""A policy as people read it: which step comes when, and what it does."""

from __future__ import annotations

from cards.elements import Card, Element, Heading, Row, Rows, Text
from cards.format import count, days, listing, name, over
from workflows.domain.deeds import Approve, Charge, HandOver, MakeTask, Notify, OfferPlan, SendReceipt, UpdateRecords
from workflows.domain.policy import Alert, Anchor, Do, Escalate, Mode, Policy, Remind, When

_MODES = {Mode.ACTIVE: "", Mode.DRAFT: "draft: each message waits for a person", Mode.OFF: "off: nothing happens"}
_AFTER = {
    Anchor.BEFORE_DUE: "before the due day",
    Anchor.AFTER_DUE: "after the due day",
    Anchor.AFTER_ISSUE: "after the day of issue",
    Anchor.AFTER_PREVIOUS: "after the step before was sent",
    Anchor.NO_REPLY: "after the step before, if nobody answered",
    Anchor.MONTH_END_AFTER_DUE: "past the due day, at the end of that month",
    Anchor.BEFORE_INSTALMENT: "before an instalment",
    Anchor.AFTER_INSTALMENT: "after an instalment",
}


def policy_card(policy: Policy, note: str = "") -> Card:
    """One row per step, then one per event. `note` says whose policy it is."""
    title = f"Policy {name(policy.name)}"
    rows = [Row((name(step.name), when_words(step.when), does(step.do))) for step in policy.steps]
    rows += [Row(("", f"When: {rule.on.name.value.replace('_', ' ')}", does(rule.do))) for rule in policy.events]
    lines = [line for line in (note, _whom(policy), _MODES[policy.mode].capitalize()) if line]
    body: list[Element] = [Heading(title, badge=f"version {policy.version}"), *(Text(line, quiet=True) for line in lines)]
    return Card(f"{title}: {count(len(policy.steps), 'step')}", (*body, Rows(("Step", "When", "Does"), tuple(rows))))


def when_words(when: When) -> str:
    """`10 days after the due day`, `on the due day, then every 14 days`."""
    words = f"{days(when.days)} {_AFTER[when.anchor]}" if when.days else "on the day itself, counted " + _AFTER[when.anchor]
    if not when.days and when.anchor in {Anchor.BEFORE_DUE, Anchor.AFTER_DUE}:
        words = "on the due day"
    return words + (f", then every {days(when.repeat_every)}" if when.repeat_every else "")


def does(acts: tuple[Do, ...]) -> str:
    return listing([_does(act) for act in acts]).capitalize()


def _does(act: Do) -> str:
    match act:
        case Remind():
            return f"writes to the customer {' and '.join(over(via) for via in act.via) if act.every else over(act.via[0])}"
        case Escalate():
            return f"escalates to a {act.to}"
        case Approve():
            return f"waits for {count(act.people, act.by.word)} to approve"
        case MakeTask():
            return f"makes a task: {name(act.what)}"
        case Notify():
            return f"tells the {act.who}"
        case HandOver():
            return f"hands over to {name(act.to)}"
        case _:
            return _PLAIN[type(act)]


_PLAIN: dict[type[Do], str] = {
    Alert: "tells you with a card",
    Charge: "asks for a fee",
    SendReceipt: "sends a receipt",
    UpdateRecords: "updates other systems",
    OfferPlan: "has a payment plan offered",
}


def _whom(policy: Policy) -> str:
    to = policy.applies
    named = (
        ("invoices", to.invoices),
        ("customers", to.customers),
        ("products", to.products),
        ("segments", to.segments),
        ("books", to.books),
        ("currencies", to.currencies),
    )
    told = [f"{what} {listing([name(one) for one in some[:10]])}" for what, some in named if some]
    return f"For {', '.join(told)}." if told else "For everybody that no other policy fits more closely."
