"""What brought something about: one short reference from a press, or a run in the background, to all that follows from it."""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager
from hashlib import blake2b

from structlog.contextvars import bound_contextvars, get_contextvars

REFERENCE = "reference"  # its name in the logs
_BYTES = 5
_MOST = 5  # that one line names


def cause_of(key: str) -> str:
    """Of what came in: whoever handles it, and whenever, finds the same."""
    return blake2b(key.encode(errors="surrogatepass"), digest_size=_BYTES).hexdigest()


def new_cause() -> str:
    """Of a run in the background."""
    return secrets.token_hex(_BYTES)


def caused_by(*causes: str | None) -> AbstractContextManager[None]:
    """While it is entered, every line of the log names them, and what is queued keeps them; as it was before where there are none."""
    known = sorted({cause for cause in causes if cause})[:_MOST]
    return bound_contextvars(**({REFERENCE: " ".join(known)} if known else {}))


def present_cause() -> str | None:
    return get_contextvars().get(REFERENCE)
