"""Accounts: loading whole ones, and choosing which to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, func, select, true, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.ledger import open_lines
from adapters.store.stops import stopped
from adapters.store.unit import Part
from workflows.domain.account import Account, Book, Item, ItemKind, Notice, Plan
from workflows.domain.approvals import Approval
from workflows.domain.claims import Promise
from workflows.domain.freshness import fresh_until
from workflows.domain.ids import BookId, CustomerId, ItemId, UserId
from workflows.domain.money import Money
from workflows.errors import NotKnown

_PAGE = 200

T = TypeVar("T")
Groups = dict[UUID, tuple[T, ...]]


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
        loaded = {account.customer.id: account for account in await self._fill(found)}
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
            for account in await self._fill(page):
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
        name, version = policy or (None, None)
        values = {"next_look_at": next_look_at, "policy_name": name, "policy_version": version}
        await self._connection.execute(update(t.customers).where(t.customers.c.id == customer).values(values))

    async def overdue_accounts(
        self, day: date, limit: int, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None
    ) -> Sequence[CustomerId]:
        late = _late_lines(day, book, owner, least).subquery()
        grouped = select(late.c.customer_id).group_by(late.c.customer_id)
        ordered = grouped.order_by(func.min(late.c.due_on), late.c.customer_id).limit(limit)
        return [CustomerId(row.customer_id) for row in await self._all(ordered)]

    async def count_overdue(self, day: date, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None) -> int:
        late = select(_late_lines(day, book, owner, least).subquery().c.customer_id).distinct().subquery()
        return int((await self._all(select(func.count().label("late")).select_from(late)))[0].late)

    async def _fill(self, customers: Sequence[Row[Any]]) -> list[Account]:
        ids = [row.id for row in customers]
        books = {row.id: rows.book(row) for row in await self._all(select(t.books).where(t.books.c.id.in_({r.book_id for r in customers})))}
        items = await self._of(ids, t.items, rows.item, t.items.c.position, t.items.c.due_on, t.items.c.number)
        facts: dict[str, Groups[Any]] = {
            "payments": await self._of(ids, t.payments, rows.payment, t.payments.c.paid_on, t.payments.c.key),
            "credits": await self._of(ids, t.credits_, rows.credit, t.credits_.c.credited_on, t.credits_.c.key),
            "snoozes": await self._of(ids, t.snoozes, rows.snooze, t.snoozes.c.at),
            "flags": await self._of(ids, t.flags, rows.flag, t.flags.c.at),
            "escalations": await self._of(ids, t.escalations, rows.escalation, t.escalations.c.at),
            "raised": await self._of(ids, t.raised, rows.raised, t.raised.c.at, t.raised.c.id),
            "acts": await self._of(ids, t.acts, rows.act, t.acts.c.position),
            "disputes": await self._of(ids, t.disputes, rows.dispute, t.disputes.c.at, t.disputes.c.id),
            "holds": await self._of(ids, t.holds, rows.hold, t.holds.c.at, t.holds.c.id),
            "promises": await self._promises(ids),
            "plans": await self._plans(ids, items),
            "fees": await self._of(ids, t.fees, rows.fee, t.fees.c.at, t.fees.c.id),
            "approvals": await self._approvals(ids),
            "tasks": await self._of(ids, t.tasks, rows.task, t.tasks.c.at, t.tasks.c.id),
            "opt_outs": await self._of(ids, t.opt_outs, rows.opt_out, t.opt_outs.c.at, t.opt_outs.c.id),
            "replies": await self._of(ids, t.replies, rows.reply, t.replies.c.at, t.replies.c.id),
            "notices": await self._notices(ids),
        }
        emails = await self._of(ids, t.contacts, lambda row: row.address, t.contacts.c.position)
        return [
            _account(
                row, books[row.book_id], emails.get(row.id, ()), items.get(row.id, ()), {k: v.get(row.id, ()) for k, v in facts.items()}
            )
            for row in customers
        ]

    async def _of(self, ids: Sequence[UUID], table: Table, read: Callable[[Row[Any]], T], *order: Any) -> Groups[T]:
        """A table's rows of these customers, grouped by customer."""
        found = await self._all(select(table).where(table.c.customer_id.in_(ids)).order_by(*order))
        return _grouped((row.customer_id, read(row)) for row in found)

    async def _promises(self, ids: Sequence[UUID]) -> Groups[Promise]:
        made = await self._all(select(t.promises).where(t.promises.c.customer_id.in_(ids)).order_by(t.promises.c.at, t.promises.c.id))
        if not made:
            return {}
        p = t.promise_items.c
        named = await self._all(select(t.promise_items).where(p.promise_id.in_([row.id for row in made])).order_by(p.position))
        items = _grouped((row.promise_id, ItemId(row.item_id)) for row in named)
        return _grouped((row.customer_id, rows.promise(row, items.get(row.id, ()))) for row in made)

    async def _approvals(self, ids: Sequence[UUID]) -> Groups[Approval]:
        asked = await self._all(select(t.approvals).where(t.approvals.c.customer_id.in_(ids)).order_by(t.approvals.c.at, t.approvals.c.id))
        if not asked:
            return {}
        g = t.approvals_given.c
        found = await self._all(select(t.approvals_given).where(g.approval_id.in_([row.id for row in asked])).order_by(g.at, g.id))
        given = _grouped((row.approval_id, rows.given(row)) for row in found)
        return _grouped((row.customer_id, rows.approval(row, given.get(row.id, ()))) for row in asked)

    async def _plans(self, ids: Sequence[UUID], items: Groups[Item]) -> Groups[Plan]:
        plans = await self._all(select(t.plans).where(t.plans.c.customer_id.in_(ids)).order_by(t.plans.c.at, t.plans.c.id))
        if not plans:
            return {}
        covered = select(t.plan_items).where(t.plan_items.c.plan_id.in_([row.id for row in plans])).order_by(t.plan_items.c.position)
        covers = _grouped((row.plan_id, ItemId(row.item_id)) for row in await self._all(covered))
        parts = _grouped((item.plan, item) for owned in items.values() for item in owned if item.plan is not None)
        return _grouped((row.customer_id, rows.plan(row, covers.get(row.id, ()), parts.get(row.id, ()))) for row in plans)

    async def _notices(self, ids: Sequence[UUID]) -> Groups[Notice]:
        columns = [column for column in t.notices.c if column.name != "body"]
        notices = await self._all(select(*columns).where(t.notices.c.customer_id.in_(ids)).order_by(t.notices.c.at, t.notices.c.id))
        if not notices:
            return {}
        mine = select(t.notices.c.id).where(t.notices.c.customer_id.in_(ids))
        listed = select(t.notice_items).where(t.notice_items.c.notice_id.in_(mine)).order_by(t.notice_items.c.position)
        items = _grouped((row.notice_id, rows.listed(row)) for row in await self._all(listed))
        return _grouped((row.customer_id, rows.notice(row, items.get(row.id, ()))) for row in notices)


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


def _account(row: Row[Any], book: Book, emails: tuple[str, ...], items: tuple[Item, ...], facts: dict[str, Any]) -> Account:
    return Account(
        book=book,
        customer=rows.customer(row, book, emails),
        items=tuple(item for item in items if item.kind is ItemKind.INVOICE),
        policy=None if row.policy_name is None else (row.policy_name, row.policy_version),
        released_at=row.released_at,
        resumed_at=row.resumed_at,
        fresh_until=fresh_until(book, has_items=bool(items)),
        **facts,
    )


def _grouped(pairs: Iterable[tuple[UUID, T]]) -> Groups[T]:
    groups: dict[UUID, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
