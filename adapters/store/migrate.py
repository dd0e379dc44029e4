"""Brings a database's schema to the version this release wants, and back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

import migrations

_ONE_AT_A_TIME = 0x64756562  # an advisory lock of our own on PostgreSQL; SQLite has one writer anyway


class HangsInTheAir(Exception):
    """A row refers to one that is not there."""


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """One transaction: a migration that fails leaves the schema as it was."""
    async with changing(engine) as connection:
        await connection.run_sync(_run, command.upgrade, revision)


async def downgrade(engine: AsyncEngine, revision: str = "base") -> None:
    """Loses what the undone tables held."""
    async with changing(engine) as connection:
        await connection.run_sync(_run, command.downgrade, revision)


@asynccontextmanager
async def changing(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """A transaction that may change tables others refer to. SQLite changes one by making it anew, and would take that for losing its rows:
    there what refers to what is looked at once, at the end.
    """
    async with engine.connect() as connection:
        await _foreign_keys(connection, "OFF")
        try:
            async with connection.begin():
                yield connection
                await connection.run_sync(must_hold_together)
        finally:
            await _foreign_keys(connection, "ON")


async def _foreign_keys(connection: AsyncConnection, state: str) -> None:
    """Only outside of a transaction does SQLite listen to it."""
    if connection.dialect.name == "sqlite":
        driver = (await connection.get_raw_connection()).driver_connection
        await driver.execute(f"PRAGMA foreign_keys = {state}")  # type: ignore[union-attr]


def must_hold_together(connection: Connection) -> None:
    """Raises `HangsInTheAir` for a row that refers to one that is not there; PostgreSQL looks by itself."""
    if connection.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise HangsInTheAir(f"A row of {lost[0]} refers to one of {lost[2]} that is not there.")


async def current(engine: AsyncEngine) -> str | None:
    """The revision the database is at; null when it is empty."""
    async with engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def head() -> str:
    """The revision this release wants."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    if revision is None:
        raise FileNotFoundError("this installation lacks its migrations")
    return revision


def knows(revision: str) -> bool:
    """Whether this release has that revision; not, when it was made by a newer one."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(config()).walk_revisions())


def move(connection: Connection, revision: str) -> None:
    """Within a transaction that is open: up to that revision, or for `base` down to nothing."""
    _run(connection, command.downgrade if revision == "base" else command.upgrade, revision)


async def is_current(engine: AsyncEngine) -> bool:
    return await current(engine) == head()


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, made here instead of in a file beside the code."""
    made = Config()
    made.set_main_option("script_location", str(Path(migrations.__path__[0])).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def ours(name: str | None, kind: str, _parent: object) -> bool:
    """For Alembic's `include_name`: the tables of the jobs' engine are its own business."""
    return kind != "table" or name is None or not name.startswith("procrastinate_")


def _run(connection: Connection, verb: object, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    if not callable(verb):
        raise TypeError("a verb of alembic.command")
    verb(config(connection), revision)
