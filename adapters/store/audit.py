"""The audit trail: entries are written with their cause, then numbered and chained once they are committed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.store import tables as t
from adapters.store.chain import FIRST, canonical, link
from adapters.store.many import insert_many
from adapters.store.unit import Part
from workflows.publish_head import Head, missing_from
from workflows.records import AuditEntry

_PAGE = 1_000


class Trail(Part):
    async def record(self, entry: AuditEntry) -> None:
        await self.record_all([entry])

    async def record_all(self, entries: Sequence[AuditEntry]) -> None:
        values = [(entry.actor, entry.at, entry.type, dict(entry.data)) for entry in entries]
        await insert_many(self._connection, t.audit, ("actor", "at", "type", "data"), values)


@dataclass(frozen=True, slots=True)
class Verified:
    """`first_bad` is the number of the first entry that was changed, is missing or out of order; null: none is."""

    count: int
    head: str
    first_bad: int | None


@dataclass(frozen=True, slots=True)
class SealedEntry:
    seq: int
    hash: str
    actor: str
    at: datetime
    type: str
    data: Mapping[str, Any]


class AuditTrail:
    """The whole trail. Numbers are given under a lock, in a transaction of their own: units at work never wait for one another."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def seal(self) -> int:
        """Numbers and chains what was committed since; returns how many entries that were."""
        sealed, more = 0, True
        while more:
            async with self._engine.begin() as connection:
                added = await _seal_page(connection)
            sealed, more = sealed + added, added == _PAGE
        return sealed

    async def head(self) -> tuple[int, str]:
        """Seals first: the number and the hash of the last entry."""
        await self.seal()
        async with self._engine.connect() as connection:
            head = (await connection.execute(select(t.audit_head))).one()
        return head.seq, head.hash

    async def verify(self, published: Sequence[Head] = ()) -> Verified:
        """Seals first, then reads the trail from its start. The head that was kept shows when the end was cut off.

        Somebody who can write to the database can cut that off too: heads `published` outside it show it then.
        """
        entries, last = await self.head()
        wanted = {head.entries for head in published}
        named = {0: FIRST} if 0 in wanted else {}
        previous, count = FIRST, 0
        async for entry in self.entries():
            if count == entries:
                break  # numbered since the head was read
            count += 1
            computed = link(previous, canonical(count, entry.actor, entry.at, entry.type, entry.data))
            if entry.seq != count or entry.hash != computed:
                return Verified(count - 1, previous, count)
            previous = computed
            if count in wanted:
                named[count] = computed
        cut_off = count < entries or previous != last
        return Verified(count, previous, count + 1 if cut_off else missing_from(published, named, count))

    async def entries(self) -> AsyncIterator[SealedEntry]:
        """All numbered entries in order; a page at a time, so that memory does not grow with the trail."""
        last = -1
        while page := await self._page(last):
            for row in page:
                yield SealedEntry(row.seq, row.hash, row.actor, row.at, row.type, row.data)
            last = page[-1].seq

    async def _page(self, after: int) -> list[Row[Any]]:
        async with self._engine.connect() as connection:
            query = select(t.audit).where(t.audit.c.seq > after).order_by(t.audit.c.seq).limit(_PAGE)
            return list((await connection.execute(query)).all())


async def _seal_page(connection: AsyncConnection) -> int:
    head = (await connection.execute(select(t.audit_head).with_for_update(key_share=True))).one()
    loose = select(t.audit).where(t.audit.c.seq.is_(None)).order_by(t.audit.c.position).limit(_PAGE)
    seq, last = head.seq, head.hash
    found = (await connection.execute(loose)).all()
    for row in found:
        seq += 1
        last = link(last, canonical(seq, row.actor, row.at, row.type, row.data))
        await connection.execute(update(t.audit).where(t.audit.c.position == row.position).values(seq=seq, hash=last))
    if found:
        await connection.execute(update(t.audit_head).values(seq=seq, hash=last))
    return len(found)
