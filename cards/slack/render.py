"""The neutral tree as Block Kit messages. Slack's limits live in this folder and nowhere else.

Too much is shortened or folded, never refused: lists show fewer rows and say how many more there are, long texts end in an ellipsis.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from cards.elements import Card, Text
from cards.linked import Link, Way
from cards.slack.blocks import Block, Pen
from cards.slack.modal import form_errors, render_form
from cards.slack.presses import Submitted, pressed, submitted
from cards.slack.text import TEXT, plain, summary

__all__ = ["Blocks", "Submitted", "form_errors", "pressed", "render", "render_form", "render_home", "submitted"]

BLOCKS, HOME_BLOCKS = 50, 100
HOME_CHARS = 60_000  # a view may have 250,000 bytes, and a character up to four
CHARS = 12_000  # all blocks of a message together; Slack refuses somewhat above 13,000
_BUDGETS = ((40, TEXT), (20, 1_500), (12, 800), (6, 400), (3, 200))  # rows of a list, characters of a text: the first that fits


@dataclass(frozen=True, slots=True)
class Blocks:
    """A message: its blocks, and the text of notifications. Post both with `unfurl_links=False`."""

    blocks: list[Block]
    text: str


def render(card: Card, link: Link | None = None, way: Way | None = None) -> Blocks:
    """With a `link` files can be fetched, with a `way` nothing is pressed."""
    return Blocks(_fitting(card, BLOCKS, CHARS, Pen(link=link, way=way)), summary(card.summary))


def render_home(card: Card) -> Block:
    """The card as the view of somebody's Home tab."""
    return {"type": "home", "blocks": _fitting(card, HOME_BLOCKS, HOME_CHARS, Pen())}


def _fitting(card: Card, most: int, chars: int, pen: Pen) -> list[Block]:
    """Drawn as fully as so many blocks of so many characters together take."""
    blocks: list[Block] = []
    for rows, width in _BUDGETS:
        blocks = _drawn(card, replace(pen, rows=rows, chars=width))
        if len(blocks) <= most and size(blocks) <= chars:
            return blocks
    return _cut(blocks, most, chars)


def _drawn(card: Card, pen: Pen) -> list[Block]:
    """Slack refuses a view of nothing."""
    return list(pen.draw(card.body)) or list(pen.draw((Text(card.summary),)))


def size(blocks: list[Block]) -> int:
    """Characters as JSON, which is more than what Slack counts."""
    return len(json.dumps(blocks, ensure_ascii=False))


def _cut(blocks: list[Block], most: int, chars: int) -> list[Block]:
    """What fits of a card that is too large whichever way it is folded; it says that there is more."""
    end: Block = {"type": "context", "elements": [plain("… the rest is in the inbox")]}
    kept: list[Block] = []
    left = chars - size([end])
    for block in blocks[: most - 1]:
        left -= size([block])
        if left < 0:
            break
        kept.append(block)
    return [*kept, end]
