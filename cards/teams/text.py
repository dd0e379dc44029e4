"""Words for Teams: shortened to a budget, unable to format, link, call anybody or be read as a date function."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cards.clean import clean, shorten

Block = dict[str, Any]
EMPTY = "–"  # a block of nothing would be drawn as a hole
JOINER = "\u2060"  # invisible; `clean` takes it out of text from outside, so every one here is ours
# `{{DATE(…)}}` is a function even in plain runs, `${…}` a template's; an address becomes a link and `<at>` a mention in some clients
_STARTING = re.compile(r"(?<=\{)(?=\{)|(?<=\$)(?=\{)|(?<=:)(?=//)|(?<=[wW]{3})(?=\.)|(?<=<)(?=[/a-zA-Z])|(?<=@)(?=\w)")


def words(text: str, limit: int, *, lines: bool = False) -> str:
    safe = clean(text, lines=lines)
    return shorten(_STARTING.sub(JOINER, safe), limit) if safe.strip() else EMPTY


def run(text: str, limit: int, **style: object) -> Block:
    """A TextRun: what it says is never read as Markdown."""
    return {"type": "TextRun", "text": words(text, limit), **style}


def line(runs: Sequence[Block], **more: object) -> Block:
    """A paragraph; its runs say how they look."""
    return {"type": "RichTextBlock", "inlines": list(runs), **more}


def label(text: str, limit: int) -> str:
    """For a button, an input's label, a choice: clients show these as they are."""
    return words(text, limit)
