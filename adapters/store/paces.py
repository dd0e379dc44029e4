"""When the next call of a kind may be made: one clock for all processes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from adapters.store import tables as t
from adapters.store.unit import Part

_P = t.paces.c


class Paces(Part):
    async def take_turn(self, key: str, every: timedelta, ahead: timedelta, now: datetime) -> datetime | None:
        """The row is locked from its reading on, where the database has row locks."""
        await self._add_new(t.paces, key=key, free_at=now)
        free_at: datetime = (await self._one(select(_P.free_at).where(_P.key == key).with_for_update(), "pace")).free_at
        if free_at > now + ahead:
            return free_at - ahead
        await self._connection.execute(update(t.paces).where(_P.key == key).values(free_at=max(free_at, now) + every))
        return None

    async def hold_turns(self, key: str, until: datetime) -> None:
        await self._add_new(t.paces, key=key, free_at=until)
        await self._connection.execute(update(t.paces).where(_P.key == key, _P.free_at < until).values(free_at=until))
