"""Cells for spreadsheets: text that a spreadsheet would run as a formula is made text again."""

from __future__ import annotations

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")  # what the usual spreadsheets begin a formula or a command with


def defused(text: str) -> str:
    """With an apostrophe in front where it begins, blanks aside, like a formula. A plain number stays one."""
    if text.lstrip().startswith(_RUNS) or text.startswith(_RUNS):
        return text if _is_number(text) else f"'{text}"
    return text


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.replace(".", "", 1).isdigit() and digits.isascii()
