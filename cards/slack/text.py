"""Words for Slack: shortened to its limits, unable to format, link or call anybody."""

from __future__ import annotations

from typing import Any

from cards.clean import clean, shorten

TEXT = 3_000
_JOINER = "\u2060"  # invisible; `clean` takes it out of text from outside, so every one here is ours
_FORMATTING = frozenset("*_~`|")
_STARTING = frozenset(":@")  # of an emoji code, a link, a mention: inert once the next character is not their own
_SUMMARY = 780  # `&` becomes five characters, and an update's text may hold 4,000
EMPTY = "–"  # Slack refuses an empty text


def plain(text: str, limit: int = TEXT, *, lines: bool = False) -> dict[str, Any]:
    """A plain_text object: shown as it is, whatever stands in it; `emoji` off keeps codes such as `:moneybag:` as words."""
    return {"type": "plain_text", "text": words(text, limit, lines=lines), "emoji": False}


def words(text: str, limit: int = TEXT, *, lines: bool = False) -> str:
    safe = clean(text, lines=lines)
    return shorten(safe, limit) if safe.strip() else EMPTY


def summary(text: str) -> str:
    """The fallback text, which Slack reads as its markup: brackets escaped, every formatting character kept from its neighbours."""
    safe = words(text, _SUMMARY).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(_inert(char) for char in safe)


def _inert(char: str) -> str:
    if char in _STARTING:
        return f"{char}{_JOINER}"
    return f"{_JOINER}{char}{_JOINER}" if char in _FORMATTING else char
