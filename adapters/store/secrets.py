"""Encrypted column values: AES-256-GCM, bound to the table, column and row they stand in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class BadKey(ValueError):
    """A key that is not 32 bytes long."""


class Unreadable(Exception):
    """A value that none of the keys opens: it was altered, moved to another row, or its key is gone."""


class Vault:
    """Seals and opens column values. The first key seals; the others only open what was sealed before a rotation."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise BadKey(f"a secret key is {KEY_BYTES} bytes long")
        self._ciphers = [AESGCM(key) for key in keys]

    def __repr__(self) -> str:
        return f"Vault({len(self._ciphers)} keys)"

    def seal(self, text: str, table: str, column: str, row: UUID) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, text.encode(), _context(table, column, row))

    def open(self, sealed: bytes, table: str, column: str, row: UUID) -> str:
        """Raises `Unreadable`."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, body, _context(table, column, row)).decode()
            except (InvalidTag, ValueError):
                continue
        raise Unreadable(f"{table}.{column} of row {row} cannot be opened with the keys given")


def _context(table: str, column: str, row: UUID) -> bytes:
    return f"{table}.{column}.{row}".encode()
