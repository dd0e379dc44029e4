"""Fees, approvals and tasks: what was charged, what waits for a second person, what somebody has to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.many import among
from adapters.store.unit import Part
from workflows.domain.approvals import Approval, ApprovalEnd, Given
from workflows.domain.charges import Fee
from workflows.domain.ids import ApprovalId, BookId, CustomerId, ItemId, TaskId, UserId, new_id
from workflows.domain.tasks import Task


class Requests(Part):
    async def add_fee(self, fee: Fee) -> bool:
        customer = await self._wake_owner(fee.item, fee.at)
        values = {"amount": fee.amount.minor, "currency": fee.amount.currency, "by": fee.by, "at": fee.at, "waived_at": fee.waived_at}
        return await self._add_new(t.fees, id=new_id(), customer_id=customer, item_id=fee.item, step=fee.step, **values)

    async def waive_fee(self, item: ItemId, step: str, at: datetime) -> None:
        await self._wake_owner(item, at)
        f = t.fees.c
        there = (f.item_id == item) & (f.step == step) & f.waived_at.is_(None)
        await self._connection.execute(update(t.fees).where(there).values(waived_at=at))

    async def add_approval(self, approval: Approval) -> None:
        customer = await self._wake_owner(approval.item, approval.at)
        amount, currency = (approval.amount.minor, approval.amount.currency) if approval.amount else (None, None)
        await self._add(
            t.approvals,
            id=approval.id,
            customer_id=customer,
            item_id=approval.item,
            subject=approval.subject,
            kind=approval.kind.value,
            step=approval.step,
            terms=approval.terms,
            seal=approval.seal,
            amount=amount,
            currency=currency,
            needs=approval.needs.value,
            people=approval.people,
            by=approval.by,
            at=approval.at,
            expires_at=approval.expires_at,
        )

    async def approval(self, approval: ApprovalId) -> tuple[Approval, CustomerId]:
        row = await self._one(select(t.approvals).where(t.approvals.c.id == approval), "request for approval")
        g = t.approvals_given.c
        given = await self._all(select(t.approvals_given).where(g.approval_id == approval).order_by(g.at, g.id))
        return rows.approval(row, tuple(map(rows.given, given))), CustomerId(row.customer_id)

    async def give_approval(self, approval: ApprovalId, by: UserId, at: datetime) -> bool:
        await self._wake_asker(approval, at)
        return await self._add_new(t.approvals_given, id=new_id(), approval_id=approval, by=by, at=at)

    async def end_approval(self, approval: ApprovalId, how: ApprovalEnd, at: datetime) -> None:
        await self._wake_asker(approval, at)
        running = (t.approvals.c.id == approval) & t.approvals.c.ended_at.is_(None)
        await self._connection.execute(update(t.approvals).where(running).values(ended_at=at, ended_how=how.value))

    async def _wake_asker(self, approval: ApprovalId, at: datetime) -> None:
        row = await self._one(select(t.approvals.c.customer_id).where(t.approvals.c.id == approval), "request for approval")
        await self._wake(CustomerId(row.customer_id), at)

    async def open_approvals(self, book: BookId) -> Sequence[tuple[CustomerId, Approval]]:
        a, g = t.approvals.c, t.approvals_given.c
        asked = select(t.approvals).join(t.customers, t.customers.c.id == a.customer_id)
        found = await self._all(asked.where(t.customers.c.book_id == book, a.ended_at.is_(None)).order_by(a.at, a.id))
        given: dict[UUID, list[Given]] = {}
        mine = among(self._connection, g.approval_id, [row.id for row in found])
        for row in await self._all(select(t.approvals_given).where(mine).order_by(g.at, g.id)):
            given.setdefault(row.approval_id, []).append(rows.given(row))
        return [(CustomerId(row.customer_id), rows.approval(row, tuple(given.get(row.id, ())))) for row in found]

    async def add_task(self, task: Task) -> bool:
        customer = await self._wake_owner(task.item, task.at)
        who = {"owner_id": task.owner, "by": task.by, "done_at": task.done_at, "done_by": task.done_by}
        said = {"key": task.key, "item_id": task.item, "what": task.what, "due_on": task.due_on, "at": task.at}
        return await self._add_new(t.tasks, id=task.id, customer_id=customer, **said, **who)

    async def finish_task(self, task: TaskId, by: UserId, at: datetime) -> bool:
        running = (t.tasks.c.id == task) & t.tasks.c.done_at.is_(None)
        done = update(t.tasks).where(running).values(done_at=at, done_by=by).returning(t.tasks.c.customer_id)
        customer = (await self._connection.execute(done)).scalar_one_or_none()
        if customer is not None:
            await self._wake(CustomerId(customer), at)
        return customer is not None

    async def task(self, task: TaskId) -> tuple[Task, CustomerId]:
        row = await self._one(select(t.tasks).where(t.tasks.c.id == task), "task")
        return rows.task(row), CustomerId(row.customer_id)

    async def open_tasks(self, book: BookId) -> Sequence[tuple[CustomerId, Task]]:
        k = t.tasks.c
        query = select(t.tasks).join(t.customers, t.customers.c.id == k.customer_id)
        ordered = query.where(t.customers.c.book_id == book, k.done_at.is_(None)).order_by(k.due_on.is_(None), k.due_on, k.at, k.id)
        return [(CustomerId(row.customer_id), rows.task(row)) for row in await self._all(ordered)]
