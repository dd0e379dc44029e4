"""What is read from mailboxes: how far, what came in before, and which of our messages and customers it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.ids import CustomerId, NoticeId
from workflows.records import Effect


class Mailboxes(Part):
    async def read_mark(self, source: str) -> tuple[str, datetime] | None:
        found = await self._all(select(t.read_marks).where(t.read_marks.c.source == source))
        return (found[0].mark, found[0].at) if found else None

    async def set_read_mark(self, source: str, mark: str, at: datetime) -> None:
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        written = insert(t.read_marks).values(source=source, mark=mark, at=at)
        await self._connection.execute(written.on_conflict_do_update(index_elements=("source",), set_={"mark": mark, "at": at}))

    async def first_arrival(self, key: str, at: datetime) -> bool:
        return await self._add_new(t.arrivals, key=key, at=at)

    async def notice_sent_as(self, reference: str) -> tuple[NoticeId, CustomerId] | None:
        o = t.outbox.c
        sent = select(o.payload).where(o.kind == Effect.NOTICE.value)
        # Where some of several addresses were refused, the reference says so behind the id.
        found = await self._all(sent.where(o.reference == reference)) or await self._all(
            sent.where(o.reference.startswith(f"{reference}; ", autoescape=True))
        )
        if not found:
            return None
        notice = NoticeId(UUID(str(found[0].payload["notice"])))
        row = await self._one(select(t.notices.c.customer_id).where(t.notices.c.id == notice), "message")
        return notice, CustomerId(row.customer_id)

    async def customers_at(self, address: str) -> Sequence[CustomerId]:
        c = t.contacts.c
        query = select(c.customer_id).where(c.kind == "email").distinct().order_by(c.customer_id)
        return [CustomerId(row.customer_id) for row in await self._all(query.where(func.lower(c.address) == address.lower()))]
