"""The commands, as `/due help` lists them."""

from __future__ import annotations

from cards.elements import Card, Facts, Heading, Text

COMMANDS = (
    ("balance CUSTOMER", "What a customer owes, item by item"),
    ("overdue", "Who is late, the oldest first"),
    ("invoice NUMBER", "One invoice: how it stands, what happened, what comes next"),
    ("help", "This list"),
)


def help_card(command: str = "/due", unknown: str | None = None) -> Card:
    """`command` is what stands before each verb; `unknown` is what was typed and is none of them."""
    said = (Text(f"I do not know “{unknown}”."),) if unknown else ()
    facts = Facts(tuple((f"{command} {verb}", what) for verb, what in COMMANDS))
    return Card(f"{command} " + ", ".join(verb for verb, _ in COMMANDS), (Heading("What you can ask"), *said, facts))
