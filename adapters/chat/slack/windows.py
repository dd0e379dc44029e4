"""Windows (modals) that hold no form: one that waits, and one that shows a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cards.elements import Card, Heading, Text, Tone
from cards.slack.render import render
from cards.slack.text import plain

View = dict[str, Any]
TITLE = "Duebot"


def waiting(words: str) -> View:
    """What stands there until the answer is known."""
    return _view([{"type": "section", "text": {"type": "plain_text", "text": words}}])


def showing(card: Card) -> View:
    return _view(render(card).blocks)


def held(blocks: Sequence[Mapping[str, Any]], label: str) -> list[dict[str, Any]]:
    """A message's blocks without anything to press, and what is being done."""
    kept = [{key: part for key, part in block.items() if key != "accessory"} for block in blocks if block.get("type") != "actions"]
    return [*kept, {"type": "context", "elements": [plain(f"{label or 'Pressed'} … one moment")]}]


def _view(blocks: list[dict[str, Any]]) -> View:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": TITLE},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks,
    }


def problem(heading: str, words: str) -> Card:
    return Card(f"{heading}. {words}", (Heading(heading, tone=Tone.WARNING), Text(words)), Tone.WARNING)
