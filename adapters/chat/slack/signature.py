"""Whether Slack sent a request: a pure check of the raw bytes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

WINDOW_SECONDS = 300
_LONGEST_TIMESTAMP = 12


def genuine(body: bytes, timestamp: str, signature: str, secrets: Iterable[str], now: float) -> bool:
    """`now` in seconds since 1970. Compares with every secret in constant time, so that none is told apart by the clock."""
    if not _recent(timestamp, now):
        return False
    given = signature.encode("utf-8", "replace")
    found = [hmac.compare_digest(sign(body, timestamp, secret).encode(), given) for secret in secrets]
    return any(found)


def sign(body: bytes, timestamp: str, secret: str) -> str:
    told = b"v0:" + timestamp.encode("ascii") + b":" + body
    return "v0=" + hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()


def _recent(timestamp: str, now: float) -> bool:
    """Only plain ASCII digits: `int` would also take signs, underscores and other scripts."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP):
        return False
    return abs(now - int(timestamp)) <= WINDOW_SECONDS
