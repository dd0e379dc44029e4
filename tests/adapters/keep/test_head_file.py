"""Published heads are appended, read back, and never half."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.keep.head_file import HeadFile, read_heads
from workflows.errors import Unavailable, UnexpectedPayload
from workflows.publish_head import Head

ONE = Head(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), 12, "ab" * 32)
TWO = Head(datetime(2026, 3, 3, 0, 0, tzinfo=UTC), 40, "cd" * 32)


async def test_heads_are_appended_and_read_in_order(tmp_path: Path) -> None:
    log = HeadFile(tmp_path / "heads.txt")
    assert await log.last() is None
    await log.add(ONE)
    await log.add(TWO)
    assert await log.last() == TWO
    assert read_heads(tmp_path / "heads.txt") == [ONE, TWO]
    assert (tmp_path / "heads.txt").read_text().splitlines()[0] == f"2026-03-02T09:00:00Z 12 {'ab' * 32}"


@pytest.mark.parametrize("line", ["", "hello", f"2026-13-02T09:00:00Z 1 {'ab' * 32}", f"2026-03-02T09:00:00Z x {'ab' * 32}", "ä"])
def test_a_line_that_is_no_head_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "heads.txt"
    file.write_text(f"2026-03-02T09:00:00Z 12 {'ab' * 32}\n{line}\n", encoding="utf-8")
    with pytest.raises(UnexpectedPayload, match=r"heads\.txt"):
        read_heads(file)


async def test_a_place_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        await HeadFile(tmp_path / "none" / "heads.txt").add(ONE)
    with pytest.raises(Unavailable, match="cannot be read"):
        read_heads(tmp_path / "none")
