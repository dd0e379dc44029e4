"""Every figure of a ledger adds up with every other, on any day, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import pytest

from adapters.store.unit_of_work import SqlStore, SqlUnitOfWork
from tests.store.samples import NOW, add_user, book_in, import_rows
from tests.store.test_reports import DAY, agree, random_row
from workflows.domain.account import Account, Credit, CreditKind, Payment
from workflows.domain.ids import BookId, new_id
from workflows.domain.money import Money

START = DAY - timedelta(days=45)


def by_code(sums: Iterable[Money]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in sums:
        found[one.currency] += one.minor
    return found


def same(one: Counter[str], other: Counter[str]) -> bool:
    return all(one[code] == other[code] for code in {*one, *other})


async def some_ledger(store: SqlStore, seed: int) -> list[Account]:
    """Invoices of several ages, part paid and overpaid, money on account, money taken back, write-offs, and running plans."""
    random = Random(seed)
    user = await add_user(store)
    await import_rows(store, *(random_row(random, number) for number in range(60)))
    async with store() as work:
        accounts = [account async for account in work.all_accounts()]
    for account in accounts:
        async with store() as work:
            await add_money(account, random, work)
    for account in accounts[:4]:
        async with store() as work:
            known = await work.account(account.customer.id)
        await agree(store, random, known, user)
    async with store() as work:
        return [account async for account in work.all_accounts()]


async def add_money(account: Account, random: Random, work: SqlUnitOfWork) -> None:
    item = random.choice(account.items)
    for target in (item.id, None):
        amount = Money(random.randint(1, 5_000), item.total.currency)
        on = DAY - timedelta(days=random.randint(0, 60))
        back = random.choice([None, None, on + timedelta(days=random.randint(1, 30))])
        await work.add_payment(Payment(amount, on, target, str(new_id()), back), account.customer.id, NOW)
    kind = random.choice(list(CreditKind))
    await work.add_credit(
        Credit(Money(7, item.total.currency), START + timedelta(days=9), item.id, str(new_id()), kind), account.customer.id, NOW
    )


def credited(accounts: list[Account], end: date) -> Counter[str]:
    return by_code(fact.amount for account in accounts for fact in account.credits if fact.credited_on <= end)


async def balance(work: SqlUnitOfWork, book: BookId, day: date) -> Counter[str]:
    return by_code(row.balance for row in await work.aging(book, day))


@pytest.mark.parametrize("seed", range(3))
async def test_buckets_and_money_on_account_are_the_ledger_in_every_report(store: SqlStore, seed: int) -> None:
    accounts = await some_ledger(store, seed)
    async with store() as work:
        book = await book_in(work)
        for day in (START, DAY, DAY + timedelta(days=40)):
            rows = {row.currency: row for row in await work.aging(book, day)}
            debtors = [debtor async for debtor in work.debtors(book, day)]
            for code, row in rows.items():
                mine = [debtor.aging for debtor in debtors if debtor.aging.currency == code]
                for nth, (count, amount) in enumerate(row.buckets):
                    assert (count, amount.minor) == tuple(
                        map(sum, zip(*((n, a.minor) for n, a in (one.buckets[nth] for one in mine)), strict=True))
                    )
                assert sum(one.unapplied.minor for one in mine) == row.unapplied.minor
            assert same(by_code(one.open for one in await work.due_sums(book, day)), by_code(row.open for row in rows.values()))
            owed = by_code(item.total for account in accounts for item in account.items if item.issued_on is None or item.issued_on <= day)
            came = by_code(await work.collected(book, date.min, day))
            assert same(by_code(row.balance for row in rows.values()), _less(owed, came, credited(accounts, day)))


def _less(owed: Counter[str], *taken: Counter[str]) -> Counter[str]:
    left = Counter(owed)
    for one in taken:
        left.subtract(one)
    return left


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_collected_of_a_time_adds_up_over_its_parts(store: SqlStore, seed: int) -> None:
    await some_ledger(store, seed)
    middle = START + timedelta(days=20)
    async with store() as work:
        book = await book_in(work)
        parts = by_code([*await work.collected(book, START, middle), *await work.collected(book, middle + timedelta(days=1), DAY)])
        assert same(parts, by_code(await work.collected(book, START, DAY)))
        months = await work.sold_by_month(book, date.min, DAY)
        assert same(by_code(sum_ for _, sum_ in months), by_code(await work.sold(book, date.min, DAY)))
        assert all(month.day == 1 for month, _ in months)


async def test_days_late_are_counted_for_each_payment(store: SqlStore) -> None:
    accounts = await some_ledger(store, 9)
    expected: Counter[tuple[int, str]] = Counter()
    for account in accounts:
        dues = {item.id: item for item in account.all_items}
        for fact in account.payments:
            item = None if fact.item is None else dues.get(fact.item)
            stands = fact.reversed_on is None or fact.reversed_on > DAY
            if (
                item is not None
                and item.due_on is not None
                and stands
                and START <= fact.paid_on <= DAY
                and item.total.currency == fact.amount.currency
            ):
                expected[(fact.paid_on - item.due_on).days, fact.amount.currency] += fact.amount.minor
    async with store() as work:
        found = await work.paid_late(await book_in(work), START, DAY)
    assert {(days, amount.currency): amount.minor for days, amount in found} == dict(expected)
    assert len(expected) > 5


async def test_at_most_so_many_debtors_of_each_currency_come_those_who_owe_most_first(store: SqlStore) -> None:
    await some_ledger(store, 4)
    async with store() as work:
        book = await book_in(work)
        every = [debtor async for debtor in work.debtors(book, DAY)]
        few = [debtor async for debtor in work.debtors(book, DAY, 2)]
        pages = [await work.debtors_page(book, DAY, 5, skip) for skip in range(0, len(every) + 5, 5)]
    assert [debtor for page in pages for debtor in page] == every
    for code in {debtor.aging.currency for debtor in every}:
        mine = [debtor for debtor in every if debtor.aging.currency == code]
        assert [debtor for debtor in few if debtor.aging.currency == code] == mine[:2]
        late = [debtor.aging.overdue.minor for debtor in mine]
        assert late == sorted(late, reverse=True)
    assert all((debtor.oldest is not None) == bool(debtor.aging.overdue) for debtor in every)
