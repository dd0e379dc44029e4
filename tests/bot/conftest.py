"""A place to type `duebot` in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.bot.cli_place import SAMPLE, Place


@pytest.fixture
def empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Nothing is set up here."""
    for name in [name for name in os.environ if name.startswith("DUEBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    yield Place(tmp_path)
    structlog.reset_defaults()  # each command points the log to the standard error of its own time


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
