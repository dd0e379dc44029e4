"""The neutral tree as text: notification fallback, command line, logs."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest
from typing import assert_never

from cards.clean import CLOSE, OPEN, clean
from cards.elements import Actions, Card, Element, Facts, Heading, Quote, Rows, Text, Tone

WIDTH = 100
_SIGNS = {Tone.LATE: "!", Tone.WARNING: "~", Tone.GOOD: "✓", Tone.QUIET: ""}
_GAP = 2


def render(card: Card) -> str:
    """Lines of at most 100 columns, ending in a line break; one empty line around lists and quotes."""
    return "\n".join(line.rstrip() for element in card.body for line in _lines(element)).strip("\n") + "\n"


def _safe(text: str, *, lines: bool = False) -> str:
    return clean(text, lines=lines).replace(OPEN, "").replace(CLOSE, "")


def width(text: str) -> int:
    """Terminal columns: wide letters take two, accents and joiners none."""
    return sum(
        0 if unicodedata.combining(char) or char in "\u200d\ufe0f\u200e\u200f" else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _wrap(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(_safe(text), WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False) or [""]


def _lines(element: Element) -> list[str]:
    match element:
        case Heading():
            parts = [part for part in (element.text, element.amount, element.badge) if part]
            return _wrap(f"{_SIGNS[element.tone]} {' · '.join(parts)}".strip())
        case Text():
            return _wrap(element.text)
        case Quote():
            caption = _wrap(f"{element.caption}:") if element.caption else []
            return [
                "",
                *caption,
                *(part for line in _safe(element.text, lines=True).split("\n") for part in _wrap(line, "  | ") or ["  |"]),
                "",
            ]
        case Facts():
            return aligned([(f"{key}:", value) for key, value in element.pairs], frozenset())
        case Rows():
            return ["", *_rows(element), ""]
        case Actions():
            labels = [button.label for button in (*element.buttons, *element.more)]
            return _wrap(" ".join(f"[{label}]" for label in labels)) if labels else []
        case _:
            assert_never(element)


def _rows(rows: Rows) -> list[str]:
    signed = any(_SIGNS[row.tone] for row in rows.rows)
    cells = [((_SIGNS[row.tone], *row.cells) if signed else row.cells) for row in rows.rows]
    head = [(("", *rows.columns) if signed else rows.columns)] if any(rows.columns) else []
    right = frozenset(at + 1 for at in rows.right) if signed else rows.right
    return aligned([*head, *cells], right) + ([f"… {_safe(rows.rest)}"] if rows.rest else [])


def aligned(lines: Sequence[tuple[str, ...]], right: frozenset[int], room: int = WIDTH) -> list[str]:
    """Columns as wide as their widest cell; the widest give way until the line fits into `room` columns."""
    table = [[_safe(cell) for cell in line] for line in lines]
    widths = [max(width(cell) for cell in column) for column in zip_longest(*table, fillvalue="")]
    while sum(widths) + _GAP * (len(widths) - 1) > room and max(widths, default=0) > 1:
        widths[widths.index(max(widths))] -= 1
    return [(" " * _GAP).join(_pad(cell, widths[at], right=at in right) for at, cell in enumerate(line)) for line in table]


def _pad(cell: str, columns: int, *, right: bool) -> str:
    while width(cell) > columns:
        cell = cell.removesuffix("…")[:-1] + ("…" if columns > 0 else "")
        if cell in {"…", ""}:
            break
    fill = " " * (columns - width(cell))
    return fill + cell if right else cell + fill
