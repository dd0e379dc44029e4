"""The commands, as `/due help` lists them."""

from __future__ import annotations

from cards.elements import Card, Facts, Heading, Text
from cards.format import name

COMMANDS = (
    ("balance CUSTOMER", "What a customer owes, item by item"),
    ("overdue", "Who is late, the oldest first"),
    ("invoice NUMBER", "One invoice: how it stands, what happened, what comes next"),
    ("help", "This list"),
)


def help_card(command: str = "/due", unknown: str | None = None, lacks: str | None = None, near: str | None = None) -> Card:
    """`command` is what stands before each verb; `unknown` is what was typed and is none of them.

    `near` is the verb it comes close to; `lacks` a verb that was typed without the word it needs.
    """
    meant = f" Did you mean {command} {name(near)}?" if near else ""
    whom = next((verb.partition(" ")[2] for verb, _ in COMMANDS if lacks and verb.startswith(f"{lacks} ")), "")
    said: tuple[Text, ...] = (Text(f"I do not know “{name(unknown)}”.{meant}"),) if unknown else ()
    said += (Text(f"Say the {whom.lower()} too: {command} {lacks} {whom}"),) if whom else ()
    facts = Facts(tuple((f"{command} {verb}", what) for verb, what in COMMANDS))
    return Card(f"{command} " + ", ".join(verb for verb, _ in COMMANDS), (Heading("What you can ask"), *said, facts))
