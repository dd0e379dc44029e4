"""Whole accounts from their rows: one statement per kind of fact there is, however many accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, Table, Uuid, exists, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.many import Values, any_of, rows_of
from workflows.domain.account import Account, Book, Item, ItemKind, Notice, Plan
from workflows.domain.approvals import Approval
from workflows.domain.claims import Promise
from workflows.domain.freshness import fresh_until
from workflows.domain.ids import ItemId

T = TypeVar("T")
Groups = dict[UUID, tuple[T, ...]]

_ITEM = (
    *("position", "customer_id", "id", "number", "total", "currency"),
    *("due_on", "seen_at", "issued_on", "kind", "plan_id", "reference", "product"),
)
# Of each kind of fact: its table, how a row of it is read, in which order, and its name in an account.
_PLAIN: tuple[tuple[str, Table, Callable[[Row[Any]], Any], tuple[Any, ...]], ...] = (
    ("payments", t.payments, rows.payment, (t.payments.c.paid_on, t.payments.c.key)),
    ("credits", t.credits_, rows.credit, (t.credits_.c.credited_on, t.credits_.c.key)),
    ("snoozes", t.snoozes, rows.snooze, (t.snoozes.c.at,)),
    ("flags", t.flags, rows.flag, (t.flags.c.at,)),
    ("escalations", t.escalations, rows.escalation, (t.escalations.c.at,)),
    ("raised", t.raised, rows.raised, (t.raised.c.at, t.raised.c.id)),
    ("acts", t.acts, rows.act, (t.acts.c.position,)),
    ("disputes", t.disputes, rows.dispute, (t.disputes.c.at, t.disputes.c.id)),
    ("holds", t.holds, rows.hold, (t.holds.c.at, t.holds.c.id)),
    ("fees", t.fees, rows.fee, (t.fees.c.at, t.fees.c.id)),
    ("tasks", t.tasks, rows.task, (t.tasks.c.at, t.tasks.c.id)),
    ("opt_outs", t.opt_outs, rows.opt_out, (t.opt_outs.c.at, t.opt_outs.c.id)),
    ("replies", t.replies, rows.reply, (t.replies.c.at, t.replies.c.id)),
)
_MAY_BE_EMPTY = (*(table for _, table, _, _ in _PLAIN), t.promises, t.plans, t.approvals, t.notices)


class Loading:
    """The accounts of some customers."""

    def __init__(self, connection: AsyncConnection, customers: Sequence[Row[Any]]) -> None:
        self._connection, self._customers = connection, customers
        self._ids: list[UUID] = [row.id for row in customers]
        self._one_of = any_of(connection, Uuid(), self._ids)

    async def load(self) -> list[Account]:
        """In the order of the customers."""
        wanted = {row.book_id for row in self._customers}
        books = {row.id: rows.book(row) for row in await self._all(select(t.books).where(t.books.c.id.in_(wanted)))}
        emails = await self._of(t.contacts, lambda row: str(row.address), t.contacts.c.position)
        items = await self._items()
        facts = await self._facts(items)
        fresh = {key: [fresh_until(book, has_items=one) for one in (False, True)] for key, book in books.items()}
        accounts = []
        for row in self._customers:
            mine = items.get(row.id, ())
            rest = {name: found.get(row.id, ()) for name, found in facts.items()}
            until = fresh[row.book_id][bool(mine)]
            accounts.append(_account(row, books[row.book_id], emails.get(row.id, ()), mine, until, rest))
        return accounts

    async def _facts(self, items: Groups[Item]) -> dict[str, Groups[Any]]:
        """By their names in an account, those that there are."""
        there = await self._there()
        found: dict[str, Groups[Any]] = {
            name: await self._of(table, read, *order) for name, table, read, order in _PLAIN if table.name in there
        }
        if t.promises.name in there:
            found["promises"] = await self._promises()
        if t.plans.name in there:
            found["plans"] = await self._plans(items)
        if t.approvals.name in there:
            found["approvals"] = await self._approvals()
        if t.notices.name in there:
            found["notices"] = await self._notices()
        return found

    async def _there(self) -> frozenset[str]:
        """The tables that hold anything at all of these accounts: most of a batch's are empty."""
        asked = (select(literal(table.name)).where(exists().where(self._mine(table))) for table in _MAY_BE_EMPTY)
        return frozenset((await self._connection.execute(union_all(*asked))).scalars())

    def _mine(self, table: Table) -> Any:
        return self._one_of(table.c.customer_id)

    async def _all(self, query: Any) -> Sequence[Row[Any]]:
        found: Sequence[Row[Any]] = (await self._connection.execute(query)).all()
        return found

    async def _of(self, table: Table, read: Callable[[Row[Any]], T], *order: Any) -> Groups[T]:
        """A table's rows of these customers, grouped by customer."""
        found = await self._all(select(table).where(self._mine(table)).order_by(*order))
        return _grouped((row.customer_id, read(row)) for row in found)

    async def _items(self) -> Groups[Item]:
        """Instalments in the order of their plan, all else by due day; ordered here, for the databases do not agree on it."""
        found = sorted(await rows_of(self._connection, t.items, _ITEM, t.items.c.customer_id, self._ids), key=_by_due_day)
        return _grouped((row[1], rows.item_of(*row[2:])) for row in found)

    async def _promises(self) -> Groups[Promise]:
        made = await self._all(select(t.promises).where(self._mine(t.promises)).order_by(t.promises.c.at, t.promises.c.id))
        p = t.promise_items.c
        named = await self._all(select(t.promise_items).where(p.promise_id.in_([row.id for row in made])).order_by(p.position))
        items = _grouped((row.promise_id, ItemId(row.item_id)) for row in named)
        return _grouped((row.customer_id, rows.promise(row, items.get(row.id, ()))) for row in made)

    async def _approvals(self) -> Groups[Approval]:
        asked = await self._all(select(t.approvals).where(self._mine(t.approvals)).order_by(t.approvals.c.at, t.approvals.c.id))
        g = t.approvals_given.c
        found = await self._all(select(t.approvals_given).where(g.approval_id.in_([row.id for row in asked])).order_by(g.at, g.id))
        given = _grouped((row.approval_id, rows.given(row)) for row in found)
        return _grouped((row.customer_id, rows.approval(row, given.get(row.id, ()))) for row in asked)

    async def _plans(self, items: Groups[Item]) -> Groups[Plan]:
        plans = await self._all(select(t.plans).where(self._mine(t.plans)).order_by(t.plans.c.at, t.plans.c.id))
        covered = select(t.plan_items).where(t.plan_items.c.plan_id.in_([row.id for row in plans])).order_by(t.plan_items.c.position)
        covers = _grouped((row.plan_id, ItemId(row.item_id)) for row in await self._all(covered))
        parts = _grouped((item.plan, item) for owned in items.values() for item in owned if item.plan is not None)
        return _grouped((row.customer_id, rows.plan(row, covers.get(row.id, ()), parts.get(row.id, ()))) for row in plans)

    async def _notices(self) -> Groups[Notice]:
        columns = [column for column in t.notices.c if column.name != "body"]
        notices = await self._all(select(*columns).where(self._mine(t.notices)).order_by(t.notices.c.at, t.notices.c.id))
        mine = select(t.notices.c.id).where(self._mine(t.notices))
        listed = select(t.notice_items).where(t.notice_items.c.notice_id.in_(mine)).order_by(t.notice_items.c.position)
        items = _grouped((row.notice_id, rows.listed(row)) for row in await self._all(listed))
        return _grouped((row.customer_id, rows.notice(row, items.get(row.id, ()))) for row in notices)


def _by_due_day(row: Values) -> tuple[int, date, str]:
    """By their places in `_ITEM`: position, due_on, number."""
    return row[0], row[6] or date.max, row[3]


def _account(
    row: Row[Any], book: Book, emails: tuple[str, ...], items: tuple[Item, ...], until: datetime | None, facts: dict[str, Any]
) -> Account:
    return Account(
        book=book,
        customer=rows.customer(row, book, emails),
        items=tuple(item for item in items if item.kind is ItemKind.INVOICE),
        policy=None if row.policy_name is None else (row.policy_name, row.policy_version),
        released_at=row.released_at,
        resumed_at=row.resumed_at,
        fresh_until=until,
        **facts,
    )


def _grouped(pairs: Iterable[tuple[UUID, T]]) -> Groups[T]:
    groups: dict[UUID, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
