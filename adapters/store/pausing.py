"""The pause of a maintenance, said in the database as it was before it was migrated: with columns that every schema has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.store import tables as t
from adapters.store.stops import Stops
from adapters.store.unit import add_new
from workflows.domain.ids import new_id
from workflows.records import CardKind, CardState, Effect, OutboxState
from workflows.stops import Stop, StopKind

LEASE = timedelta(minutes=30)  # a pause whose process was killed ends by itself then
_BOX = t.outbox.c
_ABOUT = t.cards.c.kind == CardKind.PROBLEM.value


async def zone_of(engine: AsyncEngine) -> str:
    """The time zone of the first book."""
    async with engine.connect() as connection:
        return str((await connection.execute(select(t.books.c.zone).order_by(t.books.c.slug).limit(1))).scalar_one())


class Pause:
    """One maintenance. Whoever reads its mark sends nothing and takes nothing in."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self.id = engine, new_id()

    async def announce(self, at: datetime, data: Mapping[str, Any]) -> bool:
        """A card for each book's people; true where a chat is to show it."""
        async with self._engine.begin() as connection:
            books = (await connection.execute(select(t.books.c.id, t.books.c.chat_channel))).all()
            for book in books:
                card = {"id": new_id(), "kind": CardKind.PROBLEM.value, "book_id": book.id, "subject": new_id(), "day": at.date(), "at": at}
                told = {"what": "maintenance", "pause": str(self.id), **data}
                await add_new(connection, t.cards, [{**card, "state": CardState.LIVE.value, "data": told}])
                if book.chat_channel is not None:
                    await _show(connection, card["id"], at)
        return any(book.chat_channel is not None for book in books)

    async def is_announced(self) -> bool:
        """No card of it waits any more."""
        waits = _BOX.state.in_([OutboxState.QUEUED.value, OutboxState.SENDING.value])
        async with self._engine.connect() as connection:
            mine = [f"card:{card}:" for card, _ in await self._cards(connection)]
            left = await connection.execute(select(_BOX.key).where(_BOX.kind == Effect.CARD.value, waits))
            return not any(key.startswith(tuple(mine)) for key in left.scalars())

    async def begin(self, at: datetime, data: Mapping[str, Any]) -> bool:
        """False where another one goes on. A database from before there were pauses is not paused."""
        async with self._engine.begin() as connection:
            if not await connection.run_sync(lambda sync: inspect(sync).has_table(t.stops.name)):
                return True
            return await _stops(connection).add_stop(Stop(self.id, StopKind.MAINTENANCE, at, at + LEASE, data))

    async def under_way(self, now: datetime) -> int:
        """Messages and cards that somebody is just handing over."""
        busy = (_BOX.state == OutboxState.SENDING.value) & (_BOX.lease_until > now)
        async with self._engine.connect() as connection:
            return int((await connection.execute(select(func.count()).select_from(t.outbox).where(busy))).scalar_one())

    async def end(self, at: datetime, report: Mapping[str, Any]) -> None:
        """The mark goes, and the cards say what came of it."""
        async with self._engine.begin() as connection:
            if await connection.run_sync(lambda sync: inspect(sync).has_table(t.stops.name)):
                await _stops(connection).end_stop(self.id, at)
            for card, data in await self._cards(connection):
                values = {"state": CardState.FROZEN.value if report["ok"] else CardState.LIVE.value, "data": {**data, **report}}
                await connection.execute(update(t.cards).where(t.cards.c.id == card).values(values))
                await _show(connection, card, at)

    async def _cards(self, connection: AsyncConnection) -> Sequence[tuple[UUID, Mapping[str, Any]]]:
        live = select(t.cards.c.id, t.cards.c.data).where(_ABOUT, t.cards.c.state == CardState.LIVE.value)
        return [(row.id, row.data) for row in await connection.execute(live) if row.data.get("pause") == str(self.id)]


def _stops(connection: AsyncConnection) -> Stops:
    return Stops(connection, None)  # type: ignore[arg-type]  # nothing of a stop is sealed


async def _show(connection: AsyncConnection, card: Any, at: datetime) -> None:
    key = f"card:{card}:{new_id()}"
    row = {"id": new_id(), "kind": Effect.CARD.value, "key": key, "payload": {"card": str(card)}, "state": OutboxState.QUEUED.value}
    await add_new(connection, t.outbox, [{**row, "attempts": 0, "not_before": at, "error": ""}])
