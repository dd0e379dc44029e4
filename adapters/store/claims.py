"""Facts of promises, disputes and holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, update

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.claims import Dispute, Hold, Promise, PromiseEnd
from workflows.domain.ids import CustomerId, HoldId, ItemId, PromiseId, new_id
from workflows.errors import NotKnown


class Claims(Part):
    async def promise(self, fact: Promise, customer: CustomerId) -> None:
        await self._wake(customer, fact.at)
        ended = {"ended_at": fact.ended_at, "ended_how": fact.ended_how.value if fact.ended_how else None}
        amount = {"amount": fact.amount.minor, "currency": fact.amount.currency}
        await self._add(t.promises, id=fact.id, customer_id=customer, until=fact.until, by=fact.by, at=fact.at, **amount, **ended)
        items = [{"id": new_id(), "promise_id": fact.id, "item_id": item, "position": n} for n, item in enumerate(fact.items)]
        await self._connection.execute(t.promise_items.insert(), items)

    async def end_promise(self, promise: PromiseId, how: PromiseEnd, at: datetime) -> None:
        await self._end_one(t.promises, promise, at, ended_how=how.value)

    async def dispute(self, fact: Dispute) -> None:
        customer = await self._wake_owner(fact.item, fact.at)
        said = {"reason": fact.reason, "by": fact.by, "at": fact.at, "ended_at": fact.ended_at, "outcome": fact.outcome}
        await self._add(t.disputes, id=new_id(), customer_id=customer, item_id=fact.item, **said)

    async def settle_dispute(self, item: ItemId, outcome: str, at: datetime) -> None:
        await self._wake_owner(item, at)
        running = (t.disputes.c.item_id == item) & t.disputes.c.ended_at.is_(None)
        await self._connection.execute(update(t.disputes).where(running).values(ended_at=at, outcome=outcome))

    async def hold(self, fact: Hold, customer: CustomerId) -> None:
        await self._wake(customer, fact.at)
        had = {"had": None, "currency": None} if fact.had is None else {"had": fact.had.minor, "currency": fact.had.currency}
        said = {"why": fact.why, "until": fact.until, "by": fact.by, "at": fact.at, "ended_at": fact.ended_at, "kind": fact.kind.value}
        await self._add(t.holds, id=fact.id, customer_id=customer, item_id=fact.item, **said, **had)

    async def end_hold(self, hold: HoldId, at: datetime) -> None:
        await self._end_one(t.holds, hold, at)

    async def _end_one(self, table: Table, key: UUID, at: datetime, **values: Any) -> None:
        ended = update(table).where(table.c.id == key).values(ended_at=at, **values).returning(table.c.customer_id)
        customer = (await self._connection.execute(ended)).scalar_one_or_none()
        if customer is None:
            raise NotKnown(f"There is no such {table.name.removesuffix('s')}.")
        await self._wake(CustomerId(customer), at)
