"""Whose debts are late, the oldest first: by the hint every account keeps, and line by line where that is not known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Row,
    Select,
    String,
    Uuid,
    bindparam,
    case,
    func,
    select,
    union_all,
)

from adapters.store import tables as t
from adapters.store.fetch import kept
from adapters.store.ledger import open_lines
from adapters.store.unit import Part
from workflows.domain.ids import BookId, CustomerId, UserId
from workflows.domain.money import Money
from workflows.records import CHANGED

_DAY, _LIMIT = bindparam("day", type_=Date()), bindparam("limit", type_=Integer())
_BOOK: Any = bindparam("book", type_=Uuid())
_OWNER = bindparam("owner", type_=Uuid())
_LEAST, _CURRENCY = bindparam("least", type_=BigInteger()), bindparam("currency", type_=String())


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a statement is asked to heed; one is put together once for each. Line by line where the hint of any is not known."""

    of_book: bool
    of_owner: bool
    at_least: bool
    known: bool = True

    @property
    def by_lines(self) -> bool:
        return self.at_least or not self.known


class Overdue(Part):
    async def overdue_accounts(
        self, day: date, limit: int, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None
    ) -> tuple[Sequence[tuple[date, CustomerId]], int]:
        found = await self._late(_page, day, limit, book, owner, least)
        return [(row.due_on, CustomerId(row.customer_id)) for row in found], found[0].all if found else 0

    async def count_overdue(self, day: date, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None) -> int:
        (counted,) = await self._late(_counted, day, 1, book, owner, least)
        return int(counted.all)

    async def _late(
        self,
        statement: Callable[[_Asked], Select[Any]],
        day: date,
        limit: int,
        book: BookId | None,
        owner: UserId | None,
        least: Money | None,
    ) -> Sequence[Row[Any]]:
        asked = _Asked(book is not None, owner is not None, least is not None)
        given = {"day": day, "limit": limit, "book": book, "owner": owner}
        if least is not None:
            given |= {"least": least.minor, "currency": least.currency}
        found = await kept(self._connection, statement(asked), given)
        if found and found[0].due_on == CHANGED:  # they come first
            found = await kept(self._connection, statement(replace(asked, known=False)), given)
        return found


@cache
def _page(asked: _Asked) -> Select[Any]:
    """An index is gone through twice, once for the count, and nothing kept of it; what is worked out line by line is so once."""
    late = _late(asked)
    found = late.subquery().c
    count = func.count().over() if asked.by_lines else select(func.count()).select_from(late.subquery()).scalar_subquery()
    return select(found.due_on, found.customer_id, count.label("all")).order_by(found.due_on, found.customer_id).limit(_LIMIT)


@cache
def _counted(asked: _Asked) -> Select[Any]:
    found = _late(asked).subquery().c
    columns: Sequence[ColumnElement[Any]] = (func.count(found.customer_id).label("all"), func.min(found.due_on).label("due_on"))
    return select(*columns)


def _late(asked: _Asked) -> Select[Any] | CompoundSelect[Any]:
    """Accounts with something past due on the day, a row each, with the due day of the oldest; by the hint that is `CHANGED` where it is not known.

    Where it is to be summed, what is open is read line by line; so it is of accounts that have changed since the hint was set.
    """
    c = t.customers.c
    hinted = select(c.id.label("customer_id"), c.oldest_due_on.label("due_on")).where(c.oldest_due_on < _DAY)
    if asked.of_book:
        hinted = hinted.where(c.book_id == _BOOK)
    if asked.of_owner:
        hinted = hinted.where(c.owner_id == _OWNER)
    customers = hinted.with_only_columns(c.id)
    if asked.at_least:
        return _by_lines(asked, customers)
    if asked.known:
        return hinted
    return union_all(hinted.where(c.oldest_due_on > CHANGED), _by_lines(asked, customers.where(c.oldest_due_on == CHANGED)))


def _by_lines(asked: _Asked, customers: Select[Any]) -> Select[Any]:
    """The same of those customers, by what is open line by line."""
    line = open_lines(None, _BOOK if asked.of_book else None, customers).subquery().c
    late = (
        select(line.customer_id, func.min(line.due_on).label("due_on")).where(line.due_on < _DAY, line.open > 0).group_by(line.customer_id)
    )
    if not asked.at_least:
        return late
    return late.having(func.sum(case((line.currency == _CURRENCY, line.open), else_=0)) >= _LEAST)
