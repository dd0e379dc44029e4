"""What people did, kept from the moment it was accepted until it is handled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Update, bindparam, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.chat.protocol import CardRef, Incoming, Pending, Person
from adapters.core.cause import cause_of
from adapters.store import tables as t
from adapters.store.many import insert_unless
from adapters.store.secrets import Vault
from adapters.store.stops import stopped
from adapters.store.unit import Part
from cards.actions import Action, Name
from workflows.domain.ids import new_id
from workflows.errors import NotKnown
from workflows.ports import Clock
from workflows.stops import BeingMaintained, StopKind

SKEW = timedelta(minutes=10)  # two machines' clocks differ by less, what nobody works on by now counted in
MOST_TOGETHER = 100  # rows committed at once
AGAIN_AFTER = (0.0, 1.0, 5.0, 20.0)  # seconds; how often giving up is tried
_NEW = ("id", "key", "payload", "accepted_at")
_IN = t.inbound.c
log = structlog.get_logger(__name__)
_Row = tuple[UUID, str, bytes, datetime]
_PAUSED = stopped(bindparam("now", type_=_IN.accepted_at.type), StopKind.MAINTENANCE)
_OF_ALL = (BeingMaintained, OperationalError, InterfaceError, OSError)


class Arrivals(Part):
    async def handled(self, key: str, at: datetime, *, kept: bool = True) -> bool:
        """Raises `NotKnown` for a key that should be `kept` and was never accepted."""
        if not kept and await self._new(key, at):
            return True
        if (await self._connection.execute(_end(key, at))).rowcount:
            return True
        there = await self._all(select(_IN.id).where(_IN.key == key))
        if not there:
            raise NotKnown("There is no such accepted request.") if kept else BeingMaintained
        return False

    async def _new(self, key: str, at: datetime) -> bool:
        """Of what is handled already nothing is kept but that it was."""
        row = new_id()
        values = (row, key, self._vault.seal(EMPTY, "inbound", "payload", row), at, at)
        return bool(await insert_unless(self._connection, t.inbound, (*_NEW, "handled_at"), [values], _PAUSED, now=at))


class SqlInbound:
    """The `Inbound` of `adapters.chat.protocol`. During maintenance it takes nothing and raises `BeingMaintained`."""

    def __init__(self, engine: AsyncEngine, vault: Vault, clock: Clock) -> None:
        self._engine, self._vault, self._clock = engine, vault, clock
        self._waiting: list[_Arrival] = []
        self._writing: asyncio.Task[None] | None = None

    async def accept(self, incoming: Incoming) -> bool:
        """What comes while others are written waits for them, and is then committed together."""
        row = new_id()
        sealed = self._vault.seal(to_json(incoming), "inbound", "payload", row)
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Arrival((row, incoming.key, sealed, self._clock.now()), written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await written

    async def _write(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            await self._written(together)
        self._writing = None

    async def _written(self, arrivals: Sequence[_Arrival]) -> None:
        """A row the database will not have keeps no other one out; trouble with the database is everybody's."""
        try:
            taken = await self._commit([one.row for one in arrivals])
        except Exception as trouble:  # ruff: ignore[blind-except] - whatever it is, it is theirs who wait
            if len(arrivals) > 1 and not isinstance(trouble, _OF_ALL):
                for one in arrivals:
                    await self._written([one])
            else:
                for one in arrivals:
                    one.fail(trouble)
        else:
            for one in arrivals:
                one.settle(taken=one.row[0] in taken)

    async def _commit(self, rows: Sequence[_Row]) -> frozenset[UUID]:
        """Those that were not known."""
        now = self._clock.now()
        async with self._engine.begin() as connection:
            taken = await insert_unless(connection, t.inbound, _NEW, rows, _PAUSED, now=now)
            if not taken and (await connection.execute(select(_PAUSED), {"now": now})).scalar_one():
                raise BeingMaintained
        return frozenset(taken)

    async def give_up(self, incoming: Incoming) -> bool:
        """The database may still be away, which made it fail."""
        for pause in AGAIN_AFTER:
            await asyncio.sleep(pause)
            try:
                async with self._engine.begin() as connection:
                    await connection.execute(_end(incoming.key, self._clock.now()))
            except Exception as error:  # ruff: ignore[blind-except] - the person has their answer
                log.warning("request not given up yet", reference=cause_of(incoming.key), why=type(error).__name__)
            else:
                return True
        return False

    async def pending(self, before: datetime, limit: int, skip: int = 0) -> Sequence[Pending]:
        """What was accepted before that instant and is still not handled, oldest first: a crash left it.

        So it did with what a clock accepted that was ahead then and has been put right.
        """
        old = (_IN.accepted_at < before) | (_IN.accepted_at > before + SKEW)
        left = select(t.inbound).where(_IN.handled_at.is_(None), old)
        async with self._engine.connect() as connection:
            found = (await connection.execute(left.order_by(_IN.accepted_at, _IN.id).limit(limit).offset(skip))).all()
        return [Pending(from_json(self._vault.open(row.payload, "inbound", "payload", row.id)), row.accepted_at) for row in found]


def _end(key: str, at: datetime) -> Update:
    """Once."""
    return update(t.inbound).where(_IN.key == key, _IN.handled_at.is_(None)).values(handled_at=at)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A row to be, and who waits for it, unless they no longer do."""

    row: _Row
    written: asyncio.Future[bool]

    def settle(self, *, taken: bool) -> None:
        if not self.written.done():
            self.written.set_result(taken)

    def fail(self, trouble: Exception) -> None:
        if not self.written.done():
            self.written.set_exception(trouble)


def to_json(incoming: Incoming) -> str:
    return json.dumps(asdict(incoming), default=str)  # half a surrogate pair has no UTF-8, but an escape


EMPTY = to_json(Incoming("", Person("", "", ""), text=""))  # in the place of what need not be known any more


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
