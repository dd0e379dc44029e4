"""The neutral tree as Block Kit messages. Slack's limits live in this folder and nowhere else.

Too much is shortened or folded, never refused: lists show fewer rows and say how many more there are, long texts end in an ellipsis.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cards.elements import Card
from cards.slack.blocks import Block, Pen
from cards.slack.modal import form_errors, render_form
from cards.slack.presses import Submitted, pressed, submitted
from cards.slack.text import TEXT, plain, summary

__all__ = ["Blocks", "Submitted", "form_errors", "pressed", "render", "render_form", "submitted"]

BLOCKS = 50
CHARS = 12_000  # all blocks of a message together; Slack refuses somewhat above 13,000
_BUDGETS = ((40, TEXT), (20, 1_500), (12, 800), (6, 400), (3, 200))  # rows of a list, characters of a text: the first that fits


@dataclass(frozen=True, slots=True)
class Blocks:
    """A message: its blocks, and the text of notifications. Post both with `unfurl_links=False`."""

    blocks: list[Block]
    text: str


def render(card: Card) -> Blocks:
    for rows, chars in _BUDGETS:
        blocks = list(Pen(rows, chars).draw(card.body))
        if len(blocks) <= BLOCKS and size(blocks) <= CHARS:
            return Blocks(blocks, summary(card.summary))
    return Blocks(_cut(list(Pen(*_BUDGETS[-1]).draw(card.body))), summary(card.summary))


def size(blocks: list[Block]) -> int:
    """Characters as JSON, which is more than what Slack counts."""
    return len(json.dumps(blocks, ensure_ascii=False))


def _cut(blocks: list[Block]) -> list[Block]:
    """What fits of a card that is too large whichever way it is folded; it says that there is more."""
    end: Block = {"type": "context", "elements": [plain("… the rest is in the inbox")]}
    kept: list[Block] = []
    left = CHARS - size([end])
    for block in blocks[: BLOCKS - 1]:
        left -= size([block])
        if left < 0:
            break
        kept.append(block)
    return [*kept, end]
