"""A place to type `duebot` in."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.cli_place import SAMPLE, Place, nothing_set_up
from tests.conftest import SECRET_KEY


@pytest.fixture
def empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with nothing_set_up(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def sqlite_place(empty_place: Place, sqlite_template: Path) -> Place:
    """A migrated database, as `duebot migrate` makes it without a setting."""
    shutil.copyfile(sqlite_template, empty_place.folder / "duebot.db")
    return empty_place


@pytest.fixture
def place(empty_place: Place, one_url: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A migrated database of the one kind."""
    monkeypatch.setenv("DUEBOT_DATABASE_URL", one_url)
    monkeypatch.setenv("DUEBOT_SECRET_KEY", base64.b64encode(SECRET_KEY).decode())
    return empty_place


@pytest.fixture
def filled_place(place: Place) -> Place:
    """The sample book was read, as exported on the day it speaks of."""
    assert place.duebot("import", str(SAMPLE), "--yes").code == 0
    return place
