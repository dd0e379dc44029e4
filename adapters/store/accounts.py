"""Accounts: loading whole ones, and choosing which to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, func, select, true, union_all

from adapters.store import tables as t
from adapters.store.books import Books
from adapters.store.folded import folded
from adapters.store.ledger import open_lines
from adapters.store.loading import accounts_of
from adapters.store.many import among, update_many
from adapters.store.reports import is_named
from adapters.store.stops import stopped
from workflows.domain.account import Account
from workflows.domain.ids import BookId, CustomerId, ItemId, UserId
from workflows.domain.money import Money
from workflows.errors import NotKnown
from workflows.records import CHANGED, Look

_PAGE = 200
_LOOKED = ("id", "next_look_at", "policy_name", "policy_version")


class Accounts(Books):
    async def account(self, customer: CustomerId) -> Account:
        found = await self.accounts([customer])
        if not found:
            raise NotKnown("There is no such customer.")
        return found[0]

    async def account_of(self, item: ItemId) -> Account:
        owner = await self._all(select(t.items.c.customer_id).where(t.items.c.id == item))
        if not owner:
            raise NotKnown("There is no such invoice.")
        return await self.account(CustomerId(owner[0].customer_id))

    async def named_account(self, words: str) -> Account | None:
        named = select(t.customers.c.id).where(is_named(words)).limit(2)
        found = await self._all(named) if folded(words) else []
        return await self.account(CustomerId(found[0].id)) if len(found) == 1 else None

    async def lock_accounts(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, int]:
        c = t.customers.c
        mine = select(c.id, c.changes).where(among(self._connection, c.id, list(customers))).order_by(c.id).with_for_update(key_share=True)
        return {CustomerId(row.id): row.changes for row in await self._all(mine)}

    async def accounts(self, customers: Sequence[CustomerId]) -> Sequence[Account]:
        """Whole ones, in the order asked for, their rows locked unless the unit only reads; a few queries, however many accounts."""
        await self._lock(among(self._connection, t.customers.c.id, customers))
        return await accounts_of(self._connection, customers)

    async def all_accounts(self, book: BookId | None = None) -> AsyncIterator[Account]:
        async for account in self._each(true() if book is None else t.customers.c.book_id == book):
            yield account

    async def promising_accounts(self, book: BookId, start: date, end: date) -> AsyncIterator[Account]:
        p = t.promises.c
        mine = select(p.customer_id).where(p.until >= start, p.until <= end)
        async for account in self._each((t.customers.c.book_id == book) & t.customers.c.id.in_(mine)):
            yield account

    async def planning_accounts(self, book: BookId, at: datetime) -> AsyncIterator[Account]:
        p = t.plans.c
        mine = select(p.customer_id).where(p.accepted_at <= at, p.ended_at.is_(None) | (p.ended_at > at))
        async for account in self._each((t.customers.c.book_id == book) & t.customers.c.id.in_(mine)):
            yield account

    async def _each(self, chosen: ColumnElement[bool]) -> AsyncIterator[Account]:
        """Page by page, not locked."""
        query = select(t.customers.c.id).where(chosen).order_by(t.customers.c.id).limit(_PAGE)
        page = await self._all(query)
        while page:
            for account in await accounts_of(self._connection, [CustomerId(row.id) for row in page]):
                yield account
            page = await self._all(query.where(t.customers.c.id > page[-1].id))

    async def claim_accounts(self, now: datetime, limit: int) -> Sequence[CustomerId]:
        c = t.customers.c
        due = select(c.id).where(c.next_look_at <= now, ~stopped(now)).order_by(c.next_look_at, c.id).limit(limit)
        return [CustomerId(row.id) for row in await self._all(due.with_for_update(skip_locked=True, key_share=True))]

    async def looking_before(self, book: BookId, until: datetime, limit: int) -> Sequence[CustomerId]:
        c = t.customers.c
        soon = select(c.id).where(c.book_id == book, c.next_look_at < until).order_by(c.next_look_at, c.id).limit(limit)
        return [CustomerId(row.id) for row in await self._all(soon)]

    async def looked(self, customer: CustomerId, next_look_at: datetime | None, policy: tuple[str, int] | None) -> None:
        self._awake.clear()
        await update_many(self._connection, t.customers, _LOOKED, [(customer, next_look_at, *(policy or (None, None)))])

    async def looked_all(self, looks: Sequence[Look]) -> None:
        self._awake.clear()
        values = [(look.customer, look.next_at, *(look.policy or (None, None)), look.oldest_due_on) for look in looks]
        await update_many(self._connection, t.customers, (*_LOOKED, "oldest_due_on"), values)

    async def overdue_accounts(
        self, day: date, limit: int, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None
    ) -> tuple[Sequence[tuple[date, CustomerId]], int]:
        found = await self._all(_page(_late(day, book, owner, least), limit))
        if found and found[0].due_on == CHANGED:  # they come first
            found = await self._all(_page(_late_now(day, book, owner), limit))
        return [(row.due_on, CustomerId(row.customer_id)) for row in found], found[0].all if found else 0

    async def count_overdue(self, day: date, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None) -> int:
        counted = (await self._all(_counted(_late(day, book, owner, least))))[0]
        if counted.oldest == CHANGED:
            counted = (await self._all(_counted(_late_now(day, book, owner))))[0]
        return int(counted.all)


def _page(late: Select[Any] | CompoundSelect[Any], limit: int) -> Select[Any]:
    found = late.subquery().c
    return select(found.due_on, found.customer_id, func.count().over().label("all")).order_by(found.due_on, found.customer_id).limit(limit)


def _counted(late: Select[Any] | CompoundSelect[Any]) -> Select[Any]:
    found = late.subquery().c
    columns: Sequence[ColumnElement[Any]] = (func.count(found.customer_id).label("all"), func.min(found.due_on).label("oldest"))
    return select(*columns)


def _late(day: date, book: BookId | None, owner: UserId | None, least: Money | None) -> Select[Any]:
    """Accounts with something past due on that day, a row each, with the due day of the oldest by the hint: `CHANGED` where it is not known.

    Where it is to be summed what is open is read line by line.
    """
    c = t.customers.c
    asked = select(c.id.label("customer_id"), c.oldest_due_on.label("due_on")).where(c.oldest_due_on < day)
    if book is not None:
        asked = asked.where(c.book_id == book)
    if owner is not None:
        asked = asked.where(c.owner_id == owner)
    return asked if least is None else _by_lines(day, book, asked.with_only_columns(c.id), least)


def _late_now(day: date, book: BookId | None, owner: UserId | None) -> CompoundSelect[Any]:
    """The same where some have changed since the hint was set: of these it is worked out line by line."""
    c, asked = t.customers.c, _late(day, book, owner, None)
    changed = asked.with_only_columns(c.id).where(c.oldest_due_on == CHANGED)
    return union_all(asked.where(c.oldest_due_on > CHANGED), _by_lines(day, book, changed, None))


def _by_lines(day: date, book: BookId | None, customers: Select[Any], least: Money | None) -> Select[Any]:
    """The same of those customers, by what is open line by line."""
    line = open_lines(None, book, customers).subquery().c
    late = (
        select(line.customer_id, func.min(line.due_on).label("due_on")).where(line.due_on < day, line.open > 0).group_by(line.customer_id)
    )
    if least is None:
        return late
    return late.having(func.sum(case((line.currency == least.currency, line.open), else_=0)) >= least.minor)
