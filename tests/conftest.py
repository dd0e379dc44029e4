"""Fixtures shared by all tests."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.fakes.clock import FixedClock
from tests.peers.postgres import Postgres, migrate_at, running_postgres

# The same examples on every run, so that a run says something about the change alone; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("same")

SECRET_KEY = bytes(range(32))


@pytest.fixture
def clock() -> FixedClock:
    """Tuesday 24 November 2026, 10:00 UTC, until the test moves it."""
    return FixedClock()


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[Postgres]:
    with running_postgres(testrun_uid) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate_at(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database."""
    path = tmp_path / "duebot.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres: Postgres) -> Iterator[str]:
    """A migrated PostgreSQL database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    """A store on a migrated database of its own, once on each kind."""
    made = SqlStore(open_engine(database_url), [SECRET_KEY])
    yield made
    await made.close()
