"""E-mail into a folder, one `.eml` file per message: for the demo and for a look at what would leave."""

from __future__ import annotations

import asyncio
import os
import re
from hashlib import sha256
from pathlib import Path

from adapters.outreach.mime import email_of
from workflows.domain.messages import Message, Receipt
from workflows.errors import Unavailable
from workflows.ports import Clock

NAME_LENGTH = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class EmlFolder:
    """A file is there whole or not at all, and is never written again. `sender` is the address in From."""

    channel = "email"

    def __init__(self, path: Path, *, sender: str, clock: Clock) -> None:
        self._path, self._sender, self._clock = path, sender, clock

    async def send(self, message: Message, key: str) -> Receipt:
        """The reference is the file's name. Raises `Unavailable` when the folder cannot be written."""
        mail = email_of(message, key, sender=self._sender, now=self._clock.now())
        await asyncio.to_thread(self._write, self._file(key), mail)
        return Receipt(self._file(key).name)

    async def was_sent(self, key: str) -> bool | None:
        return await asyncio.to_thread(self._file(key).exists)

    async def rest(self) -> None:
        """Nothing is kept open."""

    def _file(self, key: str) -> Path:
        """Readable, safe on every file system, and different for every key."""
        readable = _UNSAFE.sub("-", key).strip("-.")[:NAME_LENGTH]
        return self._path / f"{readable}-{sha256(key.encode()).hexdigest()[:12]}.eml"

    def _write(self, file: Path, body: bytes) -> None:
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                _write_whole(file, body)
        except OSError as trouble:
            raise Unavailable(f"the folder for mail cannot be written: {trouble.strerror}") from trouble


def _write_whole(file: Path, body: bytes) -> None:
    """On the disk under another name first, so that neither a crash nor a power cut leaves half a message."""
    draft = file.with_suffix(f".{os.getpid()}.part")
    with draft.open("wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
