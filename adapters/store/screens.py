"""Reads for the inbox's lists: which items carry a mark of a colleague, and how many things stand where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Table, cast, func, select

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.account import PlanState
from workflows.domain.ids import BookId, CustomerId, ItemId
from workflows.records import Mark


class Screens(Part):
    async def owners(self, items: Sequence[ItemId]) -> Mapping[ItemId, CustomerId]:
        i = t.items.c
        return {ItemId(row.id): CustomerId(row.customer_id) for row in await self._all(select(i.id, i.customer_id).where(i.id.in_(items)))}

    async def marked(self, book: BookId, mark: Mark, day: date, limit: int, skip: int = 0) -> Sequence[tuple[CustomerId, ItemId]]:
        i = t.items.c
        query = _marked(book, mark, day).with_only_columns(i.customer_id, i.id).order_by(i.due_on, i.number, i.id).limit(limit).offset(skip)
        return [(CustomerId(row.customer_id), ItemId(row.id)) for row in await self._all(query)]

    async def mark_counts(self, book: BookId, day: date) -> Mapping[Mark, int]:
        counted = [_count(_marked(book, mark, day)).label(mark.value) for mark in Mark]
        counts: Select[Any] = select().add_columns(*counted)
        row = (await self._all(counts))[0]
        return {mark: getattr(row, mark.value) for mark in Mark}


def _count(query: Select[Any]) -> ColumnElement[int]:
    return select(func.count()).select_from(query.subquery()).scalar_subquery()


def _marked(book: BookId, mark: Mark, day: date) -> Select[Any]:
    """Items of the book that carry the mark and have something open."""
    return select(t.items.c.id).where(t.items.c.book_id == book, t.items.c.id.in_(_carriers(mark, day)), _received() < t.items.c.total)


def _carriers(mark: Mark, day: date) -> Select[Any]:
    s, e, f, p = t.snoozes.c, t.escalations.c, t.flags.c, t.plans.c
    w, o, d = t.promise_items.c, t.promises.c, t.disputes.c
    match mark:
        case Mark.SNOOZED:
            return select(s.item_id).where(s.ended_at.is_(None), s.until > day)
        case Mark.PROMISED:
            return select(w.item_id).join(t.promises, o.id == w.promise_id).where(o.ended_at.is_(None), o.until >= day)
        case Mark.DISPUTED:
            return select(d.item_id).where(d.ended_at.is_(None))
        case Mark.HELD:
            return _held(day)
        case Mark.ESCALATED:
            return select(e.item_id).where(e.ended_at.is_(None))
        case Mark.FLAGGED:
            return select(f.item_id).where(f.ended_at.is_(None))
        case Mark.ON_PLAN:
            return select(t.plan_items.c.item_id).join(t.plans, p.id == t.plan_items.c.plan_id).where(p.state == PlanState.ACTIVE.value)


def _held(day: date) -> Select[Any]:
    """What is held itself or with its customer; money that came ends a hold for what is said to be paid."""
    h, i = t.holds.c, t.items.c
    runs = h.ended_at.is_(None) & (h.until.is_(None) | (h.until > day)) & (h.had.is_(None) | (h.had >= _sum(t.payments)))
    return select(i.id).join(t.holds, (h.item_id == i.id) | (h.item_id.is_(None) & (h.customer_id == i.customer_id))).where(runs)


def _received() -> ColumnElement[int]:
    """What came in for an item, in its own currency."""
    return _sum(t.payments) + _sum(t.credits_)


def _sum(money: Table) -> ColumnElement[int]:
    named = (money.c.item_id == t.items.c.id) & (money.c.currency == t.items.c.currency)
    amount = cast(func.coalesce(func.sum(money.c.amount), 0), BigInteger)
    return select(amount).where(named).correlate(t.items).scalar_subquery()
