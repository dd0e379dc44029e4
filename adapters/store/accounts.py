"""Accounts: loading whole ones, and choosing which to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, select, true

from adapters.store import tables as t
from adapters.store.books import Books
from adapters.store.fetch import Chosen, fetched, kept
from adapters.store.folded import folded
from adapters.store.loading import accounts_chosen, accounts_of
from adapters.store.many import among, update_many
from adapters.store.reports import IS_NAMED, spelt
from adapters.store.stops import stopped
from workflows.domain.account import Account
from workflows.domain.ids import BookId, CustomerId, ItemId
from workflows.errors import NotKnown
from workflows.records import Look

_PAGE = 200
_OWNER = select(t.items.c.customer_id).where(t.items.c.id == bindparam("item"))
_HELD_OWNER = select(t.customers.c.id).where(t.customers.c.id == _OWNER.scalar_subquery()).with_for_update(key_share=True)
_HOLD = "SELECT count(*) FROM (SELECT id FROM customers WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE) AS held"
_NAMED = select(t.customers.c.id).where(IS_NAMED).limit(2)
_LOOKED = ("id", "next_look_at", "policy_name", "policy_version")


class Accounts(Books):
    async def account(self, customer: CustomerId) -> Account:
        found = await self.accounts([customer])
        if not found:
            raise NotKnown("There is no such customer.")
        return found[0]

    async def account_of(self, item: ItemId) -> Account:
        """What was locked is read, and no other account that the item moved to while it was waited for."""
        if self._locks:
            held = await kept(self._connection, _HELD_OWNER, {"item": item})
            found = await accounts_of(self._connection, [CustomerId(row.id) for row in held])
        else:
            found = await accounts_chosen(self._connection, Chosen(_OWNER, {"item": item}))
        if not found:
            raise NotKnown("There is no such invoice.")
        return found[0]

    async def named_account(self, words: str) -> Account | None:
        """A name that two books have is read twice for nothing: it is rare, and a choice is then looked for."""
        found = await accounts_chosen(self._connection, Chosen(_NAMED, spelt(words))) if folded(words) else []
        return found[0] if len(found) == 1 else None

    async def lock_accounts(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, int]:
        c = t.customers.c
        mine = select(c.id, c.changes).where(among(self._connection, c.id, list(customers))).order_by(c.id).with_for_update(key_share=True)
        return {CustomerId(row.id): row.changes for row in await self._all(mine)}

    async def accounts(self, customers: Sequence[CustomerId]) -> Sequence[Account]:
        """Whole ones, in the order asked for, their rows locked unless the unit only reads; a few queries, however many accounts."""
        if self._locks:
            await fetched(self._connection, _HOLD, {"ids": list(customers)})
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
