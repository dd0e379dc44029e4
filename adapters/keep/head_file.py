"""Published heads of the audit trail in a file that only grows, one line each: time, entries, hash."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from workflows.errors import Unavailable, UnexpectedPayload
from workflows.publish_head import Head

_LINE = re.compile(r"(?P<at>\S+Z) (?P<entries>[0-9]{1,18}) (?P<hash>[0-9a-f]{64})")


class HeadFile:
    """Put it where the database's administrator cannot write: a mounted share, a write-once bucket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def last(self) -> Head | None:
        """Raises `Unavailable` where it cannot be read and `UnexpectedPayload` for a line that is none."""
        heads = await asyncio.to_thread(read_heads, self._path) if await asyncio.to_thread(self._path.exists) else []
        return heads[-1] if heads else None

    async def add(self, head: Head) -> None:
        """On the disk when this returns. Raises `Unavailable`."""
        line = f"{head.at.astimezone(UTC).isoformat(timespec='seconds').replace('+00:00', 'Z')} {head.entries} {head.hash}\n"
        await asyncio.to_thread(self._append, line)

    def _append(self, line: str) -> None:
        try:
            with self._path.open("a", encoding="ascii") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as trouble:
            raise Unavailable(f"The file of audit heads, {self._path}, cannot be written: {trouble.strerror}.") from trouble


def read_heads(path: Path) -> list[Head]:
    """Raises `Unavailable` where it cannot be read and `UnexpectedPayload` naming the line that is none."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError as trouble:
        raise Unavailable(f"The file of audit heads, {path}, cannot be read: {trouble.strerror}.") from trouble
    except UnicodeDecodeError:
        raise UnexpectedPayload(f"{path} is no file of audit heads.") from None
    return list(_heads(path, lines))


def _heads(path: Path, lines: list[str]) -> Iterator[Head]:
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        try:
            at = datetime.fromisoformat(found["at"]) if found else None
        except ValueError:
            at = None
        if found is None or at is None:
            raise UnexpectedPayload(f"{path}:{number} is no line of an audit head; expected a time, a number and a hash.")
        yield Head(at, int(found["entries"]), found["hash"])
