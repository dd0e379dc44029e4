"""Brings a database's schema to the version this release wants, and back."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

import migrations

_ONE_AT_A_TIME = 0x64756562  # an advisory lock of our own on PostgreSQL; SQLite has one writer anyway


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """One transaction: a migration that fails leaves the schema as it was."""
    async with engine.begin() as connection:
        await connection.run_sync(_run, command.upgrade, revision)


async def downgrade(engine: AsyncEngine, revision: str = "base") -> None:
    """Loses what the undone tables held."""
    async with engine.begin() as connection:
        await connection.run_sync(_run, command.downgrade, revision)


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
