"""A whole upgrade tried in one transaction: migrated, looked through with the store's own eyes, and kept only if all is well."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.store.migrate import changing, move
from adapters.store.unit_of_work import SqlStore


class _InOne:
    """What the store takes for an engine: every unit is a part of the one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection, self.dialect = connection, connection.dialect

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncConnection, None]:
        async with self._connection.begin_nested():
            yield self._connection

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[AsyncConnection, None]:
        yield self._connection


@asynccontextmanager
async def migrated(engine: AsyncEngine, keys: Sequence[bytes]) -> AsyncGenerator[SqlStore, None]:
    """A store over the migrated database, which becomes true when the block ends; when it raises, the database is what it was."""
    async with changing(engine) as connection:
        await connection.run_sync(move, "head")
        one = cast("AsyncEngine", _InOne(connection))
        yield SqlStore(one, keys, readers=one, door=one)
