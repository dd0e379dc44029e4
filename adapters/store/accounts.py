"""Accounts: loading whole ones, and choosing which to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true

from adapters.store import tables as t
from adapters.store.ledger import open_lines
from adapters.store.loading import Loading
from adapters.store.many import update_many
from adapters.store.stops import stopped
from adapters.store.unit import Part
from workflows.domain.account import Account
from workflows.domain.ids import BookId, CustomerId, ItemId, UserId
from workflows.domain.money import Money
from workflows.errors import NotKnown

_PAGE = 200


class Accounts(Part):
    async def account(self, customer: CustomerId) -> Account:
        found = await self.accounts([customer])
        if not found:
            raise NotKnown("There is no such customer.")
        return found[0]

    async def account_of(self, item: ItemId) -> Account:
        owner = await self._one(select(t.items.c.customer_id).where(t.items.c.id == item), "invoice")
        return await self.account(owner.customer_id)

    async def lock_accounts(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, int]:
        c = t.customers.c
        mine = select(c.id, c.changes).where(c.id.in_(customers)).order_by(c.id).with_for_update(key_share=True)
        return {CustomerId(row.id): row.changes for row in await self._all(mine)}

    async def accounts(self, customers: Sequence[CustomerId]) -> Sequence[Account]:
        """Whole accounts, their rows locked, in the order asked for; one query per kind of fact, however many accounts."""
        found = await self._all(
            select(t.customers).where(t.customers.c.id.in_(customers)).order_by(t.customers.c.id).with_for_update(key_share=True)
        )
        if not found:
            return []
        loaded = {account.customer.id: account for account in await Loading(self._connection, found).load()}
        return [loaded[customer] for customer in customers if customer in loaded]

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
        query = select(t.customers).where(chosen).order_by(t.customers.c.id).limit(_PAGE)
        page = await self._all(query)
        while page:
            for account in await Loading(self._connection, page).load():
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
        await self.looked_all([(customer, next_look_at, policy)])

    async def looked_all(self, looks: Sequence[tuple[CustomerId, datetime | None, tuple[str, int] | None]]) -> None:
        values = [(customer, at, *(policy or (None, None))) for customer, at, policy in looks]
        await update_many(self._connection, t.customers, ("id", "next_look_at", "policy_name", "policy_version"), values)

    async def overdue_accounts(
        self, day: date, limit: int, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None
    ) -> tuple[Sequence[CustomerId], int]:
        late = _late_lines(day, book, owner, least).subquery()
        grouped = select(late.c.customer_id, func.count().over().label("all")).group_by(late.c.customer_id)
        found = await self._all(grouped.order_by(func.min(late.c.due_on), late.c.customer_id).limit(limit))
        return [CustomerId(row.customer_id) for row in found], found[0].all if found else 0

    async def count_overdue(self, day: date, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None) -> int:
        late = select(_late_lines(day, book, owner, least).subquery().c.customer_id).distinct().subquery()
        return int((await self._all(select(func.count().label("late")).select_from(late)))[0].late)


def _late_lines(day: date, book: BookId | None, owner: UserId | None, least: Money | None) -> Select[Any]:
    """Open lines past due on that day, of the customers that are asked for."""
    line = open_lines(None, book).subquery().c
    late = select(line.customer_id, line.currency, line.due_on, line.open).where(line.due_on < day, line.open > 0)
    if owner is not None:
        late = late.where(line.customer_id.in_(select(t.customers.c.id).where(t.customers.c.owner_id == owner)))
    if least is None:
        return late
    sums = late.subquery().c
    enough = select(sums.customer_id).where(sums.currency == least.currency).group_by(sums.customer_id)
    return late.where(line.customer_id.in_(enough.having(func.sum(sums.open) >= least.minor)))
