"""The neutral tree as Adaptive Cards 1.5. Teams' limits live in this folder and nowhere else.

Too much is shortened or folded, never refused: lists show fewer rows and say how many more there are, long texts end in an ellipsis.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cards.elements import Card, Form
from cards.linked import Link, Way
from cards.teams.blocks import VERSION, Pen
from cards.teams.dialog import blocks_of, title_of
from cards.teams.presses import Pressed, pressed
from cards.teams.text import Block, line, run, words

__all__ = ["Block", "Pressed", "in_dialog", "pressed", "render", "render_form", "size", "summary", "title_of"]

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
MESSAGE = 28_000  # bytes of a whole message, its envelope included
CARD = 26_000
FLOW = 20_000  # of a card a workflow takes
SMALL = 9_000  # what is tried when Teams says that a message was too large
SUMMARY = 300
_LETTERS = (12_000, 9_000, 6_000, 3_000)  # characters of a letter that a form shows
_BUDGETS = ((40, 3_000), (20, 1_500), (12, 800), (6, 400), (3, 200), (2, 80))  # rows of a list, characters of a text: the first that fits


def render(card: Card, most: int = CARD, link: Link | None = None, way: Way | None = None) -> Block:
    """For a message. With a `way` nothing is pressed."""
    return _fitting(lambda pen: pen.draw(card.body), summary(card), most, _pens(Pen(link=link, way=way)))


def in_dialog(card: Card, opened_from: str = "", link: Link | None = None) -> Block:
    """The same in a dialog, where nothing is executed and every press comes back as a submit with the card it was `opened_from`."""
    return _fitting(lambda pen: pen.draw(card.body), summary(card), CARD, _pens(Pen(dialog=True, card=opened_from, link=link)))


def render_form(
    form: Form, errors: Mapping[str, str] | None = None, opened_from: str = "", *, dialog: bool = True, most: int = CARD
) -> Block:
    """Without a `dialog` it stands in a message, where it is executed. Its lists give way to a letter, which is to be read before it is sent."""
    pen = Pen(dialog=dialog, card=opened_from)
    lettered = [replace(pen, rows=rows, letter=letter) for letter in _LETTERS for rows, _ in _BUDGETS]
    return _fitting(lambda pen: blocks_of(form, pen, errors or {}), title_of(form), most, [*lettered, *_pens(pen)])


def summary(card: Card) -> str:
    """For notifications and for clients that cannot draw the card."""
    return words(card.summary, SUMMARY)


def size(drawn: Block) -> int:
    """Bytes on the wire."""
    return len(json.dumps(drawn, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _pens(pen: Pen) -> list[Pen]:
    return [replace(pen, rows=rows, chars=chars) for rows, chars in _BUDGETS]


def _fitting(draw: Callable[[Pen], list[Block]], told: str, most: int, pens: Sequence[Pen]) -> Block:
    """As the first of the pens draws it so small."""
    drawn: Block = {}
    for pen in pens:
        drawn = _whole(draw(pen), told)
        if size(drawn) <= most:
            return drawn
    return _cut(drawn, most)


def _whole(body: list[Block], told: str) -> Block:
    return {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "fallbackText": told,
        "speak": told,
        "msteams": {"width": "full"},
        "body": body,
    }


def _cut(drawn: Block, most: int) -> Block:
    """What fits of a card that is too large whichever way it is folded; it says that there is more. The buttons of its end are kept."""
    end = line([run("… the rest is in the inbox", SUMMARY, isSubtle=True)])
    *body, last = drawn["body"]
    tail = [end, last] if last["type"] == "ActionSet" and size(last) < most // 2 else [end]
    left = most - size({**drawn, "body": tail})
    kept = []
    for block in body:
        left -= size(block) + 1
        if left < 0:
            break
        kept.append(block)
    return {**drawn, "body": [*kept, *tail]}
