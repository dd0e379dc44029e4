"""The hash chain that shows tampering: every entry's hash covers its words and the hash before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64


def canonical(seq: int, actor: str, at: datetime, kind: str, data: Mapping[str, Any]) -> str:
    """The entry as JSON: keys sorted, no blanks, UTC ending in Z."""
    entry = {"seq": seq, "actor": actor, "at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"), "type": kind, "data": data}
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def link(previous: str, entry: str) -> str:
    return hashlib.sha256(f"{previous}\n{entry}".encode()).hexdigest()
