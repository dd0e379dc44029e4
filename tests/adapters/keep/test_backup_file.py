"""A backup's file: what goes in comes out, and nothing else is ever taken for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.keep.backup_file import LINES, BadBackup, reading, writing

KEY, OTHER = bytes(range(32)), bytes(32)
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
MANY = [f"{n}\tx\n".encode() for n in range(LINES + 1)]


def made(path: Path, key: bytes = KEY) -> Path:
    with writing(path, key, "2026_11_28_1905", AT, "0.1.0") as into:
        into.table("books", ["id", "name"], iter([b"1\tAlder \\\\ Finch\n", b"2\t\\N\n"]))
        into.table("empty", ["id"], iter([]))
        into.table("items", ["id", "name"], iter(MANY))
    return path


def read(path: Path, keys: Sequence[bytes] = (KEY,)) -> dict[str, list[bytes]]:
    with reading(path, keys) as backup:
        return {name: [line for block in blocks for line in block] for name, _, blocks in backup.tables()}


def test_what_was_written_is_read_and_counted_in_bounded_blocks(tmp_path: Path) -> None:
    path = made(tmp_path / "b")
    assert read(path) == {"books": [b"1\tAlder \\\\ Finch\n", b"2\t\\N\n"], "empty": [], "items": MANY}
    with reading(path, [OTHER, KEY]) as backup:
        assert backup.rows() == {"books": 2, "empty": 0, "items": len(MANY)}
        assert (backup.head.schema, backup.head.created_at) == ("2026_11_28_1905", AT)
        assert [len(block) for name, _, blocks in backup.tables() for block in blocks if name == "items"] == [LINES, 1]
    assert path.stat().st_mode & 0o777 == 0o600
    assert KEY.hex() not in path.read_bytes().hex()


def test_the_same_rows_make_the_same_file(tmp_path: Path) -> None:
    assert made(tmp_path / "a").read_bytes() == made(tmp_path / "b").read_bytes()


def test_no_byte_can_be_changed_cut_off_or_added_unnoticed(tmp_path: Path) -> None:
    whole, path = made(tmp_path / "whole").read_bytes(), tmp_path / "b"
    damaged = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), 7)]
    damaged += [whole[:length] for length in range(0, len(whole), 31)]
    damaged += [whole + b"\n", whole[1:], whole[:-65], whole + whole]
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(BadBackup):
            read(path)


def test_who_lacks_the_key_can_neither_read_it_into_a_database_nor_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match="another secret key"):
        read(made(tmp_path / "b", OTHER))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a backup"),
        (b"SQLite format 3\x00" + bytes(100), "not a backup"),
        (b'{"duebot": "ledger", "format": 1, "schema": "x", "created_at": "2026-11-24", "version": "1", "key": ""}\n', "not a backup"),
        (b'{"duebot": "backup", "format": 2, "schema": "x", "created_at": "2026-11-24", "version": "9", "key": ""}\n', "newer Duebot, 9"),
        (b"[" * 70_000, "not a backup"),
        (b"1\n", "not a backup"),
    ],
)
def test_other_files_are_named_for_what_they_are(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "b").write_bytes(content)
    with pytest.raises(BadBackup, match=said):
        read(tmp_path / "b")


def test_a_backup_that_breaks_off_leaves_no_file_and_the_old_one_as_it_was(tmp_path: Path) -> None:
    path = made(tmp_path / "b")
    before = path.read_bytes()
    with pytest.raises(OSError, match="gone"):
        _break_off(path)
    assert [one.name for one in tmp_path.iterdir()] == ["b"]
    assert path.read_bytes() == before


def _break_off(path: Path) -> None:
    with writing(path, KEY, "x", AT, "0") as into:
        into.table("books", ["id"], iter([b"1\n"]))
        raise OSError("gone")
