"""The outbox: what must leave the process, claimed by one worker at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.stops import stopped
from adapters.store.unit import Part
from workflows.domain.ids import new_id
from workflows.errors import NotKnown
from workflows.records import Effect, OutboxRow, OutboxState

_BOX = t.outbox.c


class Outbox(Part):
    async def enqueue(self, kind: Effect, key: str, payload: Mapping[str, Any], not_before: datetime) -> bool:
        values = {"kind": kind.value, "key": key, "payload": dict(payload), "state": OutboxState.QUEUED.value, "not_before": not_before}
        return await self._add_new(t.outbox, id=new_id(), attempts=0, error="", **values)

    async def claim(self, kind: Effect, now: datetime, limit: int, lease: timedelta) -> Sequence[OutboxRow]:
        due = (_BOX.state == OutboxState.QUEUED.value) & (_BOX.not_before <= now) & ~stopped(now)
        return await self._lease(kind, due, limit, state=OutboxState.SENDING.value, attempts=_BOX.attempts + 1, **_until(now, lease))

    async def abandoned(self, kind: Effect, now: datetime, limit: int, lease: timedelta) -> Sequence[OutboxRow]:
        left = (_BOX.state == OutboxState.SENDING.value) & (_BOX.lease_until <= now) & ~stopped(now)
        return await self._lease(kind, left, limit, **_until(now, lease))

    async def settle(
        self,
        row: UUID,
        state: OutboxState,
        at: datetime,
        *,
        reference: str | None = None,
        not_before: datetime | None = None,
        error: str = "",
    ) -> None:
        values: dict[str, object] = {"state": state.value, "settled_at": at, "lease_until": None, "error": error}
        if reference is not None:
            values["reference"] = reference
        if not_before is not None:
            values["not_before"] = not_before
        done = await self._connection.execute(update(t.outbox).where(_BOX.id == row).values(values))
        if done.rowcount == 0:
            raise NotKnown("There is no such outgoing message.")

    async def withdraw(self, key: str, at: datetime, why: str) -> bool:
        waits = (_BOX.key == key) & (_BOX.state == OutboxState.QUEUED.value)
        values = {"state": OutboxState.SUPPRESSED.value, "settled_at": at, "error": why}
        return (await self._connection.execute(update(t.outbox).where(waits).values(values))).rowcount > 0

    async def outbox_counts(self) -> Mapping[tuple[Effect, OutboxState], int]:
        counted = await self._all(select(_BOX.kind, _BOX.state, func.count().label("number")).group_by(_BOX.kind, _BOX.state))
        return {(Effect(row.kind), OutboxState(row.state)): row.number for row in counted}

    async def _lease(self, kind: Effect, which: ColumnElement[bool], limit: int, **values: object) -> Sequence[OutboxRow]:
        """One statement; rows another worker is just taking are left out. A CTE, for PostgreSQL might else run the choice twice."""
        oldest = select(_BOX.id).where(_BOX.kind == kind.value, which).order_by(_BOX.not_before, _BOX.id).limit(limit)
        chosen = oldest.with_for_update(skip_locked=True).cte("chosen")
        taken = update(t.outbox).where(_BOX.id.in_(select(chosen.c.id))).values(values).returning(*t.outbox.c)
        found = (await self._connection.execute(taken)).all()
        return [rows.outbox_row(row) for row in sorted(found, key=lambda row: (row.not_before, row.id))]


def _until(now: datetime, lease: timedelta) -> dict[str, object]:
    return {"claimed_at": now, "lease_until": now + lease}
