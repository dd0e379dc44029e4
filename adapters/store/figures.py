"""Sums over a book for its figures: open, sold, collected, how late it was paid. Each a bounded number of rows, or a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, Subquery, and_, case, cast, extract, func, or_, select, union_all

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.ledger import INVOICE, AsOf, open_lines, total_of
from adapters.store.many import among
from adapters.store.unit import Part
from workflows.domain.account import CreditKind, NoticeState
from workflows.domain.aging import AgingRow, Debtor
from workflows.domain.contact import Meaning
from workflows.domain.forecast import DueSum
from workflows.domain.ids import BookId, CustomerId, ItemId
from workflows.domain.money import Money
from workflows.domain.summary import Answered, Correspondence, Movement, Sent

_AT_ONCE = 500  # rows of a stream that are held


class Figures(Part):
    async def aging(self, book: BookId, day: date) -> Sequence[AgingRow]:
        lines = await self._lines(book, day)
        line = lines.c
        query = select(line.currency, *_aged(lines, day)).where(line.open != 0).group_by(line.currency).order_by(line.currency)
        return [_aging_row(row) for row in await self._all(query)]

    async def debtors(self, book: BookId, day: date, most: int | None = None) -> AsyncIterator[Debtor]:
        query, nth = await self._debtors(book, day)
        found = await self._connection.stream(query if most is None else query.where(nth <= most))
        async for row in found.yield_per(_AT_ONCE):
            yield _debtor(row)

    async def debtors_page(self, book: BookId, day: date, limit: int, skip: int) -> Sequence[Debtor]:
        query, _ = await self._debtors(book, day)
        return [_debtor(row) for row in await self._all(query.limit(limit).offset(skip))]

    async def _debtors(self, book: BookId, day: date) -> tuple[Select[Any], ColumnElement[int]]:
        """The query, and the column that says which place the customer has in the currency."""
        lines = await self._lines(book, day)
        line, c = lines.c, t.customers.c
        late = and_(line.due_on < day, line.open > 0)
        order = [total_of(case((chosen, line.open), else_=0)).desc() for chosen in (late, line.open > 0)]
        nth = func.row_number().over(partition_by=line.currency, order_by=(*order, line.customer_id)).label("nth")
        keys = (line.customer_id, line.currency)
        oldest = func.min(case((late, line.due_on))).label("oldest")
        sums = select(*keys, oldest, nth, *_aged(lines, day)).where(line.open != 0).group_by(*keys).subquery("sums")
        query = select(sums, c.number, c.name).join(t.customers, c.id == sums.c.customer_id)
        return query.order_by(sums.c.currency, sums.c.nth), sums.c.nth

    async def due_sums(self, book: BookId, day: date) -> Sequence[DueSum]:
        line = (await self._lines(book, day)).c
        query = select(line.currency, line.due_on, total_of(line.open).label("open")).where(line.open > 0)
        found = await self._all(query.group_by(line.currency, line.due_on).order_by(line.currency, line.due_on))
        return [DueSum(row.due_on, Money(row.open, row.currency)) for row in found]

    async def late_beside(self, book: BookId, day: date, items: Sequence[ItemId]) -> Sequence[tuple[int, Money]]:
        """What the customers of the items owe past its day: how many debts and how much, a row per currency."""
        ends = rows.book(await self._one(select(t.books).where(t.books.c.id == book), "book")).place.start_of(day + timedelta(days=1))
        theirs = select(t.items.c.customer_id).where(among(self._connection, t.items.c.id, items))
        line = open_lines(AsOf(day, ends), book, theirs).subquery("lines").c
        sums = select(line.currency, func.count().label("debts"), total_of(line.open).label("open"))
        found = await self._all(sums.where(line.open > 0, line.due_on < day).group_by(line.currency).order_by(line.currency))
        return [(row.debts, Money(row.open, row.currency)) for row in found]

    async def _lines(self, book: BookId, day: date) -> Subquery:
        place = rows.book(await self._one(select(t.books).where(t.books.c.id == book), "book")).place
        return open_lines(AsOf(day, place.start_of(day + timedelta(days=1))), book).subquery("lines")

    async def sold(self, book: BookId, start: date, end: date) -> Sequence[Money]:
        return await self._sums(select(t.items.c.currency, t.items.c.total.label("amount")).where(_issued(book, start, end)))

    async def sold_by_month(self, book: BookId, start: date, end: date) -> Sequence[tuple[date, Money]]:
        i = t.items.c
        year, month = extract("year", i.issued_on).label("year"), extract("month", i.issued_on).label("month")
        query = select(i.currency, year, month, total_of(i.total).label("sold")).where(_issued(book, start, end))
        found = await self._all(query.group_by(i.currency, year, month))
        return [(date(int(row.year), int(row.month), 1), Money(row.sold, row.currency)) for row in found]

    async def collected(self, book: BookId, start: date, end: date) -> Sequence[Money]:
        p = t.payments.c
        came = select(p.currency, p.amount.label("amount")).where(_of_book(p.customer_id, book), p.paid_on >= start, p.paid_on <= end)
        left = select(p.currency, (-p.amount).label("amount")).where(
            _of_book(p.customer_id, book), p.reversed_on >= start, p.reversed_on <= end
        )
        moved = union_all(came, left).subquery("moved").c
        return await self._sums(select(moved.currency, moved.amount))

    async def collections(self, book: BookId, start: date, end: date, limit: int, skip: int) -> Sequence[Movement]:
        p, c = t.payments.c, t.customers.c
        came = select(p.id, p.customer_id, p.currency, p.amount.label("amount"), p.paid_on.label("day")).where(
            p.paid_on >= start, p.paid_on <= end
        )
        left = select(p.id, p.customer_id, p.currency, (-p.amount).label("amount"), p.reversed_on.label("day")).where(
            p.reversed_on >= start, p.reversed_on <= end
        )
        moved = union_all(came, left).subquery("moved").c
        query = (
            select(c.name, moved.currency, moved.amount, moved.day).join(t.customers, c.id == moved.customer_id).where(c.book_id == book)
        )
        found = await self._all(query.order_by(moved.day.desc(), moved.amount.desc(), moved.id).limit(limit).offset(skip))
        return [Movement(row.name, Money(row.amount, row.currency), row.day) for row in found]

    async def letters_sent(self, book: BookId, start: datetime, end: datetime, limit: int, skip: int) -> Sequence[Sent]:
        n, c = t.notices.c, t.customers.c
        at = func.coalesce(n.sent_at, n.at)
        told = or_(n.sent_at.is_not(None), n.state.in_([NoticeState.FAILED.value, NoticeState.UNKNOWN.value]))
        query = select(c.name, n.step, n.state, n.sent_at, n.at).join(t.customers, c.id == n.customer_id).where(c.book_id == book, told)
        found = await self._all(query.where(at >= start, at < end).order_by(at.desc(), n.id).limit(limit).offset(skip))
        return [Sent(row.name, row.step, NoticeState(row.state), row.sent_at or row.at) for row in found]

    async def answered(self, book: BookId, start: datetime, end: datetime, limit: int, skip: int) -> Sequence[Answered]:
        r, c = t.replies.c, t.customers.c
        query = select(c.name, r.meaning, r.ended_at, r.at).join(t.customers, c.id == r.customer_id).where(c.book_id == book)
        found = await self._all(query.where(r.at >= start, r.at < end).order_by(r.at.desc(), r.id).limit(limit).offset(skip))
        return [Answered(row.name, Meaning(row.meaning), row.ended_at is not None, row.at) for row in found]

    async def written_off(self, book: BookId, end: date) -> Sequence[Money]:
        c = t.credits_.c
        stands = and_(c.kind == CreditKind.WRITE_OFF.value, c.credited_on <= end, or_(c.reversed_on.is_(None), c.reversed_on > end))
        return await self._sums(select(c.currency, c.amount.label("amount")).where(_of_book(c.customer_id, book), stands))

    async def _sums(self, query: Select[Any]) -> Sequence[Money]:
        """One sum per currency of rows `currency, amount`."""
        row = query.subquery("summed").c
        found = await self._all(select(row.currency, total_of(row.amount).label("amount")).group_by(row.currency).order_by(row.currency))
        return [Money(one.amount, one.currency) for one in found]

    async def paid_late(self, book: BookId, start: date, end: date) -> Sequence[tuple[int, Money]]:
        p, i = t.payments.c, t.items.c
        days = self._days(p.paid_on, i.due_on).label("days")
        kept = and_(p.paid_on >= start, p.paid_on <= end, or_(p.reversed_on.is_(None), p.reversed_on > end))
        mine = and_(i.book_id == book, i.due_on.is_not(None), p.currency == i.currency, kept)
        query = select(p.currency, days, total_of(p.amount).label("paid")).join(t.items, i.id == p.item_id).where(mine)
        found = await self._all(query.group_by(p.currency, days).order_by(p.currency, days))
        return [(row.days, Money(row.paid, row.currency)) for row in found]

    def _days(self, later: ColumnElement[date], earlier: ColumnElement[date]) -> ColumnElement[int]:
        """Whole days between two dates; SQLite keeps dates as text."""
        if self._connection.dialect.name == "sqlite":
            return cast(func.julianday(later) - func.julianday(earlier), Integer)
        return cast(later - earlier, Integer)

    async def correspondence(self, book: BookId, start: datetime, end: datetime) -> Correspondence:
        n, r = t.notices.c, t.replies.c
        left = and_(n.sent_at >= start, n.sent_at < end)
        never = and_(n.sent_at.is_(None), n.state == NoticeState.FAILED.value, n.at >= start, n.at < end)
        counted = {
            "sent": left,
            "delivered": and_(left, n.state == NoticeState.DELIVERED.value),
            "bounced": and_(left, n.state == NoticeState.FAILED.value),
            "unknown": and_(n.state == NoticeState.UNKNOWN.value, n.at >= start, n.at < end),
            "failed": never,
        }
        told = await self._counts(counted, _of_book(n.customer_id, book))
        came = and_(r.at >= start, r.at < end)
        open_ = and_(r.at < end, or_(r.ended_at.is_(None), r.ended_at >= end))
        answered = await self._counts({"answers": came, "waiting": open_}, _of_book(r.customer_id, book))
        return Correspondence(**told, **answered)

    async def _counts(self, chosen: dict[str, ColumnElement[bool]], mine: ColumnElement[bool]) -> dict[str, int]:
        """How many rows fit each condition."""
        counted: Select[Any] = select().add_columns(*(total_of(case((holds, 1), else_=0)).label(name) for name, holds in chosen.items()))
        (row,) = await self._all(counted.where(mine))
        return {name: getattr(row, name) for name in chosen}

    async def knows_since(self, book: BookId, at: datetime) -> bool:
        known = select(t.items.c.id).where(t.items.c.book_id == book, t.items.c.seen_at < at).limit(1)
        return bool(await self._all(known))


def _issued(book: BookId, start: date, end: date) -> ColumnElement[bool]:
    i = t.items.c
    return and_(i.book_id == book, INVOICE, i.issued_on >= start, i.issued_on <= end)


def _of_book(customer: ColumnElement[Any], book: BookId) -> ColumnElement[bool]:
    return customer.in_(select(t.customers.c.id).where(t.customers.c.book_id == book))


def _aged(lines: Subquery, day: date) -> list[ColumnElement[Any]]:
    """Count and sum of every bucket, and the money on account."""
    line, columns = lines.c, []
    for name, belongs in _buckets(line.due_on, day).items():
        shown = and_(belongs, line.open > 0)
        columns += [total_of(case((shown, 1), else_=0)).label(f"{name}_count"), total_of(case((shown, line.open), else_=0)).label(name)]
    return [*columns, total_of(case((line.open < 0, line.open), else_=0)).label("unapplied")]


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


def _debtor(row: Row[Any]) -> Debtor:
    return Debtor(CustomerId(row.customer_id), row.number, row.name, _aging_row(row), row.oldest)


def _aging_row(row: Row[Any]) -> AgingRow:
    def bucket(name: str) -> tuple[int, Money]:
        return getattr(row, f"{name}_count"), Money(getattr(row, name), row.currency)

    current, d1_30, d31_60, d61_90, d90_plus = (bucket(name) for name in ("current", "d1_30", "d31_60", "d61_90", "d90_plus"))
    return AgingRow(row.currency, current, d1_30, d31_60, d61_90, d90_plus, Money(row.unapplied, row.currency))
