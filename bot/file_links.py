"""Addresses of files: what is to be made and until when, signed, so that nothing is kept and nothing can be guessed, changed or listed."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

from cards.elements import FileKind, FileRef
from workflows.errors import NotKnown, Refused
from workflows.ports import Clock

FILES_PATH = "/f"
LONGEST = 400  # characters of a token; ours have some hundred and fifty
_BETWEEN = "\n"


class Expired(Refused):
    """It was one of ours."""


class FileLinks:
    """Without a public address there are none. The first of `secrets` signs; what the others signed is good while the secret is changed."""

    def __init__(self, public_url: str | None, secrets: Sequence[bytes], clock: Clock) -> None:
        self._base = public_url.rstrip("/") + FILES_PATH if public_url else None
        self._keys = [hmac.digest(secret, b"duebot file links", sha256) for secret in secrets]
        self._clock = clock

    def address(self, file: FileRef) -> str | None:
        """The same whenever it is asked for, so that a card which did not change looks the same."""
        return None if self._base is None else f"{self._base}/{self.token(file)}"

    def token(self, file: FileRef) -> str:
        told = _BETWEEN.join((file.kind.value, file.of.hex, file.until.isoformat(), file.about)).encode()
        return _text(hmac.digest(self._keys[0], told, sha256) + told)

    def read(self, token: str) -> FileRef:
        """Raises `NotKnown` for what we did not sign, and `Expired`."""
        signed = _bytes(token)
        proof, told = signed[: sha256().digest_size], signed[sha256().digest_size :]
        if not any(hmac.compare_digest(hmac.digest(key, told, sha256), proof) for key in self._keys):
            raise NotKnown("There is no such file.")
        kind, of, until, about = told.decode().split(_BETWEEN)
        file = FileRef(FileKind(kind), UUID(of), date.fromisoformat(until), about)
        if self._clock.now().date() > file.until:
            raise Expired("This link has expired.")
        return file


def _text(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def _bytes(token: str) -> bytes:
    """Of the one spelling that is ours; raises `NotKnown`."""
    try:
        signed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True) if len(token) <= LONGEST else b""
    except (binascii.Error, ValueError):
        signed = b""
    if not signed or _text(signed) != token:
        raise NotKnown("There is no such file.")
    return signed
