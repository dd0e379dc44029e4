"""Reads for the daily audit: where every account should next be looked at, what the ledger holds, what stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.ledger import INVOICE, total_of
from adapters.store.unit import Part
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, CustomerId
from workflows.records import Effect, Look, OutboxRow, OutboxState


class Keeping(Part):
    async def customers_after(self, last: CustomerId | None, limit: int) -> Sequence[Look]:
        c = t.customers.c
        query = select(c.id, c.next_look_at, c.policy_name, c.policy_version, c.oldest_due_on).order_by(c.id).limit(limit)
        found = await self._all((query if last is None else query.where(c.id > last)).with_for_update(key_share=True))
        return [rows.look(row) for row in found]

    async def due_after(self, last: CustomerId | None, now: datetime, limit: int) -> Sequence[CustomerId]:
        c = t.customers.c
        query = select(c.id).where(c.next_look_at <= now).order_by(c.id).limit(limit)
        return [CustomerId(row.id) for row in await self._all(query if last is None else query.where(c.id > last))]

    async def waiting_messages(self, until: datetime, last: UUID | None, limit: int) -> Sequence[OutboxRow]:
        o = t.outbox.c
        waits = o.state.in_([OutboxState.QUEUED.value, OutboxState.SENDING.value]) & (o.not_before <= until)
        query = select(t.outbox).where(o.kind == Effect.NOTICE.value, waits).order_by(o.id).limit(limit)
        return [rows.outbox_row(row) for row in await self._all(query if last is None else query.where(o.id > last))]

    async def booked(self, book: BookId, day: date) -> Mapping[str, int]:
        place = await self._one(select(t.books.c.zone).where(t.books.c.id == book), "book")
        end = Place(place.zone).start_of(date.fromordinal(day.toordinal() + 1))
        sums: dict[str, int] = {}
        for sign, query in ((1, _invoiced(book, day)), (1, _charged(book, end)), (-1, _received(book, day)), (-1, _credited(book, day))):
            for row in await self._all(query):
                sums[row.currency] = sums.get(row.currency, 0) + sign * row.amount
        return sums

    async def stuck(self, before: datetime) -> Mapping[Effect, int]:
        o = t.outbox.c
        waits = and_(o.state == OutboxState.QUEUED.value, o.not_before < before)
        left = and_(o.state == OutboxState.SENDING.value, o.lease_until < before)
        counted = select(o.kind, func.count().label("number")).where(or_(waits, left)).group_by(o.kind)
        return {Effect(row.kind): row.number for row in await self._all(counted)}


def _of(book: BookId) -> Select[Any]:
    return select(t.customers.c.id).where(t.customers.c.book_id == book)


def _invoiced(book: BookId, day: date) -> Select[Any]:
    i = t.items.c
    known = or_(i.issued_on.is_(None), i.issued_on <= day)
    return select(i.currency, total_of(i.total).label("amount")).where(i.book_id == book, INVOICE, known).group_by(i.currency)


def _charged(book: BookId, end: datetime) -> Select[Any]:
    f = t.fees.c
    counts = and_(f.at < end, or_(f.waived_at.is_(None), f.waived_at >= end))
    return select(f.currency, total_of(f.amount).label("amount")).where(f.customer_id.in_(_of(book)), counts).group_by(f.currency)


def _received(book: BookId, day: date) -> Select[Any]:
    p = t.payments.c
    counts = and_(p.paid_on <= day, _stands(p.reversed_on, day))
    return select(p.currency, total_of(p.amount).label("amount")).where(p.customer_id.in_(_of(book)), counts).group_by(p.currency)


def _credited(book: BookId, day: date) -> Select[Any]:
    c = t.credits_.c
    counts = and_(c.credited_on <= day, _stands(c.reversed_on, day))
    return select(c.currency, total_of(c.amount).label("amount")).where(c.customer_id.in_(_of(book)), counts).group_by(c.currency)


def _stands(reversed_on: ColumnElement[Any], day: date) -> ColumnElement[bool]:
    return or_(reversed_on.is_(None), reversed_on > day)
