"""Cells as words: what counts as empty, and how a cell is quoted to a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from adapters.accounting.cells import DayCell, FaultyCell, NumberCell

_EMPTY = frozenset(["", "nan", "nat", "null", "none", "n/a", "#n/a", "-"])
_QUOTED = 40
_LONGEST_NAME = 1_000
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "#": "number", "№": "number", "°": "o", "º": "o"})
_WHOLE = frozenset([DayCell, NumberCell, FaultyCell])


def filled(cell: str) -> str | None:
    """The cell without outer and double blanks; null for an empty one and for what programs write instead of nothing."""
    text = cell if (" " not in cell and cell.isprintable()) or type(cell) in _WHOLE else " ".join(cell.split())
    return None if len(text) <= 4 and text.casefold() in _EMPTY else text


def printable(text: str) -> str:
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in text)


def shown(cell: str) -> str:
    """A cell in quotes, short and without anything a terminal would act on."""
    text = printable(" ".join(cell.split()))
    return f'"{text}"' if len(text) <= _QUOTED else f'"{text[: _QUOTED - 1]}…"'


def names(cells: Sequence[str]) -> tuple[str, ...]:
    """The header's words; empty ones at its end are none."""
    header = [printable(" ".join(cell[:_LONGEST_NAME].split())) for cell in cells]
    while header and not header[-1]:
        header.pop()
    return tuple(header)


def listed(header: Sequence[str]) -> str:
    """The columns of a file, for a sentence."""
    return ", ".join([shown(name) for name in header if name][:30]) or "none"


@lru_cache(maxsize=10_000)
def small(name: str) -> str:
    """A word as words are compared: small letters and digits alone, ä as ae and é as e."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_UMLAUTS))
    return re.sub(r"[^a-z0-9]", "", plain)
