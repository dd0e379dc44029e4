"""The service over a small office, as bad as it gets: every tick's worker dies once, and every tick runs twice."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from typing import Any

from adapters.store.unit_of_work import SqlStore
from tests.workflows.ledgers import Row, a_policy
from tests.workflows.office import ANA, Office, policies
from workflows.decide_accounts import DecideAccounts, decide_accounts
from workflows.domain.account import Account, Payment
from workflows.domain.allocation import balances
from workflows.domain.money import Money

WRITE: Row = {"remind": {"via": ["email"], "template": "first"}}


class KilledError(Exception):
    """The process stopped before it had committed."""


async def an_office(store: SqlStore, *steps: Row, late: int = 3, **keys: Any) -> Office:
    """With one customer, who owes 100.00 and is Ana's."""
    office = Office(store, policies=policies(a_policy(*steps, **({"name": "standard"} | keys))))
    await office.open()
    await office.owe("acme", late=late)
    customer = (await office.account("acme")).customer.id
    async with store() as work:
        await work.assign(customer, ANA.id, office.clock.now())
    return office


def step(name: str, after_due: int, *do: Row) -> Row:
    return {"name": name, "when": {"after_due": after_due}, "do": [deepcopy(one) for one in do]}


async def minutes(office: Office, count: int = 3) -> None:
    """Of a service whose first worker dies each time, and which looks at everything twice."""
    for _ in range(count):
        with suppress(KilledError):
            async with office.store() as work:
                await decide_accounts(DecideAccounts(), work, office.policies, office.clock)
                raise KilledError
        await office.tick()
        async with office.store() as work:
            async for account in work.all_accounts():
                await work.looked(account.customer.id, office.clock.now(), account.policy)
        await office.tick()
        await office.deliver()
        office.clock.advance(timedelta(minutes=1))


async def days(office: Office, count: int) -> None:
    for _ in range(count):
        office.clock.advance(timedelta(days=1))
        await minutes(office, 2)


async def pay(office: Office, amount: str, key: str = "k1") -> None:
    account = await office.account("acme")
    async with office.store() as work:
        await work.add_payment(
            Payment(Money.of(amount, "EUR"), office.today, account.items[0].id, key), account.customer.id, office.clock.now()
        )


async def take_back(office: Office, key: str = "k1") -> None:
    customer = (await office.account("acme")).customer.id
    async with office.store() as work:
        await work.reverse_money(customer, key, office.today, office.clock.now())


def steps_of(account: Account) -> list[str]:
    """Of the messages that left."""
    return [notice.step for notice in sorted(account.notices, key=lambda one: one.at) if notice.state.counts]


async def left(office: Office) -> str:
    account = await office.account("acme")
    return balances(account).open_of(account.items[0].id).plain
