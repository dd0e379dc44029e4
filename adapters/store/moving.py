"""An invoice that goes to another customer, as when one is renamed in a file that knows names alone, takes along what was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import tables as t
from adapters.store.many import among, insert_many, update_many
from workflows.domain.ids import new_keys

# Facts of one item, and those of several: these go along when all their items have.
_OF_ONE = (t.payments, t.credits_, t.snoozes, t.flags, t.escalations, t.acts, t.raised, t.disputes, t.holds, t.fees, t.tasks)
_OF_MANY = ((t.promises, t.promise_items, "promise_id"), (t.notices, t.notice_items, "notice_id"))
_HOLD = ("id", "customer_id", "item_id", "kind", "why", "until", "by", "at")
_OPT_OUT = ("id", "customer_id", "channel", "address", "how", "by", "at")


async def move(connection: AsyncConnection, moved: Mapping[UUID, tuple[UUID, UUID]]) -> None:
    """`moved`: per invoice the customer it was of and the one it is of now, whose row says so already."""
    plans = await _move_shared(connection, t.plans, t.plan_items, "plan_id", list(moved))
    of = {item: new for item, (_, new) in moved.items()} | await _move_parts(connection, plans)
    for table in _OF_ONE:
        await update_many(connection, table, ("item_id", "customer_id"), list(of.items()))
    for table, items, name in _OF_MANY:
        await _move_shared(connection, table, items, name, list(of))
    await _keep_silent(connection, moved)


async def _move_shared(connection: AsyncConnection, table: Table, items: Table, name: str, moved: list[UUID]) -> dict[UUID, UUID]:
    """Where each went that did."""
    mine = select(items.c[name]).where(among(connection, items.c.item_id, moved))
    owners = select(items.c[name], t.items.c.customer_id).join(t.items, t.items.c.id == items.c.item_id).where(items.c[name].in_(mine))
    of: dict[UUID, set[UUID]] = {}
    for key, customer in await connection.execute(owners):
        of.setdefault(key, set()).add(customer)
    whole = {key: next(iter(customers)) for key, customers in of.items() if len(customers) == 1}
    await update_many(connection, table, ("id", "customer_id"), list(whole.items()))
    return whole


async def _move_parts(connection: AsyncConnection, plans: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Instalments, with their plan."""
    if not plans:
        return {}
    found = await connection.execute(select(t.items.c.id, t.items.c.plan_id).where(among(connection, t.items.c.plan_id, list(plans))))
    parts = {row.id: plans[row.plan_id] for row in found}
    await update_many(connection, t.items, ("id", "customer_id"), list(parts.items()))
    return parts


async def _keep_silent(connection: AsyncConnection, moved: Mapping[UUID, tuple[UUID, UUID]]) -> None:
    """Whoever wanted no messages at an address still wants none, and what a hold of the whole customer covered is held by itself."""
    h, o, ways = t.holds.c, t.opt_outs.c, set(moved.values())
    before = list({old for old, _ in ways})
    held = select(h.customer_id, h.kind, h.why, h.until, h.by, h.at)
    held = held.where(among(connection, h.customer_id, before), h.item_id.is_(None), h.ended_at.is_(None))
    holds = [(new, item, *hold[1:]) for hold in await connection.execute(held) for item, (old, new) in moved.items() if hold[0] == old]
    await insert_many(connection, t.holds, _HOLD, [(key, *hold) for key, hold in zip(new_keys(len(holds)), holds, strict=True)])
    said = select(o.customer_id, o.channel, o.address, o.how, o.by, o.at)
    said = said.where(among(connection, o.customer_id, before), o.ended_at.is_(None))
    outs = [(new, *out[1:]) for out in await connection.execute(said) for old, new in ways if out[0] == old]
    rows = [(key, *out) for key, out in zip(new_keys(len(outs)), outs, strict=True)]
    await insert_many(connection, t.opt_outs, _OPT_OUT, rows, new_only=True)
