"""The schema comes from the migrations alone, goes back again, and is what the tables say."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.store import migrate
from adapters.store.engine import open_engine
from adapters.store.tables import users
from adapters.store.unit_of_work import SqlStore
from tests.conftest import KINDS, SECRET_KEY
from tests.store.samples import NOW, account, import_rows, row
from workflows.domain.account import Raised
from workflows.domain.ids import CustomerId, ItemId, new_id


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    with request.getfixturevalue("postgres").database(template="template0") as url:
        yield url


async def test_up_down_and_up_again(empty_url: str) -> None:
    engine = open_engine(empty_url)
    assert not await migrate.is_current(engine)
    await migrate.upgrade(engine)
    assert await migrate.current(engine) == migrate.head()
    await migrate.downgrade(engine)
    assert await tables_of(engine) == {"alembic_version"}
    assert await functions_of(engine) == []
    await migrate.upgrade(engine)
    await migrate.upgrade(engine)
    assert await migrate.is_current(engine)
    async with SqlStore(engine, [b"k" * 32])() as work:
        assert [book.slug for book in await work.books()] == ["main"]
    await engine.dispose()


async def tables_of(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def functions_of(engine: AsyncEngine) -> list[str]:
    """On PostgreSQL, of ours and of the jobs' engine, and its types."""
    if engine.dialect.name == "sqlite":
        return []
    left = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    left += " UNION SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE '%alembic%'"
    async with engine.connect() as connection:
        return list((await connection.execute(text(left))).scalars())


def test_the_engine_of_the_jobs_has_no_migration_that_ours_leave_out() -> None:
    newest = max(file.name for file in files("procrastinate.sql.migrations").iterdir() if file.name.endswith(".sql"))
    applied = ScriptDirectory.from_config(migrate.config()).get_revision("2026_11_28_1910")
    assert newest.startswith(applied.module.NEWEST)


async def test_the_migrations_make_what_the_tables_say(database_url: str) -> None:
    def drift(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_name": migrate.ours}
        )
        return list(compare_metadata(context, users.metadata))

    engine = open_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(drift) == []
    await engine.dispose()


def test_there_is_one_head_and_files_are_named_for_their_revision() -> None:
    scripts = ScriptDirectory.from_config(migrate.config())
    assert scripts.get_heads() == [migrate.head()]
    assert all(Path(script.path).name.startswith(f"{script.revision}_") for script in scripts.walk_revisions())


async def test_every_constraint_has_a_name(postgresql_url: str) -> None:
    def unnamed(connection: Connection) -> list[str]:
        found = inspect(connection)
        tables = [name for name in found.get_table_names() if migrate.ours(name, "table", None)]
        made_up = [(table, key["name"]) for table in tables for key in found.get_foreign_keys(table)]
        made_up += [(table, key["name"]) for table in tables for key in found.get_unique_constraints(table)]
        return [f"{table}.{name}" for table, name in made_up if not str(name).startswith(("fk_", "uq_"))]

    engine = open_engine(postgresql_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(unnamed) == []
    await engine.dispose()


async def test_tables_that_others_refer_to_are_made_anew_with_all_their_rows(store: SqlStore, database_url: str) -> None:
    """On SQLite a column is changed by copying its table: the customers' was refused while they had invoices."""
    await import_rows(store, row())
    engine = open_engine(database_url)
    await migrate.downgrade(engine, "2026_11_22_0940")
    await migrate.upgrade(engine)
    migrated = SqlStore(engine, [SECRET_KEY])
    assert (await account(migrated)).items[0].number == "INV-1"
    with pytest.raises(IntegrityError):
        await _raise_nothing(migrated)
    await migrated.close()


async def _raise_nothing(store: SqlStore) -> None:
    """Of an item and a customer that are not there: what refers to what is looked at again."""
    async with store() as work:
        await work.raise_all([(CustomerId(new_id()), Raised(ItemId(new_id()), "first", 0, NOW))])
