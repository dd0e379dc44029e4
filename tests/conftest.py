"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from sqlalchemy.engine import make_url

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.fakes.clock import FixedClock
from tests.peers.postgres import Postgres, migrate_at, running_postgres

# The same examples on every run, so that a run says something about the change alone; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("same")

SECRET_KEY = bytes(range(32))

# TEST_DATABASE=sqlite or postgresql: every test that needs some database uses that kind. Unset, tests of what is told to a database run on
# both kinds, and the rest, whose `one_url` could be either, on SQLite.
BOTH = ("sqlite", "postgresql")
CHOSEN = os.environ.get("TEST_DATABASE", "")
if CHOSEN not in {"", *BOTH}:
    raise pytest.UsageError(f"TEST_DATABASE is {CHOSEN}; it can be {' or '.join(BOTH)}")
KINDS = (CHOSEN,) if CHOSEN else BOTH
ONE = CHOSEN or "sqlite"

Fresh = Callable[[], AbstractContextManager[str]]
CopyOf = Callable[[str], AbstractContextManager[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m one_database`: the tests that a run without TEST_DATABASE has not seen on PostgreSQL."""
    for item in items:
        asked, chosen = set(getattr(item, "fixturenames", ())), getattr(getattr(item, "callspec", None), "params", {})
        if asked & {"one_url", "fresh"} or ("database_url" in asked and "database_url" not in chosen):
            item.add_marker("one_database")


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


@pytest.fixture(scope="session")
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """Opens a migrated database of its own, of the one kind."""
    if ONE == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.database
    return partial(_copied, request.getfixturevalue("sqlite_template"))


@pytest.fixture(scope="session")
def copy_of(request: pytest.FixtureRequest) -> CopyOf:
    """Opens a copy of a database that nobody is connected to."""
    if ONE == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return lambda url: server.database(str(make_url(url).database))
    return lambda url: _copied(Path(url.partition(":///")[2]))


@contextmanager
def _copied(file: Path) -> Generator[str, None, None]:
    with TemporaryDirectory(prefix="duebot-sqlite-") as folder:
        yield f"sqlite+aiosqlite:///{shutil.copy(file, Path(folder) / 'duebot.db')}"


@pytest.fixture
def one_url(fresh: Fresh) -> Iterator[str]:
    """A migrated database for a test that is the same on both kinds."""
    with fresh() as url:
        yield url


@pytest.fixture(params=KINDS)
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
