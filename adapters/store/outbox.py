"""The outbox: what must leave the process, held by one worker at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, cast, func, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.core.cause import present_cause
from adapters.store import rows
from adapters.store import tables as t
from adapters.store.many import among, insert_many, update_many
from adapters.store.secrets import Vault
from adapters.store.stops import stopped
from adapters.store.unit import Part
from workflows.domain.ids import CardId, new_id, new_keys
from workflows.errors import NotKnown
from workflows.records import ACTED, ANEW, Effect, OutboxRow, OutboxState

SKEW = timedelta(minutes=10)  # two machines' clocks differ by less
_BOX = t.outbox.c
_NEW = ("id", "kind", "key", "payload", "channel", "state", "attempts", "not_before", "error", "cause")
_SENT = ("id", "state", "settled_at", "lease_until", "error", "reference")


@dataclass(frozen=True, slots=True)
class _Redraw:
    """That a card is to be drawn."""

    at: datetime
    cause: str | None
    marks: frozenset[str] = frozenset()


class Outbox(Part):
    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        super().__init__(connection, vault)
        self._redrawn: dict[CardId, _Redraw] = {}

    def redraw(self, card: CardId, at: datetime, *, acted: bool = False, anew: bool = False) -> None:
        before = self._redrawn.get(card) or _Redraw(at, present_cause())
        marks = {name for name, given in ((ACTED, acted), (ANEW, anew)) if given}
        self._redrawn[card] = replace(before, at=min(before.at, at), marks=before.marks | marks)

    async def write_redrawn(self) -> None:
        """Called once, when all else of the unit is written."""
        asked = [(card, one, {"card": str(card)} | dict.fromkeys(sorted(one.marks), True)) for card, one in self._redrawn.items()]
        rows = [(f"card:{card}:{new_id()}", payload, "", one.at, one.cause) for card, one, payload in asked]
        self._redrawn.clear()
        await self._queue(Effect.CARD, rows)

    async def enqueue(self, kind: Effect, key: str, payload: Mapping[str, Any], not_before: datetime, channel: str = "") -> bool:
        return await self.enqueue_all(kind, [(key, payload, channel)], not_before) == 1

    async def enqueue_all(self, kind: Effect, rows: Sequence[tuple[str, Mapping[str, Any], str]], not_before: datetime) -> int:
        cause = present_cause()
        return await self._queue(kind, [(*row, not_before, cause) for row in rows])

    async def _queue(self, kind: Effect, rows: Sequence[tuple[str, Mapping[str, Any], str, datetime, str | None]]) -> int:
        """Each a key, a payload, a channel, from when on, and why."""
        values = [
            (one, kind.value, key, dict(payload), channel, OutboxState.QUEUED.value, 0, not_before, "", cause)
            for one, (key, payload, channel, not_before, cause) in zip(new_keys(len(rows)), rows, strict=True)
        ]
        new = await insert_many(self._connection, t.outbox, _NEW, values, new_only=True)
        self.queued[kind.value] += new
        return new

    async def claim(self, kind: Effect, now: datetime, limit: int, lease: timedelta, channel: str = "") -> Sequence[OutboxRow]:
        taken = {"state": OutboxState.SENDING.value, "attempts": _BOX.attempts + 1}
        return await self._lease(_waits(kind, channel, now), now, limit, lease, **taken)

    async def reserve(self, kind: Effect, channel: str, now: datetime, limit: int, lease: timedelta) -> Sequence[OutboxRow]:
        return await self._lease(_waits(kind, channel, now), now, limit, lease, attempts=_BOX.attempts + 1)

    async def set_sending(self, reserved: Sequence[OutboxRow], now: datetime, lease: timedelta) -> Collection[UUID]:
        leaves = {"state": OutboxState.SENDING.value, **_until(now, lease)}
        mine = update(t.outbox).where(self._mine(reserved), ~stopped(now)).values(leaves)
        return set((await self._connection.execute(mine.returning(_BOX.id))).scalars())

    async def hand_back(self, taken: Sequence[OutboxRow]) -> None:
        free = {"state": OutboxState.QUEUED.value, "attempts": _BOX.attempts - 1, "claimed_at": None, "lease_until": None}
        await self._connection.execute(update(t.outbox).where(self._mine(taken)).values(free))

    async def give(self, row: UUID, channel: str) -> None:
        free = {"channel": channel, "attempts": _BOX.attempts - 1, "claimed_at": None, "lease_until": None}
        await self._connection.execute(update(t.outbox).where(_BOX.id == row).values(free))

    async def abandoned(
        self, kind: Effect, now: datetime, limit: int, lease: timedelta, channel: str = "", others: Collection[str] | None = None
    ) -> Sequence[OutboxRow]:
        mine = _BOX.channel == channel if others is None else (_BOX.channel == channel) | _BOX.channel.not_in(others)
        left = (_BOX.kind == kind.value) & mine & (_BOX.state == OutboxState.SENDING.value) & _run_out(now) & ~stopped(now)
        return await self._lease(left, now, limit, lease)

    async def still(self, row: OutboxRow) -> bool:
        as_taken = (_BOX.id == row.id) & (_BOX.state == row.state.value) & (_BOX.claimed_at == row.claimed_at)
        return bool(await self._all(select(_BOX.id).where(as_taken)))

    async def name_channels(self) -> None:
        unnamed = (_BOX.kind == Effect.NOTICE.value) & _BOX.channel.in_([""]) & (_BOX.state == OutboxState.QUEUED.value)
        told = _BOX.payload["notice"].as_string()
        sqlite = self._connection.dialect.name == "sqlite"  # it keeps ids as text without dashes
        mine = type_coerce(t.notices.c.id, String) == func.replace(told, "-", "") if sqlite else t.notices.c.id == cast(told, Uuid())
        channel = select(t.notices.c.channel).where(mine).scalar_subquery()
        await self._connection.execute(update(t.outbox).where(unnamed).values(channel=func.coalesce(channel, "")))

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
        """One that a worker just takes is left to it: whoever waited for the row would hold the account that the worker goes on to lock."""
        waits = select(_BOX.id).where(_BOX.key == key, _BOX.state == OutboxState.QUEUED.value)
        free = waits.with_for_update(skip_locked=True).cte("free")
        values = {"state": OutboxState.SUPPRESSED.value, "settled_at": at, "error": why}
        withdrawn = update(t.outbox).where(_BOX.id.in_(select(free.c.id))).values(values).returning(_BOX.id)
        return bool((await self._connection.execute(withdrawn)).all())

    async def settle_sent(self, references: Mapping[UUID, str], at: datetime) -> None:
        same = (OutboxState.SENT.value, at, None, "")
        await update_many(self._connection, t.outbox, _SENT, [(row, *same, reference) for row, reference in references.items()])

    async def outbox_counts(self) -> Mapping[tuple[Effect, OutboxState], int]:
        counted = await self._all(select(_BOX.kind, _BOX.state, func.count().label("number")).group_by(_BOX.kind, _BOX.state))
        return {(Effect(row.kind), OutboxState(row.state)): row.number for row in counted}

    def _mine(self, taken: Sequence[OutboxRow]) -> ColumnElement[bool]:
        """Still as they were taken: neither settled nor taken by another worker since."""
        states, at = {row.state.value for row in taken}, {row.claimed_at for row in taken}
        these = among(self._connection, _BOX.id, [row.id for row in taken])
        return these & _BOX.state.in_(states) & _BOX.claimed_at.in_(at)

    async def _lease(
        self, which: ColumnElement[bool], now: datetime, limit: int, lease: timedelta, **values: object
    ) -> Sequence[OutboxRow]:
        """One statement; rows another worker is just taking are left out. A CTE, for PostgreSQL might else run the choice twice."""
        oldest = select(_BOX.id).where(which).order_by(_BOX.not_before, _BOX.id).limit(limit)
        chosen = oldest.with_for_update(skip_locked=True).cte("chosen")
        taken = update(t.outbox).where(_BOX.id.in_(select(chosen.c.id))).values(values | _until(now, lease)).returning(*t.outbox.c)
        found = (await self._connection.execute(taken)).all()
        return [rows.outbox_row(row) for row in sorted(found, key=lambda row: (row.not_before, row.id))]


def _waits(kind: Effect, channel: str, now: datetime) -> ColumnElement[bool]:
    """Queued, its time come, and reserved by nobody whose lease still runs."""
    queued = (_BOX.kind == kind.value) & (_BOX.channel == channel) & (_BOX.state == OutboxState.QUEUED.value)
    return queued & (_BOX.not_before <= now) & (_BOX.lease_until.is_(None) | _run_out(now)) & ~stopped(now)


def _run_out(now: datetime) -> ColumnElement[bool]:
    """The lease is over; or it was taken by a clock that was ahead and has been put right, or gone with it."""
    return (_BOX.lease_until <= now) | (_BOX.claimed_at > now + SKEW)


def _until(now: datetime, lease: timedelta) -> dict[str, object]:
    return {"claimed_at": now, "lease_until": now + lease}
