"""E-mail addresses as they stand in a cell: one, several, or with names beside them."""

from __future__ import annotations

import re

LONGEST_LIST = 1_000
_ADDRESS = re.compile(r"[^\s@,;<>\"()]{1,64}@[^\s@,;<>\"()]{1,190}")
_NAMED = re.compile(r"[^<>@]*<([^<>]*)>")


def addresses(text: str) -> tuple[str, ...]:
    """Every address once, in order; none at all when a part of the cell is something else."""
    parts = [part for part in re.split(r"[;,]", text) if part.strip()]
    found: dict[str, None] = {}
    for part in parts:
        named = _NAMED.fullmatch(part.strip())
        for word in [named[1].strip()] if named else part.split():
            if not _ADDRESS.fullmatch(word):
                return ()
            found[word] = None
    return tuple(found)
