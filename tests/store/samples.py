"""A small book to test with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from adapters.store.unit_of_work import SqlStore, SqlUnitOfWork
from workflows.domain.access import Role, User
from workflows.domain.account import Account, Item, ItemKind, ListedItem, Notice, NoticeState, Plan, PlanState
from workflows.domain.ids import BookId, CustomerId, ItemId, NoticeId, PlanId, UserId, new_id
from workflows.domain.money import Money
from workflows.records import LedgerRow

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
LATER = NOW + timedelta(hours=1)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def row(number: str = "INV-1", customer: str = "C1", total: str = "100.00", **values: Any) -> LedgerRow:
    plain = LedgerRow(number, customer, f"Customer {customer}", eur(total), date(2026, 2, 1))
    return replace(plain, **values)


async def import_rows(store: SqlStore, *rows: LedgerRow, at: datetime = NOW) -> list[str]:
    async with store() as work:
        return [answer.value for answer in await work.store_rows(await book_in(work), rows, at)]


async def book_in(work: SqlUnitOfWork) -> BookId:
    return (await work.book("main")).id


async def item_in(work: SqlUnitOfWork, number: str = "INV-1") -> ItemId:
    return (await work.find_items(number))[0].item.id


async def add_user(store: SqlStore, name: str = "Ana", role: Role = Role.COLLECTOR) -> UserId:
    user = User(UserId(new_id()), f"{name.lower()}@seller.example", name, role)
    async with store() as work:
        await work.add_user(user)
    return user.id


async def account(store: SqlStore, number: str = "INV-1") -> Account:
    async with store() as work:
        return await work.account_of(await item_in(work, number))


async def item_id(store: SqlStore, number: str = "INV-1") -> ItemId:
    async with store() as work:
        return await item_in(work, number)


async def customer_id(store: SqlStore, number: str = "INV-1") -> CustomerId:
    return (await account(store, number)).customer.id


async def sleep_all(store: SqlStore) -> None:
    """As if the tick had looked at every account, and none of them needed another look."""
    async with store() as work:
        async for one in work.all_accounts():
            await work.looked(one.customer.id, None, ("standard", 1))


async def awake(store: SqlStore, now: datetime = LATER) -> list[CustomerId]:
    async with store() as work:
        return list(await work.claim_accounts(now, 100))


def notice(item: ItemId, step: str = "first", *, occurrence: int = 0, leads: bool = True, **values: Any) -> Notice:
    listed = (ListedItem(item, step, occurrence, leads),)
    plain = Notice(NoticeId(new_id()), TODAY, NOW, step, listed, NoticeState.QUEUED, currencies=("EUR",))
    return replace(plain, **values)


def plan(covers: ItemId, by: UserId, *parts: tuple[date, str], state: PlanState = PlanState.PROPOSED, at: datetime = NOW) -> Plan:
    made = PlanId(new_id())
    instalments = tuple(
        Item(ItemId(new_id()), f"INV-1/{n}", eur(amount), due, at, kind=ItemKind.INSTALMENT, plan=made)
        for n, (due, amount) in enumerate(parts, start=1)
    )
    return Plan(made, (covers,), instalments, state, by, at)
