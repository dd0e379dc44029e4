"""Reads for answers and reports: each a bounded query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, or_, select

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.ledger import INVOICE, AsOf, open_lines, total_of
from adapters.store.unit import Part
from workflows.domain.account import Customer, PlanState
from workflows.domain.ids import BookId, CustomerId
from workflows.domain.money import Money
from workflows.records import AgingRow, FoundItem

_MOST_FOUND = 50


class Reports(Part):
    async def find_items(self, number: str, book: BookId | None = None) -> Sequence[FoundItem]:
        i, wanted = t.items.c, number.strip()
        running = i.plan_id.in_(select(t.plans.c.id).where(t.plans.c.state == PlanState.ACTIVE.value))
        spelled = i.number.in_({wanted, wanted.upper(), wanted.lower()})
        query = select(t.items).where(spelled, or_(INVOICE, running)).order_by(i.number, i.id).limit(_MOST_FOUND)
        found = await self._all(query if book is None else query.where(i.book_id == book))
        owners = {owner.id: owner for owner in await self.customers([row.customer_id for row in found])}
        books = {row.id: rows.book(row) for row in await self._all(select(t.books).where(t.books.c.id.in_({r.book_id for r in found})))}
        return [FoundItem(rows.item(row), owners[row.customer_id], books[row.book_id]) for row in found]

    async def find_customers(self, words: str, limit: int = 10) -> Sequence[Customer]:
        c, wanted = t.customers.c, " ".join(words.casefold().split())
        if not wanted:
            return []
        exact = or_(c.number.in_({words.strip(), wanted, wanted.upper()}), c.folded == wanted)
        part_of_name = and_(*(c.folded.contains(word, autoescape=True) for word in wanted.split()))
        begins = c.folded.startswith(wanted, autoescape=True)
        best = case((exact, 0), (begins, 1), else_=2)
        found = await self._all(select(c.id).where(or_(exact, part_of_name)).order_by(best, c.folded, c.number, c.id).limit(limit))
        return await self.customers([row.id for row in found])

    async def customers(self, ids: Sequence[CustomerId]) -> Sequence[Customer]:
        """In the order asked for."""
        found = {row.id: row for row in await self._all(select(t.customers).where(t.customers.c.id.in_(ids)))}
        books = {row.id: rows.book(row) for row in await self._all(select(t.books))}
        contacts = select(t.contacts).where(t.contacts.c.customer_id.in_(ids)).order_by(t.contacts.c.position)
        emails: dict[CustomerId, tuple[str, ...]] = {}
        for row in await self._all(contacts):
            emails[row.customer_id] = (*emails.get(row.customer_id, ()), row.address)
        return [rows.customer(found[one], books[found[one].book_id], emails.get(one, ())) for one in ids if one in found]

    async def aging(self, book: BookId, day: date) -> Sequence[AgingRow]:
        place = rows.book(await self._one(select(t.books).where(t.books.c.id == book), "book")).place
        line = open_lines(AsOf(day, place.start_of(day + timedelta(days=1))), book).subquery("lines").c
        columns: list[ColumnElement[Any]] = []
        for name, belongs in _buckets(line.due_on, day).items():
            shown = and_(belongs, line.open > 0)
            columns += [total_of(case((shown, 1), else_=0)).label(f"{name}_count"), total_of(case((shown, line.open), else_=0)).label(name)]
        unapplied = total_of(case((line.open < 0, line.open), else_=0)).label("unapplied")
        found = await self._all(
            select(line.currency, *columns, unapplied).where(line.open != 0).group_by(line.currency).order_by(line.currency)
        )
        return [_aging_row(row) for row in found]

    async def sold(self, book: BookId, start: date, end: date) -> Sequence[Money]:
        i = t.items.c
        issued = and_(i.book_id == book, INVOICE, i.issued_on >= start, i.issued_on <= end)
        query = select(i.currency, total_of(i.total).label("sold")).where(issued).group_by(i.currency).order_by(i.currency)
        return [Money(int(row.sold), row.currency) for row in await self._all(query)]


def _buckets(due_on: ColumnElement[date], day: date) -> dict[str, ColumnElement[bool]]:
    """Due that day is current, and so is what has no due day."""
    first, second, third = (day - timedelta(days=days) for days in (30, 60, 90))
    return {
        "current": or_(due_on.is_(None), due_on >= day),
        "d1_30": and_(due_on < day, due_on >= first),
        "d31_60": and_(due_on < first, due_on >= second),
        "d61_90": and_(due_on < second, due_on >= third),
        "d90_plus": due_on < third,
    }


def _aging_row(row: Row[Any]) -> AgingRow:
    def bucket(name: str) -> tuple[int, Money]:
        return getattr(row, f"{name}_count"), Money(getattr(row, name), row.currency)

    return AgingRow(
        row.currency,
        bucket("current"),
        bucket("d1_30"),
        bucket("d31_60"),
        bucket("d61_90"),
        bucket("d90_plus"),
        Money(row.unapplied, row.currency),
    )
