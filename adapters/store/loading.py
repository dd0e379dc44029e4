"""Whole accounts from their rows: one statement per kind of fact there is, however many accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Row, Table
from sqlalchemy.engine import result_tuple
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.many import Values, filled_of, rows_of
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
_PLAIN: tuple[tuple[str, Table, Callable[[Row[Any]], Any], tuple[str, ...]], ...] = (
    ("payments", t.payments, rows.payment, ("paid_on", "key")),
    ("credits", t.credits_, rows.credit, ("credited_on", "key")),
    ("snoozes", t.snoozes, rows.snooze, ("at",)),
    ("flags", t.flags, rows.flag, ("at",)),
    ("escalations", t.escalations, rows.escalation, ("at",)),
    ("raised", t.raised, rows.raised, ("at", "id")),
    ("acts", t.acts, rows.act, ("position",)),
    ("disputes", t.disputes, rows.dispute, ("at", "id")),
    ("holds", t.holds, rows.hold, ("at", "id")),
    ("fees", t.fees, rows.fee, ("at", "id")),
    ("tasks", t.tasks, rows.task, ("at", "id")),
    ("opt_outs", t.opt_outs, rows.opt_out, ("at", "id")),
    ("replies", t.replies, rows.reply, ("at", "id")),
)
_MAY_BE_EMPTY = (*(table for _, table, _, _ in _PLAIN), t.promises, t.plans, t.approvals, t.notices)


class Loading:
    """The accounts of some customers."""

    def __init__(self, connection: AsyncConnection, customers: Sequence[Row[Any]], books: Sequence[Book]) -> None:
        self._connection, self._customers = connection, customers
        self._books: dict[UUID, Book] = {book.id: book for book in books}
        self._ids: list[UUID] = [row.id for row in customers]

    async def load(self) -> list[Account]:
        """In the order of the customers."""
        emails = await self._of(t.contacts, lambda row: str(row.address), "position")
        items = await self._items()
        facts = await self._facts(items)
        fresh = {key: [fresh_until(book, has_items=one) for one in (False, True)] for key, book in self._books.items()}
        accounts = []
        for row in self._customers:
            mine = items.get(row.id, ())
            rest = {name: found.get(row.id, ()) for name, found in facts.items()}
            until = fresh[row.book_id][bool(mine)]
            accounts.append(_account(row, self._books[row.book_id], emails.get(row.id, ()), mine, until, rest))
        return accounts

    async def _facts(self, items: Groups[Item]) -> dict[str, Groups[Any]]:
        """By their names in an account, those that there are."""
        there = await filled_of(self._connection, _MAY_BE_EMPTY, "customer_id", self._ids)  # most of a batch's are empty
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

    async def _rows(self, table: Table, key: Column[Any], ids: Sequence[UUID], *order: str) -> Sequence[Row[Any]]:
        names, named = _columns(table)
        return list(map(named, await rows_of(self._connection, table, names, key, ids, order)))

    async def _mine(self, table: Table, *order: str) -> Sequence[Row[Any]]:
        return await self._rows(table, table.c.customer_id, self._ids, *order)

    async def _of(self, table: Table, read: Callable[[Row[Any]], T], *order: str) -> Groups[T]:
        """A table's rows of these customers, grouped by customer."""
        return _grouped((row.customer_id, read(row)) for row in await self._mine(table, *order))

    async def _items(self) -> Groups[Item]:
        """Instalments in the order of their plan, all else by due day; ordered here, for the databases do not agree on it."""
        found = sorted(await rows_of(self._connection, t.items, _ITEM, t.items.c.customer_id, self._ids), key=_by_due_day)
        return _grouped((row[1], rows.item_of(*row[2:])) for row in found)

    async def _promises(self) -> Groups[Promise]:
        made = await self._mine(t.promises, "at", "id")
        named = await self._rows(t.promise_items, t.promise_items.c.promise_id, [row.id for row in made], "position")
        items = _grouped((row.promise_id, ItemId(row.item_id)) for row in named)
        return _grouped((row.customer_id, rows.promise(row, items.get(row.id, ()))) for row in made)

    async def _approvals(self) -> Groups[Approval]:
        asked = await self._mine(t.approvals, "at", "id")
        found = await self._rows(t.approvals_given, t.approvals_given.c.approval_id, [row.id for row in asked], "at", "id")
        given = _grouped((row.approval_id, rows.given(row)) for row in found)
        return _grouped((row.customer_id, rows.approval(row, given.get(row.id, ()))) for row in asked)

    async def _plans(self, items: Groups[Item]) -> Groups[Plan]:
        plans = await self._mine(t.plans, "at", "id")
        covered = await self._rows(t.plan_items, t.plan_items.c.plan_id, [row.id for row in plans], "position")
        covers = _grouped((row.plan_id, ItemId(row.item_id)) for row in covered)
        parts = _grouped((item.plan, item) for owned in items.values() for item in owned if item.plan is not None)
        return _grouped((row.customer_id, rows.plan(row, covers.get(row.id, ()), parts.get(row.id, ()))) for row in plans)

    async def _notices(self) -> Groups[Notice]:
        notices = await self._mine(t.notices, "at", "id")
        listed = await self._rows(t.notice_items, t.notice_items.c.notice_id, [row.id for row in notices], "position")
        items = _grouped((row.notice_id, rows.listed(row)) for row in listed)
        return _grouped((row.customer_id, rows.notice(row, items.get(row.id, ()))) for row in notices)


@cache
def _columns(table: Table) -> tuple[tuple[str, ...], Callable[[Values], Row[Any]]]:
    """Their names but for what is sealed, and what makes a row that goes by them of their values."""
    names = tuple(column.name for column in table.c if not isinstance(column.type, LargeBinary))
    return names, result_tuple(names)


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
