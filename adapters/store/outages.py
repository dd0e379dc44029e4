"""Chats and channels that cannot be written to, from the first failure until they are back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.records import CardState, Outage, OutageKind, StaffCard

_O = t.outages.c


class Outages(Part):
    async def note_outage(self, outage: Outage) -> None:
        values = {"platform": outage.platform, "home": outage.home, "why": outage.why, "since": outage.since, "told_at": outage.told_at}
        if await self._add_new(t.outages, key=outage.key, kind=outage.kind.value, **values):
            return
        if outage.kind is OutageKind.RECONNECT:  # waiting does not end it: what was told as passing is told anew
            passing = (_O.key == outage.key) & (_O.kind != outage.kind.value)
            await self._connection.execute(update(t.outages).where(passing).values(kind=outage.kind.value, why=outage.why, told_at=None))

    async def outages(self) -> Sequence[Outage]:
        return [_outage(row) for row in await self._all(select(t.outages).order_by(_O.since, _O.key))]

    async def told_outage(self, key: str, at: datetime) -> bool:
        """One process tells."""
        untold = update(t.outages).where(_O.key == key, _O.told_at.is_(None)).values(told_at=at)
        return (await self._connection.execute(untold)).rowcount == 1

    async def end_outage(self, key: str, *, lasting: bool) -> Outage | None:
        which = _O.key == key if lasting else (_O.key == key) & (_O.kind != OutageKind.RECONNECT.value)
        ended = (await self._connection.execute(delete(t.outages).where(which).returning(*t.outages.c))).one_or_none()
        return None if ended is None else _outage(ended)

    async def unposted_cards(self, since: datetime, limit: int) -> Sequence[StaffCard]:
        c = t.cards.c
        new = select(t.cards).where(c.state == CardState.LIVE.value, c.at >= since, c.message.is_(None))
        newest = await self._all(new.order_by(c.at.desc(), c.id.desc()).limit(limit))
        return [rows.card(row) for row in reversed(newest)]


def _outage(row: Row[Any]) -> Outage:
    return Outage(row.platform, row.home, OutageKind(row.kind), row.why, row.since, row.told_at)
