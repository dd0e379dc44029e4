"""A place to type `duebot` in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.cli_place import SAMPLE, Place, nothing_set_up


@pytest.fixture
def empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with nothing_set_up(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def place(empty_place: Place, sqlite_template: Path) -> Place:
    """A migrated database, as `duebot migrate` makes it."""
    shutil.copyfile(sqlite_template, empty_place.folder / "duebot.db")
    return empty_place


@pytest.fixture
def filled_place(place: Place) -> Place:
    """The sample book was read, as exported on the day it speaks of."""
    assert place.duebot("import", str(SAMPLE), "--yes").code == 0
    return place
