"""Characters from outside that must never reach a screen."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_NO_BREAK = "\xa0"  # a space that many amounts have, and Python does not count as printable
OPEN, CLOSE = "\u2068", "\u2069"  # FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE
_INVISIBLE = frozenset("\u200b\u2060\ufeff\u00ad\u180e")
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
_BREAKS = frozenset("\n\u2028\u2029\u0085\u000b\u000c")
_TAGS = "\U000e0000"  # the first of the characters that only mark others, some of which count as printable
_DROPPED = frozenset(["Cc", "Cs", "Co", "Cn"])


def clean(text: str, *, lines: bool = False) -> str:
    """Text without control characters, and without the marks that reorder or hide what stands around them.

    Isolates are kept where they are balanced, since our own names are wrapped in them. Line breaks become spaces unless `lines`.
    """
    if text.replace(_NO_BREAK, " ").isprintable() and (text.isascii() or max(text) < _TAGS):
        return text
    kept: list[str] = []
    isolated = False
    for char in text.replace("\r\n", "\n").replace("\r", "\n"):
        if char in _BREAKS:
            kept.append(("\u2069" if isolated else "") + ("\n" if lines else " "))
            isolated = False
        elif char == OPEN and not isolated:
            isolated = True
            kept.append(char)
        elif char == CLOSE and isolated:
            isolated = False
            kept.append(char)
        else:
            kept.append(_safe(char))
    return "".join(kept) + (CLOSE if isolated else "")


def _safe(char: str) -> str:
    if char == "\t":
        return " "
    if char in _DIRECTION or char in _INVISIBLE or _TAGS <= char <= "\U000e0fff":
        return ""
    return "" if unicodedata.category(char) in _DROPPED else char


def bare(text: str) -> str:
    """Outside text on its way into one of our sentences: one line, no direction marks at all."""
    return " ".join(clean(text).replace(OPEN, "").replace(CLOSE, "").split())


def shorten(text: str, width: int) -> str:
    """At most `width` characters, an ellipsis in place of what is left out; never cuts a letter from its accents."""
    if len(text) <= width:
        return text
    kept = _cut(text, width - 1)
    if _is_open(kept):
        kept = _cut(text, width - 2)
    return f"{kept}…{CLOSE if _is_open(kept) else ''}"


def _cut(text: str, width: int) -> str:
    at = most = max(width, 0)
    while at > 0 and (unicodedata.combining(text[at]) or text[at] in "\u200d\ufe0f" or text[at - 1] == "\u200d"):
        at -= 1
    return text[: at or most].rstrip()


def _is_open(text: str) -> bool:
    return text.count(OPEN) > text.count(CLOSE)


def pieces(text: str, width: int) -> Iterator[str]:
    """The whole of it in parts of at most `width` characters; each ends with a line where one ends in it."""
    while len(text) > width:
        end = text.rfind("\n", 0, width) + 1 or width
        yield text[:end]
        text = text[end:]
    yield text


def isolated(text: str) -> str:
    """Wrapped so that right-to-left words do not reorder the figures beside them; left-to-right text as it is."""
    if not text.isascii() and any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in text):
        return f"{OPEN}{text}{CLOSE}"
    return text
