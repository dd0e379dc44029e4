"""Whole accounts from their rows: one statement, however many accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.fetch import Chosen, Kind, Values, facts_of
from workflows.domain.account import Account, Book, Item, ItemKind, Notice, Plan
from workflows.domain.approvals import Approval
from workflows.domain.claims import Promise
from workflows.domain.freshness import fresh_until
from workflows.domain.ids import CustomerId, ItemId

T = TypeVar("T")
Groups = dict[UUID, tuple[T, ...]]
Pairs = Iterable[tuple[UUID, T]]

_ITEM = (  # by their places: an attribute costs more, and there are many
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
_KINDS = (
    Kind(t.books, ("slug",), by=None),
    Kind(t.customers, ("id",), by="id"),
    Kind(t.contacts, ("position",)),
    *(Kind(table, order) for _, table, _, order in _PLAIN),
    *(Kind(table, ("at", "id")) for table in (t.promises, t.plans, t.approvals, t.notices)),
    Kind(t.promise_items, ("position",), "promise_id"),
    Kind(t.plan_items, ("position",), "plan_id"),
    Kind(t.approvals_given, ("at", "id"), "approval_id"),
    Kind(t.notice_items, ("position",), "notice_id"),
)


async def accounts_of(connection: AsyncConnection, customers: Sequence[CustomerId]) -> list[Account]:
    """In their order; one that is not there is left out."""
    known = _Found(*await facts_of(connection, t.items, _ITEM, _KINDS, customers)).accounts()
    return [known[customer] for customer in customers if customer in known]


async def accounts_chosen(connection: AsyncConnection, customers: Chosen) -> list[Account]:
    """In the order of their ids."""
    return list(_Found(*await facts_of(connection, t.items, _ITEM, _KINDS, customers)).accounts().values())


class _Found:
    """What is known of some customers."""

    def __init__(self, items: Sequence[Values], found: Mapping[str, Sequence[Row[Any]]]) -> None:
        """Instalments are in the order of their plan, all else by due day; ordered here, for the databases do not agree on it."""
        self._owners, self._items = _made(sorted(items, key=_by_due_day))
        self._rows = found

    def accounts(self) -> dict[UUID, Account]:
        """By their customers."""
        books = {row.id: rows.book(row) for row in self._of(t.books)}
        fresh = {key: [fresh_until(book, has_items=one) for one in (False, True)] for key, book in books.items()}
        emails = _grouped((row.customer_id, str(row.address)) for row in self._of(t.contacts))
        owned = zip(self._owners, self._items, strict=True)
        invoices = _grouped((owner, item) for owner, item in owned if item.kind is ItemKind.INVOICE)
        facts = self._facts()
        accounts = {}
        for row in self._of(t.customers):
            mine = invoices.get(row.id, ())
            rest = {name: found[row.id] for name, found in facts.items() if row.id in found}
            accounts[row.id] = _account(row, books[row.book_id], emails.get(row.id, ()), mine, fresh[row.book_id][bool(mine)], rest)
        return accounts

    def _facts(self) -> dict[str, Groups[Any]]:
        """By their names in an account, those that there are."""
        made = {"promises": self._promises, "plans": self._plans, "approvals": self._approvals, "notices": self._notices}
        found: dict[str, Groups[Any]] = {name: _grouped(make()) for name, make in made.items()}
        some = ((name, self._of(table), read) for name, table, read, _ in _PLAIN)
        found |= {name: _grouped((row.customer_id, read(row)) for row in mine) for name, mine, read in some if mine}
        return {name: groups for name, groups in found.items() if groups}

    def _of(self, table: Table) -> Sequence[Row[Any]]:
        return self._rows.get(table.name, ())

    def _promises(self) -> Pairs[Promise]:
        items = _grouped((row.promise_id, ItemId(row.item_id)) for row in self._of(t.promise_items))
        return ((row.customer_id, rows.promise(row, items.get(row.id, ()))) for row in self._of(t.promises))

    def _approvals(self) -> Pairs[Approval]:
        given = _grouped((row.approval_id, rows.given(row)) for row in self._of(t.approvals_given))
        return ((row.customer_id, rows.approval(row, given.get(row.id, ()))) for row in self._of(t.approvals))

    def _plans(self) -> Pairs[Plan]:
        covers = _grouped((row.plan_id, ItemId(row.item_id)) for row in self._of(t.plan_items))
        parts = _grouped((item.plan, item) for item in self._items if item.plan is not None)
        return ((row.customer_id, rows.plan(row, covers.get(row.id, ()), parts.get(row.id, ()))) for row in self._of(t.plans))

    def _notices(self) -> Pairs[Notice]:
        items = _grouped((row.notice_id, rows.listed(row)) for row in self._of(t.notice_items))
        return ((row.customer_id, rows.notice(row, items.get(row.id, ()))) for row in self._of(t.notices))


def _made(items: Sequence[Values]) -> tuple[Sequence[UUID], Sequence[Item]]:
    """The customers they are of, and the items."""
    if not items:
        return (), ()
    _, owners, *columns = zip(*items, strict=True)
    return owners, list(map(rows.item_of, *columns))


def _by_due_day(row: Values) -> tuple[int, date, str]:
    return row[0], row[6] or date.max, row[3]


def _account(
    row: Row[Any], book: Book, emails: tuple[str, ...], items: tuple[Item, ...], until: datetime | None, facts: dict[str, Any]
) -> Account:
    return Account(
        book=book,
        customer=rows.customer(row, book, emails),
        items=items,
        policy=None if row.policy_name is None else (row.policy_name, row.policy_version),
        released_at=row.released_at,
        resumed_at=row.resumed_at,
        fresh_until=until,
        **facts,
    )


def _grouped(pairs: Pairs[T]) -> Groups[T]:
    groups: dict[UUID, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
