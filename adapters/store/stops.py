"""Marks that say that nothing may leave, read by every statement that claims what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, exists, or_, select, update

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.doubt import Doubted, Restoration
from workflows.stops import Stop, StopKind

_S = t.stops.c


def stopped(now: datetime | BindParameter[datetime], *kinds: StopKind) -> ColumnElement[bool]:
    """Whether a stop holds, of one of these kinds or of any: a condition for the very statement that takes something."""
    return exists().where(_holds(now), *([_S.kind.in_(kind.value for kind in kinds)] if kinds else []))


def _holds(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return _S.ended_at.is_(None) & or_(_S.until.is_(None), _S.until > now)


class Stops(Part):
    async def stops(self, now: datetime) -> Sequence[Stop]:
        found = await self._all(select(t.stops).where(_holds(now)).order_by(_S.kind))
        return [Stop(row.id, StopKind(row.kind), row.at, row.until, row.data) for row in found]

    async def add_stop(self, stop: Stop) -> bool:
        over = (_S.kind == stop.kind.value) & _S.ended_at.is_(None) & (_S.until <= stop.at)
        await self._connection.execute(update(t.stops).where(over).values(ended_at=stop.at))
        values = {"id": stop.id, "kind": stop.kind.value, "at": stop.at, "until": stop.until, "data": dict(stop.data)}
        return await self._add_new(t.stops, **values)

    async def end_stop(self, stop: UUID, at: datetime, **data: object) -> bool:
        found = await self._all(select(_S.data).where(_S.id == stop, _S.ended_at.is_(None)).with_for_update())
        if not found:
            return False
        await self._connection.execute(update(t.stops).where(_S.id == stop).values(ended_at=at, data={**found[0].data, **data}))
        return True

    async def restorations(self) -> Sequence[Restoration]:
        ended = (_S.kind == StopKind.RESTORED.value) & _S.ended_at.is_not(None)
        found = await self._all(select(_S.data).where(ended).order_by(_S.at.desc()))
        return [_restoration(row.data) for row in found if "ran_until" in row.data]


def _restoration(data: dict[str, str]) -> Restoration:
    copied, ran = (datetime.fromisoformat(data[name]) for name in ("copied_at", "ran_until"))
    return Restoration(copied, ran, Doubted(data["doubted"]))
