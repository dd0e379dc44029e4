"""Open invoices that the newest file no longer has: they may be paid, so a hold keeps them silent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Table, cast, func, select

from adapters.store import tables as t
from adapters.store.ledger import INVOICE
from adapters.store.many import insert_many, update_many
from adapters.store.unit import Part
from workflows.domain.calendar import spoken
from workflows.domain.claims import HoldKind
from workflows.domain.ids import BookId, new_keys

_AT_ONCE = 500  # rows of a stream that are held
_HOLD = ("id", "customer_id", "item_id", "kind", "why", "at")


class Unlisted(Part):
    async def hold_unlisted(self, book: BookId, listed: Collection[str], as_of: date, at: datetime) -> Sequence[str]:
        found = await self._silenced(book)
        again = [row for row in found if row.number in listed]
        known = {row.id: row.ended_at for row in found if row.number not in listed}
        lacking = await self._lacking(book, listed, at)
        new = [row for row in lacking if row.id not in known]
        await self._wake_all({row.customer_id for row in (*again, *new)}, at)
        await update_many(self._connection, t.holds, ("id", "until", "ended_at"), [(row.hold, as_of, row.ended_at or at) for row in again])
        said = HoldKind.UNLISTED.value, spoken(as_of), at
        holds = [(key, row.customer_id, row.id, *said) for key, row in zip(new_keys(len(new)), new, strict=True)]
        await insert_many(self._connection, t.holds, _HOLD, holds)
        return sorted(row.number for row in lacking if known.get(row.id) is None)

    async def _silenced(self, book: BookId) -> Sequence[Row[Any]]:
        """Invoices no file has had since they were held, whether somebody released them or not."""
        h, i = t.holds.c, t.items.c
        query = select(h.id.label("hold"), i.id, i.number, h.customer_id, h.ended_at).join(t.items, i.id == h.item_id)
        return await self._all(query.where(i.book_id == book, h.kind == HoldKind.UNLISTED.value, h.until.is_(None)))

    async def _lacking(self, book: BookId, listed: Collection[str], at: datetime) -> Sequence[Any]:
        """Those known before, with something left to pay, that are not listed: few of many, so the others are not held."""
        i = t.items.c
        came = _received(t.payments) + _received(t.credits_)
        query = select(i.id, i.number, i.customer_id).where(i.book_id == book, INVOICE, i.seen_at < at, i.total > came)
        found = await self._connection.stream(query)
        return [row async for row in found.yield_per(_AT_ONCE) if row.number not in listed]


def _received(money: Table) -> ColumnElement[int]:
    m, i = money.c, t.items.c
    named = (m.item_id == i.id) & (m.currency == i.currency) & m.reversed_on.is_(None)
    return select(cast(func.coalesce(func.sum(m.amount), 0), BigInteger)).where(named).correlate(t.items).scalar_subquery()
