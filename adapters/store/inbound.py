"""What people did, kept from the moment it was accepted until it is handled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.chat.protocol import CardRef, Incoming, Person
from adapters.store import tables as t
from adapters.store.secrets import Vault
from adapters.store.stops import stopped
from adapters.store.unit import Part, add_new
from cards.actions import Action, Name
from workflows.domain.ids import new_id
from workflows.ports import Clock
from workflows.stops import BeingMaintained, StopKind

SKEW = timedelta(minutes=10)  # two machines' clocks differ by less, what nobody works on by now counted in
_IN = t.inbound.c


class Arrivals(Part):
    async def handled(self, key: str, at: datetime) -> bool:
        """Raises `NotKnown` for a key that was never accepted."""
        waiting = (_IN.key == key) & _IN.handled_at.is_(None)
        if (await self._connection.execute(update(t.inbound).where(waiting).values(handled_at=at))).rowcount:
            return True
        await self._one(select(_IN.id).where(_IN.key == key), "accepted request")
        return False


class SqlInbound:
    """The `Inbound` of `adapters.chat.protocol`. During maintenance it takes nothing and raises `BeingMaintained`."""

    def __init__(self, engine: AsyncEngine, vault: Vault, clock: Clock) -> None:
        self._engine, self._vault, self._clock = engine, vault, clock

    async def accept(self, incoming: Incoming) -> bool:
        row = new_id()
        sealed = self._vault.seal(to_json(incoming), "inbound", "payload", row)
        now = self._clock.now()
        values = {"id": row, "key": incoming.key, "payload": sealed, "accepted_at": now}
        paused = stopped(now, StopKind.MAINTENANCE)
        async with self._engine.begin() as connection:
            taken = await add_new(connection, t.inbound, [values], unless=paused)
            if not taken and (await connection.execute(select(paused))).scalar_one():
                raise BeingMaintained
        return len(taken) == 1

    async def pending(self, before: datetime, limit: int) -> Sequence[Incoming]:
        """What was accepted before that instant and is still not handled, oldest first: a crash left it.

        So it did with what a clock accepted that was ahead then and has been put right.
        """
        old = (_IN.accepted_at < before) | (_IN.accepted_at > before + SKEW)
        left = select(t.inbound).where(_IN.handled_at.is_(None), old)
        async with self._engine.connect() as connection:
            found = (await connection.execute(left.order_by(_IN.accepted_at, _IN.id).limit(limit))).all()
        return [from_json(self._vault.open(row.payload, "inbound", "payload", row.id)) for row in found]


def to_json(incoming: Incoming) -> str:
    return json.dumps(asdict(incoming), default=str)  # half a surrogate pair has no UTF-8, but an escape


def from_json(text: str) -> Incoming:
    body = json.loads(text)
    action, card = body["action"], body["card"]
    return Incoming(
        key=body["key"],
        person=Person(**body["person"]),
        action=None if action is None else Action(Name(action["name"]), UUID(action["id"]), action["seen"], action["data"]),
        text=body["text"],
        values=body["values"],
        card=None if card is None else CardRef(**card),
        respond=body["respond"],
        channel=body.get("channel"),  # rows of the release before have none
    )
