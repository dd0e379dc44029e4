"""Where chats without fixed addresses take messages: the newest of each conversation and person."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.chat.protocol import Address
from adapters.store import tables as t
from workflows.domain.ids import new_id
from workflows.ports import Clock

_AT = t.chat_addresses.c


class SqlAddresses:
    """The `Addresses` of `adapters.chat.protocol`."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    async def find(self, platform: str, *keys: str) -> Mapping[str, Address]:
        return await self._those(platform, _AT.key.in_(keys))

    async def having(self, platform: str, detail: str, value: str) -> Mapping[str, Address]:
        return await self._those(platform, _AT.details[detail].as_string() == value)

    async def newest(self, platform: str) -> Address | None:
        query = select(_AT.key, _AT.details).where(_AT.platform == platform).order_by(_AT.at.desc()).limit(1)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else Address(platform, row.key, row.details)

    async def keep(self, address: Address) -> None:
        values = {
            "id": new_id(),
            "platform": address.platform,
            "key": address.key,
            "details": dict(address.details),
            "at": self._clock.now(),
        }
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        written = insert(t.chat_addresses).values(values)
        anew = {"details": written.excluded.details, "at": written.excluded.at}
        async with self._engine.begin() as connection:
            await connection.execute(written.on_conflict_do_update(index_elements=("platform", "key"), set_=anew))

    async def _those(self, platform: str, which: ColumnElement[bool]) -> Mapping[str, Address]:
        query = select(_AT.key, _AT.details).where(_AT.platform == platform, which)
        async with self._engine.begin() as connection:
            found = (await connection.execute(query)).all()
        return {row.key: Address(platform, row.key, row.details) for row in found}
