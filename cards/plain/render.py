"""The neutral tree as text: notification fallback, command line, logs."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import zip_longest
from typing import assert_never

from cards.clean import CLOSE, OPEN, clean
from cards.elements import Actions, Bars, Card, Element, Facts, Heading, Links, Quote, Rows, Text, Tone

WIDTH = 100
_SIGNS = {Tone.LATE: "!", Tone.WARNING: "~", Tone.GOOD: "✓", Tone.QUIET: ""}
_GAP = 2


def render(card: Card) -> str:
    """Lines of at most 100 columns, ending in a line break; one empty line around lists and quotes."""
    return "\n".join(line.rstrip() for element in card.body for line in _lines(element)).strip("\n") + "\n"


def _safe(text: str, *, lines: bool = False) -> str:
    return clean(text, lines=lines).replace(OPEN, "").replace(CLOSE, "")


def _columns(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200d\ufe0f\u200e\u200f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def width(text: str) -> int:
    """Terminal columns: wide letters take two, accents and joiners none."""
    return sum(map(_columns, text))


def _wrap(text: str, indent: str = "", room: int = WIDTH) -> list[str]:
    """Lines broken between words, inside one only where it is longer than a line."""
    lines, line = [], indent
    for word in _safe(text).split():
        for piece in _pieces(word, room - len(indent)):
            gap = " " if line != indent else ""
            if gap and width(line) + 1 + width(piece) > room:
                lines.append(line)
                line, gap = indent, ""
            line += gap + piece
    return [*lines, line]


def _pieces(word: str, room: int) -> list[str]:
    pieces, used = [""], 0
    for char in word:
        if used + _columns(char) > room:
            pieces.append("")
            used = 0
        pieces[-1] += char
        used += _columns(char)
    return pieces


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
                *(part for line in _safe(element.text, lines=True).split("\n") for part in _wrap(line, "  | ")),
                "",
            ]
        case Facts():
            return _facts(element)
        case Rows():
            return ["", *_rows(element), ""]
        case Bars():
            return ["", *_wrap(element.title), *drawn(element, 28), ""]
        case Links():
            return []  # commands write files
        case Actions():
            labels = [button.label for button in (*element.buttons, *element.more)]
            return _wrap(" ".join(f"[{label}]" for label in labels)) if labels else []
        case _:
            assert_never(element)


def _facts(facts: Facts) -> list[str]:
    """Values beside their names, wrapped under themselves."""
    keys = [f"{_safe(key)}:" for key, _ in facts.pairs]
    indent = " " * (min(max(map(width, keys), default=0), WIDTH // 3) + _GAP)
    return [line for key, (_, value) in zip(keys, facts.pairs, strict=True) for line in _beside(key, _wrap(value, indent), len(indent))]


def _beside(key: str, lines: list[str], indent: int) -> list[str]:
    if width(key) >= indent:
        return [*_wrap(key), *lines]
    return [key + " " * (indent - width(key)) + lines[0][indent:], *lines[1:]]


def _rows(rows: Rows) -> list[str]:
    signed = any(_SIGNS[row.tone] for row in rows.rows)
    cells = [((_SIGNS[row.tone], *row.cells) if signed else row.cells) for row in rows.rows]
    head = [(("", *rows.columns) if signed else rows.columns)] if any(rows.columns) else []
    right = frozenset(at + 1 for at in rows.right) if signed else rows.right
    return aligned([*head, *cells], right) + (_wrap(f"… {rest}") if (rest := rows.further()) else [])


def aligned(lines: Sequence[tuple[str, ...]], right: frozenset[int], room: int = WIDTH) -> list[str]:
    """Columns as wide as their widest cell; the widest give way until the line fits into `room` columns."""
    table = [[_safe(cell) for cell in line] for line in lines]
    widths = [min(max(map(width, column)), room) for column in zip_longest(*table, fillvalue="")]
    while sum(widths) + _GAP * (len(widths) - 1) > room and max(widths, default=0) > 1:
        widths[widths.index(max(widths))] -= 1
    return [(" " * _GAP).join(_pad(cell, widths[at], right=at in right) for at, cell in enumerate(line)) for line in table]


def drawn(bars: Bars, longest: int) -> list[str]:
    """Bars of blocks, `longest` of them at most; what is not nothing has one at least. Figures at the right."""
    lines = [(bar.label, "█" * (max(round(bar.share * longest / 1000), 1) if bar.share else 0), bar.words) for bar in bars.bars]
    return aligned(lines, frozenset({2}), 64)


def _pad(cell: str, columns: int, *, right: bool) -> str:
    shown = _fit(cell, columns)
    fill = " " * (columns - width(shown))
    return fill + shown if right else shown + fill


def _fit(cell: str, columns: int) -> str:
    if len(cell) <= columns * 4 and width(cell) <= columns:
        return cell
    kept, used = "", 1
    for char in cell:
        used += _columns(char)
        if used > columns:
            break
        kept += char
    return f"{kept}…"
