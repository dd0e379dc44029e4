"""Facts people state about items: snoozes, flags, escalations, plans, releases, and what is remembered of who did what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Table, select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.many import found_among, insert_many
from adapters.store.unit import Part
from workflows.domain.account import Act, Escalation, Flag, Item, ItemKind, Plan, PlanState, Raised, Snooze
from workflows.domain.ids import BookId, CustomerId, ItemId, PlanId, UserId, new_id, new_keys
from workflows.errors import NotKnown

_RAISED = ("id", "customer_id", "item_id", "step", "occurrence", "at")


class Facts(Part):
    async def snooze(self, fact: Snooze) -> None:
        await self.end_snooze(fact.item, fact.at)
        await self._state(t.snoozes, fact.item, fact.at, until=fact.until, by=fact.by, ended_at=fact.ended_at)

    async def end_snooze(self, item: ItemId, at: datetime) -> None:
        await self._end(t.snoozes, item, at)

    async def flag(self, fact: Flag) -> None:
        await self._state(t.flags, fact.item, fact.at, by=fact.by, note=fact.note, ended_at=fact.ended_at)

    async def end_flag(self, item: ItemId, at: datetime) -> None:
        await self._end(t.flags, item, at)

    async def escalate(self, fact: Escalation) -> None:
        await self._state(t.escalations, fact.item, fact.at, to=fact.to, why=fact.why, by=fact.by, ended_at=fact.ended_at)

    async def end_escalation(self, item: ItemId, at: datetime) -> None:
        await self._end(t.escalations, item, at)

    async def add_act(self, act: Act) -> None:
        customer = await self._wake_owner(act.item, act.at)
        values = {"name": act.name, "by": act.by, "by_name": act.by_name, "at": act.at, "words": act.words}
        await self._add(t.acts, customer_id=customer, item_id=act.item, **values)

    async def add_raised(self, raised: Raised) -> bool:
        owner = await self._one(select(t.items.c.customer_id).where(t.items.c.id == raised.item), "invoice")
        return bool(await self.raise_all([(CustomerId(owner.customer_id), raised)]))

    async def raise_all(self, raised: Sequence[tuple[CustomerId, Raised]]) -> Sequence[Raised]:
        keys = new_keys(len(raised))
        values = [(key, customer, one.item, one.step, one.occurrence, one.at) for key, (customer, one) in zip(keys, raised, strict=True)]
        if await insert_many(self._connection, t.raised, _RAISED, values, new_only=True) == len(values):
            return [one for _, one in raised]
        written = await found_among(self._connection, t.raised, keys)
        return [one for (_, one), key in zip(raised, keys, strict=True) if key in written]

    async def raised_between(self, book: BookId, start: datetime, end: datetime) -> Sequence[tuple[CustomerId, Raised]]:
        r = t.raised.c
        query = select(t.raised).join(t.items, t.items.c.id == r.item_id).where(t.items.c.book_id == book, r.at >= start, r.at < end)
        return [(CustomerId(row.customer_id), rows.raised(row)) for row in await self._all(query.order_by(r.at, r.id))]

    async def _state(self, table: Table, item: ItemId, at: datetime, **values: object) -> None:
        customer = await self._wake_owner(item, at)
        await self._add(table, id=new_id(), customer_id=customer, item_id=item, at=at, **values)

    async def _end(self, table: Table, item: ItemId, at: datetime) -> None:
        await self._wake_owner(item, at)
        running = (table.c.item_id == item) & table.c.ended_at.is_(None)
        await self._connection.execute(update(table).where(running).values(ended_at=at))


class Plans(Part):
    async def add_plan(self, plan: Plan, customer: CustomerId) -> None:
        await self._wake(customer, plan.at)
        book = await self._one(select(t.customers.c.book_id).where(t.customers.c.id == customer), "customer")
        told = {
            "accepted_by": plan.accepted_by,
            "accepted_at": plan.accepted_at,
            "accepted_how": plan.accepted_how,
            "ended_at": plan.ended_at,
        }
        await self._add(t.plans, id=plan.id, customer_id=customer, state=plan.state.value, by=plan.by, at=plan.at, **told)
        covers = [{"id": new_id(), "plan_id": plan.id, "item_id": item, "position": n} for n, item in enumerate(plan.covers)]
        await self._connection.execute(t.plan_items.insert(), covers)
        await self._connection.execute(t.items.insert(), list(_instalments(plan, customer, BookId(book.book_id))))

    async def plan(self, plan: PlanId) -> tuple[Plan, CustomerId]:
        row = await self._one(select(t.plans).where(t.plans.c.id == plan), "payment plan")
        covers = await self._all(select(t.plan_items.c.item_id).where(t.plan_items.c.plan_id == plan).order_by(t.plan_items.c.position))
        parts = await self._all(select(t.items).where(t.items.c.plan_id == plan).order_by(t.items.c.position))
        return rows.plan(row, tuple(c.item_id for c in covers), tuple(rows.item(part) for part in parts)), CustomerId(row.customer_id)

    async def set_plan(self, plan: PlanId, state: PlanState, by: UserId, at: datetime, how: str = "") -> None:
        values: dict[str, object] = {"state": state.value}
        if state is PlanState.ACTIVE:
            values |= {"accepted_by": by, "accepted_at": at, "accepted_how": how, "ended_at": None}
        elif state is not PlanState.PROPOSED:
            values["ended_at"] = at
        changed = update(t.plans).where(t.plans.c.id == plan).values(values).returning(t.plans.c.customer_id)
        customer = (await self._connection.execute(changed)).scalar_one_or_none()
        if customer is None:
            raise NotKnown("There is no such payment plan.")
        await self._wake(CustomerId(customer), at)


def _instalments(plan: Plan, customer: CustomerId, book: BookId) -> Iterator[dict[str, object]]:
    for position, part in enumerate(plan.instalments):
        yield item_values(part, customer, book) | {"kind": ItemKind.INSTALMENT.value, "plan_id": plan.id, "position": position}


def item_values(item: Item, customer: CustomerId, book: BookId) -> dict[str, object]:
    return {
        "id": item.id,
        "book_id": book,
        "customer_id": customer,
        "kind": item.kind.value,
        "number": item.number,
        "total": item.total.minor,
        "currency": item.total.currency,
        "due_on": item.due_on,
        "issued_on": item.issued_on,
        "seen_at": item.seen_at,
        "reference": item.reference,
        "plan_id": item.plan,
        "position": 0,
    }
