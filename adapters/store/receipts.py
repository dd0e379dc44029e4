"""Money that is noted or a source says of one customer: payments, credits, write-offs, and their reversal. And whose customer it is."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.account import Credit, Payment
from workflows.domain.ids import CustomerId, UserId, new_id


class Receipts(Part):
    async def add_payment(self, payment: Payment, customer: CustomerId, at: datetime) -> bool:
        await self._wake(customer, at)
        amount = {"amount": payment.amount.minor, "currency": payment.amount.currency}
        said = {"item_id": payment.item, "paid_on": payment.paid_on, "key": payment.key, "reversed_on": payment.reversed_on}
        return await self._add_new(t.payments, id=new_id(), customer_id=customer, **amount, **said)

    async def add_credit(self, credit: Credit, customer: CustomerId, at: datetime) -> bool:
        await self._wake(customer, at)
        amount = {"amount": credit.amount.minor, "currency": credit.amount.currency, "kind": credit.kind.value}
        said = {"item_id": credit.item, "credited_on": credit.credited_on, "key": credit.key, "reversed_on": credit.reversed_on}
        return await self._add_new(t.credits_, id=new_id(), customer_id=customer, **amount, **said)

    async def reverse_money(self, customer: CustomerId, key: str, on: date, at: datetime) -> bool:
        await self._wake(customer, at)
        reversed_rows = 0
        for table in (t.payments, t.credits_):
            running = (table.c.customer_id == customer) & (table.c.key == key) & table.c.reversed_on.is_(None)
            reversed_rows += (await self._connection.execute(update(table).where(running).values(reversed_on=on))).rowcount
        return reversed_rows > 0

    async def assign(self, customer: CustomerId, owner: UserId | None, at: datetime) -> None:
        await self._wake(customer, at)
        await self._connection.execute(update(t.customers).where(t.customers.c.id == customer).values(owner_id=owner))
