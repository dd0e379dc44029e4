"""A backup as one file: a line that says what it is, the compressed rows of every table, and a seal over all of it.

Rows are lines in PostgreSQL's COPY text form: it is exact, streams, needs no parser of ours on PostgreSQL and a short one on SQLite,
and either database can be restored from the other's. The seal is made with the secret key, which is not in the file: nobody without the
key can change a byte unnoticed, and a copy is of no use to Duebot with another key anyway.
"""

from __future__ import annotations

import gzip
import hmac
import json
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from workflows.errors import Refused

FORMAT = 1
END = b"\\.\n"  # behind the rows of a table; no row looks like it, for a row's backslashes are doubled
LINES = 2_000  # rows handed on at once
_SEAL_LENGTH = 65  # hex and a line end
_LONGEST_HEAD = 64 * 1024
_BLOCK = 1 << 20
_SPEED = 4  # of gzip: half the time of its usual 9 for a tenth more bytes


class BadBackup(Refused):
    """The file is no backup, not whole, changed, made with another key or by a newer version. Nothing was restored."""


@dataclass(frozen=True, slots=True)
class Head:
    """`schema` is the revision the rows are of; `key` tells keys apart without telling anything of them."""

    schema: str
    created_at: datetime
    version: str
    key: str


class _Sealing:
    """What is written goes into the file and under the seal."""

    def __init__(self, out: IO[bytes], key: bytes) -> None:
        self._out, self._mac = out, hmac.new(_derived(key, "seal"), digestmod=sha256)

    def write(self, block: bytes) -> int:
        self._mac.update(block)
        return self._out.write(block)

    def flush(self) -> None:
        self._out.flush()

    def seal(self) -> None:
        self._out.write(self._mac.hexdigest().encode() + b"\n")


class Writing:
    """Tables one after the other."""

    def __init__(self, out: gzip.GzipFile) -> None:
        self._out, self.rows = out, dict[str, int]()

    def table(self, name: str, columns: Sequence[str], lines: Iterator[bytes]) -> None:
        """`lines` each end with a line end."""
        self._out.write(_line({"table": name, "columns": list(columns)}))
        count = 0
        while block := list(islice(lines, LINES)):
            joined = b"".join(block)
            self._out.write(joined)
            count += joined.count(b"\n")
        self._out.write(END)
        self.rows[name] = count


@contextmanager
def writing(path: Path, key: bytes, schema: str, created_at: datetime, version: str) -> Generator[Writing, None, None]:
    """The file is there whole, readable by its owner alone, when the block ends, or not at all. Raises `OSError`."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            sealing = _Sealing(out, key)
            head = {"duebot": "backup", "format": FORMAT, "schema": schema, "created_at": created_at.isoformat(), "version": version}
            sealing.write(_line({**head, "key": fingerprint(key)}))
            with gzip.GzipFile("", "wb", _SPEED, sealing, mtime=0) as packed:
                made = Writing(packed)
                yield made
                packed.write(_line({"rows": made.rows}))
            sealing.seal()
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Backup:
    """A file whose seal was found whole."""

    head: Head
    size: int
    _file: IO[bytes]
    _start: int

    def tables(self) -> Iterator[tuple[str, Sequence[str], Iterator[list[bytes]]]]:
        """Each table with its columns and its rows in blocks of lines, which are to be read before the next table is asked for."""
        with self._unpacked() as packed:
            for line in packed:
                told = _read(line)
                if "table" not in told:
                    return
                yield told["table"], told["columns"], _blocks(packed)

    def rows(self) -> Mapping[str, int]:
        """How many rows each table has; reads the file through."""
        with self._unpacked() as packed:
            for line in packed:
                told = _read(line)
                if "rows" in told:
                    return dict(told["rows"])
                for _ in _blocks(packed):
                    pass
        raise BadBackup("The backup has no end.")

    def _unpacked(self) -> gzip.GzipFile:
        self._file.seek(self._start)
        return gzip.GzipFile(fileobj=cast("IO[bytes]", _Part(self._file, self.size - self._start - _SEAL_LENGTH)), mode="rb")


class _Part:
    """The next so many bytes of a file."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file, self._left = file, length

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(block)
        return block


@contextmanager
def reading(path: Path, keys: Sequence[bytes]) -> Generator[Backup, None, None]:
    """Verified from its first byte to its last before anything is read out of it. Raises `BadBackup` and `OSError`."""
    with path.open("rb") as file:
        first = file.readline(_LONGEST_HEAD)
        head = _head(path, first)
        key = next((key for key in keys if fingerprint(key) == head.key), None)
        if key is None:
            raise BadBackup(
                f"{path} was made with another secret key. Set DUEBOT_SECRET_KEY to that one, or put its .key file beside the database."
            )
        size = path.stat().st_size
        if not hmac.compare_digest(*_seals(file, size, key)):
            raise BadBackup(f"{path} is not whole, or was changed since it was made. Take another copy of it.")
        yield Backup(head, size, file, len(first))


def _seals(file: IO[bytes], size: int, key: bytes) -> tuple[bytes, bytes]:
    """The seal the file should have and the one it has."""
    mac, left = hmac.new(_derived(key, "seal"), digestmod=sha256), max(size - _SEAL_LENGTH, 0)
    file.seek(0)
    while left and (block := file.read(min(left, _BLOCK))):
        mac.update(block)
        left -= len(block)
    return mac.hexdigest().encode() + b"\n", file.read(_SEAL_LENGTH + 1)


def _head(path: Path, line: bytes) -> Head:
    try:
        told = json.loads(line)
        is_ours, number = told["duebot"] == "backup", int(told["format"])
        head = Head(str(told["schema"]), datetime.fromisoformat(told["created_at"]), str(told["version"]), str(told["key"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadBackup(f"{path} is not a backup of Duebot, or its beginning is damaged.") from None
    if not is_ours:
        raise BadBackup(f"{path} is not a backup of Duebot.")
    if number > FORMAT:
        raise BadBackup(f"{path} was made by a newer Duebot, {head.version}. Restore it with that version.")
    return head


def _blocks(packed: gzip.GzipFile) -> Iterator[list[bytes]]:
    """The rows up to the end of their table."""
    block: list[bytes] = []
    for line in packed:
        if line == END:
            if block:
                yield block
            return
        block.append(line)
        if len(block) == LINES:
            yield block
            block = []
    raise BadBackup("A table of the backup has no end.")


def fingerprint(key: bytes) -> str:
    """Tells one key from another; nothing of the key can be learnt from it."""
    return _derived(key, "name").hex()[:16]


def _derived(key: bytes, what: str) -> bytes:
    return hmac.digest(key, f"duebot backup {what} 1".encode(), "sha256")


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _read(line: bytes) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        raise BadBackup("The backup has rows where a table should begin.") from None
    return told
