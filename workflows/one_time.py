"""Codes and links that work once: what is stored of them is their SHA-256, so that whoever reads the database can use none."""

from __future__ import annotations

import secrets
from hashlib import sha256

_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another when read aloud
_GROUPS, _LONG = 5, 4


def made_link() -> str:
    """256 bits, for an address."""
    return secrets.token_urlsafe(32)


def made_code() -> str:
    """Close to 100 bits, to be typed: `K7QX-...`."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_LONG)) for _ in range(_GROUPS))


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def digest_of_code(code: str) -> str:
    """The same however it was typed: in small letters, with or without its hyphens."""
    return digest("".join(letter for letter in code.upper() if letter.isalnum()))
