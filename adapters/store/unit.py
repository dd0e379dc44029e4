"""What every part of a unit of work stands on: its connection, the vault, and the few statements they share."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import tables as t
from adapters.store.many import among
from adapters.store.secrets import Vault
from workflows.domain.ids import CustomerId, ItemId
from workflows.errors import NotKnown
from workflows.records import CHANGED


class Part:
    """One subject of the unit of work. All parts share one connection, and so one transaction.

    Where rows are locked it is with `key_share=True`: others may still add rows that refer to them, or an import, which holds the
    book, and a tick, which holds an account, would wait for one another. Of customers' rows whoever locks several locks them in the order
    of their ids, before any other row about them.
    """

    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault
        self.queued: Counter[str] = Counter()  # by kind, what leaves once the unit is committed
        self._awake: dict[UUID, tuple[CustomerId, datetime]] = {}  # woken in this unit, by their own id or an item's: once is enough

    async def give_way(self) -> None:
        await asyncio.sleep(0)

    @property
    def _locks(self) -> bool:
        """On SQLite a unit that may write holds all there is."""
        return self._connection.dialect.name != "sqlite"

    def _held(self, query: Select[Any]) -> Select[Any]:
        """Its rows are locked to the end of the unit, unless it only reads."""
        return query.with_for_update(key_share=True) if self._locks else query

    async def _one(self, query: Select[Any], what: str, given: Mapping[str, object] | None = None) -> Row[Any]:
        """The only row; raises `NotKnown`."""
        row: Row[Any] | None = (await self._connection.execute(query, given)).one_or_none()
        if row is None:
            raise NotKnown(f"There is no such {what}.")
        return row

    async def _all(self, query: Select[Any], given: Mapping[str, object] | None = None) -> Sequence[Row[Any]]:
        """`given` are the parameters of a query that was put together once."""
        found: Sequence[Row[Any]] = (await self._connection.execute(query, given)).all()
        return found

    async def _add(self, table: Table, **values: object) -> None:
        await self._connection.execute(table.insert(), values)

    async def _add_new(self, table: Table, **values: object) -> bool:
        """False, and nothing written, where a unique key says that the row is there already."""
        return len(await add_new(self._connection, table, [values])) == 1

    async def _lock(self, which: ColumnElement[bool]) -> None:
        """The rows of those customers, in their order, for a unit that goes on to change them in any."""
        c = t.customers.c
        locked = select(c.id).where(which).order_by(c.id).with_for_update(key_share=True).cte("locked")
        await self._connection.execute(select(func.count()).select_from(locked))

    async def _wake(self, customer: CustomerId, at: datetime) -> None:
        """Has the tick look at the account, and locks its row. Raises `NotKnown`."""
        if self._woken(customer, at) is not None:
            return
        done = await self._connection.execute(update(t.customers).where(t.customers.c.id == customer).values(**woken_at(at)))
        if done.rowcount == 0:
            raise NotKnown("There is no such customer.")
        self._awake[customer] = customer, at

    async def _wake_all(self, customers: Collection[UUID], at: datetime) -> None:
        if customers:
            mine = among(self._connection, t.customers.c.id, list(customers))
            await self._lock(mine)
            await self._connection.execute(update(t.customers).where(mine).values(**woken_at(at)))

    async def _wake_owner(self, item: ItemId, at: datetime) -> CustomerId:
        """As `_wake`, for the account the item belongs to."""
        if (customer := self._woken(item, at)) is not None:
            return customer
        found = (await self._connection.execute(_WAKE_OWNER, {"item": item, "at": at})).scalar_one_or_none()
        if found is None:
            raise NotKnown("There is no such invoice.")
        self._awake[item] = self._awake[found] = CustomerId(found), at
        return CustomerId(found)

    def _woken(self, key: UUID, at: datetime) -> CustomerId | None:
        """Who was woken by that id, no later than `at`."""
        customer, since = self._awake.get(key, (None, at))
        return customer if since <= at else None


def woken_at(at: datetime) -> Mapping[str, Any]:
    """The values of a customer about whom a fact was added: the tick is to look, and until then no hint is trusted."""
    return {"next_look_at": at, "oldest_due_on": CHANGED}


_WAKE_OWNER = (
    update(t.customers)
    .where(t.customers.c.id == select(t.items.c.customer_id).where(t.items.c.id == bindparam("item")).scalar_subquery())
    .values(next_look_at=bindparam("at"), oldest_due_on=CHANGED)
    .returning(t.customers.c.id)
)


async def add_new(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, object]]) -> Sequence[Any]:
    """Inserts the rows that break no unique key; returns the first column of their keys."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    written = insert(table).on_conflict_do_nothing().returning(*table.primary_key)
    return (await connection.execute(written, rows)).scalars().all()
