"""What is overdue is listed rightly on any ledger, whichever accounts the tick has looked at since they changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.store.samples import LATER, NOW, add_user, book_in, import_rows
from tests.store.test_reports import DAY, agree, charge_and_take_back, random_row
from workflows.domain.account import Account
from workflows.domain.allocation import balances, on_plans
from workflows.domain.decide import decide
from workflows.domain.ids import CustomerId
from workflows.domain.money import Money
from workflows.domain.policy import Policy
from workflows.records import CHANGED, Look

DAYS = (DAY - timedelta(days=60), DAY, DAY + timedelta(days=60))


async def accounts_in(store: SqlStore) -> list[Account]:
    async with store() as work:
        return [account async for account in work.all_accounts()]


async def look_at_some(store: SqlStore, random: Random) -> None:
    """As the tick does, whose other work is no matter here. The policy lets nothing go."""
    policy = Policy("plain", ())
    decided = [(one.customer.id, decide(policy, one, NOW)) for one in await accounts_in(store) if random.random() < 0.5]
    async with store() as work:
        await work.looked_all([Look(one, LATER, None, by.oldest_due_on) for one, by in decided if not by.moves_money])


def plain(accounts: list[Account], day: date, least: Money | None) -> list[tuple[date, CustomerId]]:
    """By summing every open debt that is late, the oldest first."""
    oldest: dict[CustomerId, date] = {}
    sums: Counter[CustomerId] = Counter()
    for account in accounts:
        known, spread = balances(account), on_plans(account)
        for item in account.all_items:
            left = known.open_of(item.id)
            if left.minor > 0 and item.id not in spread and item.due_on is not None and item.due_on < day:
                customer = account.customer.id
                oldest[customer] = min(oldest.get(customer, date.max), item.due_on)
                sums[customer] += left.minor if least and left.currency == least.currency else 0
    return sorted((due, one) for one, due in oldest.items() if least is None or sums[one] >= least.minor)


@pytest.mark.parametrize("seed", range(4))
async def test_overdue_accounts_are_those_of_the_plain_sum_on_any_ledger(store: SqlStore, seed: int) -> None:
    random, seen = Random(seed), Counter[str]()
    user = await add_user(store)
    rows = [replace(random_row(random, number), customer_number=f"C{random.randint(1, 40)}") for number in range(90)]

    async def compare() -> None:
        accounts = await accounts_in(store)
        async with store() as work:
            book = await book_in(work)
            seen.update("changed" if look.oldest_due_on == CHANGED else "known" for look in await work.customers_after(None, 99))
            for day in DAYS:
                for least in (None, Money.of("150.00", "EUR")):
                    expected = plain(accounts, day, least)
                    assert await work.overdue_accounts(day, 7, book, None, least) == (expected[:7], len(expected))
                    assert await work.count_overdue(day, None, None, least) == len(expected)

    await import_rows(store, *rows)
    await look_at_some(store, random)
    await compare()
    for account in random.sample(await accounts_in(store), 9):
        await agree(store, random, account, user)
    await compare()
    await look_at_some(store, random)
    await charge_and_take_back(store, random, [one.customer.id for one in random.sample(await accounts_in(store), 15)])
    await compare()
    await look_at_some(store, random)
    await import_rows(store, *(replace(one, paid=one.total, paid_on=DAY) for one in random.sample(rows, 15)))
    await compare()
    assert min(seen["changed"], seen["known"]) > 20, "both ways of knowing were asked"
