"""Whether the keys are those the database was written with."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, select
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.store import tables as t
from adapters.store.secrets import Vault

_SEALED: tuple[Column[bytes], ...] = (t.notices.c.body, t.inbound.c.payload)


async def must_fit(keys: Sequence[bytes], engine: AsyncEngine) -> None:
    """Raises `adapters.store.secrets.Unreadable` where the newest sealed value of a kind is not opened by any of them."""
    async with engine.connect() as connection:
        await connection.run_sync(fits, keys)


def fits(connection: Connection, keys: Sequence[bytes]) -> None:
    """As `must_fit`, within a transaction."""
    vault = Vault(keys)
    for column in _SEALED:
        row = column.table.c.id
        newest = connection.execute(select(row, column).where(column.is_not(None)).order_by(row.desc()).limit(1)).first()
        if newest is not None:
            vault.open(newest[1], column.table.name, column.name, newest[0])
