"""Figures and searches are right to the cent, on any day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import insert

from adapters.store import tables as t
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.store.samples import NOW, TODAY, add_user, book_in, customer_id, eur, import_rows, item_id, plan, row
from workflows.domain.account import Account, Item, Payment, PlanState
from workflows.domain.aging import AgingRow
from workflows.domain.allocation import balances
from workflows.domain.charges import Fee
from workflows.domain.ids import CustomerId, ItemId, UserId, new_id
from workflows.domain.money import Money, split
from workflows.records import LedgerRow

DAY = date(2026, 3, 31)
BUCKETS = ("current", "d1_30", "d31_60", "d61_90", "d90_plus")


async def aging(store: SqlStore, day: date = DAY) -> dict[str, AgingRow]:
    async with store() as work:
        return {line.currency: line for line in await work.aging(await book_in(work), day)}


def shown(line: AgingRow) -> dict[str, tuple[int, str]]:
    return {name: (count, amount.plain) for name in BUCKETS for count, amount in [getattr(line, name)] if count}


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        ("2026-04-01", "current"), ("2026-03-31", "current"), ("2026-03-30", "d1_30"), ("2026-03-01", "d1_30"), ("2026-02-28", "d31_60"),
        ("2026-01-30", "d31_60"), ("2026-01-29", "d61_90"), ("2025-12-31", "d61_90"), ("2025-12-30", "d90_plus"),
    ],
)  # fmt: skip
async def test_every_edge_of_the_buckets(store: SqlStore, due: str, bucket: str) -> None:
    await import_rows(store, row(due_on=date.fromisoformat(due)))
    assert shown((await aging(store))["EUR"]) == {bucket: (1, "100.00")}


async def test_only_what_was_issued_and_paid_by_the_day_counts(store: SqlStore) -> None:
    await import_rows(
        store,
        row("OLD", issued_on=date(2026, 1, 2), due_on=date(2026, 2, 1), paid=eur("100.00"), paid_on=date(2026, 3, 15)),
        row("PART", issued_on=date(2026, 1, 2), due_on=date(2026, 3, 10), paid=eur("30.00"), paid_on=date(2026, 3, 31)),
        row("NEW", issued_on=date(2026, 4, 1), due_on=date(2026, 5, 1)),
        row("UNDATED", due_on=None),
    )
    assert shown((await aging(store, date(2026, 3, 14)))["EUR"]) == {
        "current": (1, "100.00"),
        "d1_30": (1, "100.00"),
        "d31_60": (1, "100.00"),
    }
    assert shown((await aging(store, date(2026, 3, 31)))["EUR"]) == {"current": (1, "100.00"), "d1_30": (1, "70.00")}
    assert shown((await aging(store, date(2026, 4, 1)))["EUR"]) == {"current": (2, "200.00"), "d1_30": (1, "70.00")}


async def test_currencies_are_never_added_and_come_by_code(store: SqlStore) -> None:
    await import_rows(store, replace(row("A"), total=Money.of("5000", "JPY")), row("B"), replace(row("C"), total=Money.of("1.250", "KWD")))
    lines = await aging(store)
    assert list(lines) == ["EUR", "JPY", "KWD"]
    assert lines["KWD"].d31_60 == (1, Money.of("1.250", "KWD"))


async def test_money_that_settles_nothing_is_a_negative_line(store: SqlStore, database_url: str) -> None:
    await import_rows(
        store, row("OVER", paid=eur("130.00"), paid_on=TODAY), row("EARLY", issued_on=date(2026, 4, 5), paid=eur("10.00"), paid_on=TODAY)
    )
    customer = await customer_id(store, "OVER")
    await pay(database_url, customer, None, Money.of("7.50", "EUR"))
    await pay(database_url, customer, await item_id(store, "OVER"), Money.of("3.00", "USD"))
    lines = await aging(store)
    assert (shown(lines["EUR"]), lines["EUR"].unapplied) == ({}, eur("-47.50"))
    assert (shown(lines["USD"]), lines["USD"].unapplied) == ({}, Money.of("-3.00", "USD"))


async def pay(url: str, customer: CustomerId, item: ItemId | None, amount: Money, paid_on: date = TODAY) -> None:
    values = {"customer_id": customer, "item_id": item, "amount": amount.minor, "currency": amount.currency, "paid_on": paid_on}
    engine = open_engine(url)
    async with engine.begin() as connection:
        await connection.execute(insert(t.payments).values(id=new_id(), key=str(new_id()), **values))
    await engine.dispose()


async def test_credits_count_as_money_does(store: SqlStore, database_url: str) -> None:
    await import_rows(store, row())
    values = {"customer_id": await customer_id(store), "item_id": await item_id(store), "amount": 2500, "currency": "EUR", "key": "CN-1"}
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(insert(t.credits_).values(id=new_id(), credited_on=TODAY, **values))
    await engine.dispose()
    assert shown((await aging(store))["EUR"]) == {"d31_60": (1, "75.00")}
    assert shown((await aging(store, TODAY - timedelta(days=1)))["EUR"]) == {"d1_30": (1, "100.00")}


async def test_instalments_of_a_running_plan_stand_for_the_invoice_and_fill_from_the_first(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row(due_on=date(2025, 11, 1)))
    agreed = plan(await item_id(store), user, (date(2026, 3, 15), "40.00"), (date(2026, 4, 15), "60.00"), state=PlanState.ACTIVE)
    agreed = replace(agreed, accepted_at=NOW, accepted_by=user)
    async with store() as work:
        await work.add_plan(agreed, (await work.find_customers("C1"))[0].id)
    assert shown((await aging(store))["EUR"]) == {"d1_30": (1, "40.00"), "current": (1, "60.00")}
    assert shown((await aging(store, TODAY - timedelta(days=1)))["EUR"]) == {"d90_plus": (1, "100.00")}, "before the plan began"
    await import_rows(store, row(due_on=date(2025, 11, 1), paid=eur("55.00"), paid_on=date(2026, 3, 20)))
    assert shown((await aging(store))["EUR"]) == {"current": (1, "45.00")}
    async with store() as work:
        await work.set_plan(agreed.id, PlanState.CANCELLED, user, NOW + timedelta(days=10))
    assert shown((await aging(store))["EUR"]) == {"d90_plus": (1, "45.00")}
    assert shown((await aging(store, TODAY))["EUR"]) == {"current": (2, "100.00")}, "the plan was running that day"


async def test_money_taken_back_from_a_plan_is_owed_with_its_first_instalment(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row(paid=eur("50.00")))
    agreed = plan(await item_id(store), user, (date(2026, 3, 15), "20.00"), (date(2026, 4, 15), "30.00"), state=PlanState.ACTIVE)
    async with store() as work:
        await work.add_plan(replace(agreed, accepted_at=NOW, accepted_by=user), (await work.find_customers("C1"))[0].id)
    await import_rows(store, row(paid=eur("10.00")))
    assert shown((await aging(store))["EUR"]) == {"d1_30": (1, "60.00"), "current": (1, "30.00")}


def expected(accounts: list[Account], day: date) -> dict[str, Counter[str]]:
    """The same figures from the domain's own allocation of every account."""
    sums: dict[str, Counter[str]] = {}
    for account in accounts:
        known = balances(account, up_to=day)
        covered = {item for agreed in account.plans if agreed.state is PlanState.ACTIVE for item in agreed.covers}
        for item in account.all_items:
            left = known.open_of(item.id)
            if left and item.id not in covered:
                sums.setdefault(left.currency, Counter())[bucket_of(item, day)] += left.minor
        for code, money in known.on_account.items():
            sums.setdefault(code, Counter())["unapplied"] -= money.minor
    return sums


def bucket_of(item: Item, day: date) -> str:
    late = 0 if item.due_on is None else (day - item.due_on).days
    return BUCKETS[0 if late <= 0 else min((late - 1) // 30 + 1, 4)]


def random_row(random: Random, number: int) -> LedgerRow:
    total = Money(random.randint(1, 50_000), random.choice(["EUR", "USD"]))
    paid = Money(random.randint(1, total.minor + 2_000), total.currency) if random.random() < 0.6 else None
    due = None if random.random() < 0.1 else DAY - timedelta(days=random.randint(-20, 120))
    given = row(f"R{number}", f"C{random.randint(1, 12)}", due_on=due, paid=paid, paid_on=DAY - timedelta(days=random.randint(0, 60)))
    return replace(given, total=total)


async def agree(store: SqlStore, random: Random, account: Account, by: UserId) -> None:
    """A running plan over one of the account's open invoices."""
    known = balances(account)
    for item in account.items:
        left, parts = known.open_of(item.id), random.randint(1, 4)
        if left.minor >= parts:
            dated = [(DAY + timedelta(days=30 * n - 60), part.plain) for n, part in enumerate(split(left, [1] * parts))]
            agreed = plan(item.id, by, *dated, state=PlanState.ACTIVE)
            coined = tuple(replace(part, total=Money(part.total.minor, left.currency)) for part in agreed.instalments)
            start = NOW - timedelta(days=300)
            async with store() as work:
                await work.add_plan(replace(agreed, instalments=coined, accepted_by=by, accepted_at=start), account.customer.id)
            return


async def charge_and_take_back(store: SqlStore, random: Random, customers: list[CustomerId]) -> None:
    """Fees on invoices and instalments, one of them waived; money that names an instalment; payments that are reversed; plans in default."""
    at = NOW - timedelta(days=20)
    async with store() as work:
        for account in await work.accounts(customers):
            item = random.choice(account.all_items)
            amount = Money(random.randint(1, 900), item.total.currency)
            await work.add_fee(Fee(item.id, "late", amount, at))
            if random.random() < 0.3:
                await work.waive_fee(item.id, "late", at + timedelta(days=5))
            named = Money(random.randint(1, 3_000), item.total.currency)
            await work.add_payment(
                Payment(named, DAY - timedelta(days=random.randint(0, 9)), item.id, f"N{item.number}"), account.customer.id, at
            )
            if account.plans and random.random() < 0.4:
                await work.set_plan(account.plans[0].id, PlanState.DEFAULTED, account.plans[0].by, at)
            if account.payments and random.random() < 0.5:
                key = random.choice(account.payments).key
                await work.reverse_money(account.customer.id, key, DAY - timedelta(days=random.randint(-3, 9)), at)


@pytest.mark.parametrize("seed", range(4))
async def test_the_query_agrees_with_the_domain_on_any_ledger(store: SqlStore, database_url: str, seed: int) -> None:
    random = Random(seed)
    user = await add_user(store)
    rows = [random_row(random, number) for number in range(80)]
    await import_rows(store, *rows)
    async with store() as work:
        accounts = [account async for account in work.all_accounts()]
    for account in accounts[:6]:
        await agree(store, random, account, user)
        await pay(database_url, account.customer.id, None, Money(random.randint(1, 9_000), "EUR"), DAY)
    await charge_and_take_back(store, random, [account.customer.id for account in accounts])
    more = [
        replace(one, paid=one.total, paid_on=DAY) for one in rows if random.random() < 0.2 and (one.paid is None or one.paid < one.total)
    ]
    await import_rows(store, *more)
    async with store() as work:
        accounts = [account async for account in work.all_accounts()]
    for day in (DAY, DAY + timedelta(days=45)):
        lines = await aging(store, day)
        found = {
            code: {name: getattr(line, name)[1].minor for name in BUCKETS} | {"unapplied": line.unapplied.minor}
            for code, line in lines.items()
        }
        assert {code: +Counter({k: abs(v) for k, v in sums.items()}) for code, sums in found.items()} == {
            code: +Counter({k: abs(v) for k, v in sums.items()}) for code, sums in expected(accounts, day).items()
        }


async def test_overdue_accounts_come_with_the_oldest_debt_first(store: SqlStore) -> None:
    await import_rows(
        store,
        row("A", "MID", due_on=date(2026, 2, 10)),
        row("B", "OLD", due_on=date(2026, 1, 10)),
        row("C", "PAID", due_on=date(2025, 1, 10), paid=eur("100.00")),
        row("D", "TODAY", due_on=TODAY),
        row("E", "NEVER", due_on=None),
    )
    async with store() as work:
        found = [(await work.account(one)).customer.number for _, one in (await work.overdue_accounts(TODAY, 10))[0]]
        first, among = await work.overdue_accounts(TODAY, 1, await book_in(work))
    assert found == ["OLD", "MID"]
    assert (len(first), among) == (1, 2)


async def test_a_whole_name_or_number_is_found_by_itself(store: SqlStore) -> None:
    await import_rows(
        store, row("1", "acme", customer_name="Zebra Ltd"), row("2", "C2", customer_name="Acme"), row("3", "C3", customer_name="Acme Two")
    )
    async with store() as work:
        named = {
            words: account and account.customer.number
            for words in (" ACME ", "acme  two", "c2", "zeb", "")
            for account in [await work.named_account(words)]
        }
    assert named == {" ACME ": None, "acme  two": "C3", "c2": "C2", "zeb": None, "": None}, (
        "acme is the number of one and the name of another"
    )


async def test_customers_are_found_by_number_and_by_part_of_the_name_exact_first(store: SqlStore) -> None:
    await import_rows(
        store,
        row("1", "acme", customer_name="Zebra Ltd"),
        row("2", "C2", customer_name="Acme"),
        row("3", "C3", customer_name="New ACME Trading"),
        row("4", "C4", customer_name="100% Übel_GmbH"),
    )
    async with store() as work:
        assert {c.number for c in (await work.find_customers("ACME"))[:2]} == {"acme", "C2"}
        assert [c.number for c in await work.find_customers("  trading  acme ")] == ["C3"]
        assert [c.number for c in await work.find_customers("ÜBEL")] == ["C4"]
        assert [c.number for c in await work.find_customers("100%")] == ["C4"]
        assert [c.number for c in await work.find_customers("l_g")] == ["C4"]
        assert [c.number for c in await work.find_customers("%")] == ["C4"]
        assert [c.number for c in await work.find_customers("e_m")] == []
        assert await work.find_customers("' OR 1=1 --") == []
        assert await work.find_customers("  ") == []
        assert len(await work.find_customers("c", limit=2)) == 2


async def test_items_are_found_by_their_number_however_typed(store: SqlStore) -> None:
    await import_rows(store, row("INV-1"), row("INV-10"))
    async with store() as work:
        assert [found.item.number for found in await work.find_items(" inv-1 ")] == ["INV-1"]
        assert await work.find_items("INV-%") == []
        (found,) = await work.find_items("INV-1")
        assert (found.customer.number, found.book.slug) == ("C1", "main")


async def test_accounts_stream_whole_and_each_once(store: SqlStore) -> None:
    await import_rows(store, *(row(f"N{n}", f"C{n % 450}") for n in range(900)))
    async with store() as work:
        found = [account async for account in work.all_accounts(await book_in(work))]
    assert len({account.customer.id for account in found}) == 450
    assert sum(len(account.items) for account in found) == 900
