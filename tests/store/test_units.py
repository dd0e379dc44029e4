"""Units of work side by side: neither sees, overwrites or blocks what it should not."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.store.samples import LATER, NOW, TODAY, account, add_user, customer_id, import_rows, item_id, notice, row
from workflows.domain.account import Flag, Snooze
from workflows.domain.ids import CardId, CustomerId, new_id
from workflows.records import CardKind, Look, StaffCard


async def test_the_tick_finds_the_accounts_whose_time_has_come_soonest_first(store: SqlStore) -> None:
    await import_rows(store, *(row(f"INV-{n}", f"C{n}") for n in range(1, 5)))
    ids = [await customer_id(store, f"INV-{n}") for n in range(1, 5)]
    looks = [NOW + timedelta(hours=2), NOW + timedelta(hours=1), None, NOW + timedelta(days=1)]
    async with store() as work:
        for customer, look in zip(ids, looks, strict=True):
            await work.looked(customer, look, ("standard", 3))
        assert await work.claim_accounts(NOW + timedelta(hours=2), 10) == [ids[1], ids[0]]
        assert await work.claim_accounts(NOW + timedelta(hours=2), 1) == [ids[1]]
        book = (await work.account(ids[0])).book.id
        assert await work.looking_before(book, NOW + timedelta(hours=2), 10) == [ids[1]]
    assert (await account(store)).policy == ("standard", 3)


async def test_two_ticks_at_once_share_the_accounts(store: SqlStore) -> None:
    await import_rows(store, *(row(f"INV-{n}", f"C{n}") for n in range(24)))

    async def tick() -> list[CustomerId]:
        mine: list[CustomerId] = []
        for _ in range(8):
            async with store() as work:
                claimed = await work.claim_accounts(LATER, 4)
                for customer in claimed:
                    await work.looked(customer, None, ("standard", 1))
            mine += claimed
        return mine

    first, second = await asyncio.gather(tick(), tick())
    assert len(first + second) == len(set(first + second)) == 24


async def test_twenty_people_at_once_all_get_through(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    item = await item_id(store)

    async def press() -> None:
        async with store() as work:
            whole = await work.account_of(item)  # reads first, as every use case does
            await work.flag(Flag(item, user, NOW, str(len(whole.flags))))

    await asyncio.gather(*(press() for _ in range(20)))
    assert sorted(int(flag.note) for flag in (await account(store)).flags) == list(range(20)), "each saw all that came before"


async def test_the_same_step_by_two_workers_at_once_is_said_once(store: SqlStore) -> None:
    await import_rows(store, row())
    item, customer = await item_id(store), await customer_id(store)

    async def worker(key: str) -> bool:
        async with store() as work:
            return await work.add_notice(customer, notice(item), key)

    assert sorted(await asyncio.gather(*(worker(f"key {n}") for n in range(5)))) == [False] * 4 + [True]
    assert len((await account(store)).notices) == 1


async def test_a_file_read_twice_at_once_is_imported_once(store: SqlStore) -> None:
    rows = [row(f"INV-{n}", f"C{n % 7}") for n in range(50)]
    first, second = await asyncio.gather(import_rows(store, *rows), import_rows(store, *rows))
    assert {tuple(set(first)), tuple(set(second))} == {("imported",), ("unchanged",)}


async def test_an_account_that_a_unit_holds_is_left_to_it(postgresql_url: str) -> None:
    """On PostgreSQL only: SQLite has one unit at a time."""
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    user = await add_user(store)
    await import_rows(store, row("INV-1"), row("INV-2", "C2"))
    item, other = await item_id(store), await customer_id(store, "INV-2")
    async with store() as work:
        await work.snooze(Snooze(item, date(2026, 4, 1), user, NOW))
        async with store() as second:
            assert await second.claim_accounts(LATER, 10) == [other]
    await store.close()


async def test_an_import_and_a_tick_that_raises_a_card_do_not_wait_for_one_another(postgresql_url: str) -> None:
    """On PostgreSQL only. The import holds the book and wants an account; the tick holds the account and refers to the book."""
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    await import_rows(store, row())
    holding = asyncio.Event()

    async def tick() -> None:
        async with store() as work:
            (customer,) = await work.claim_accounts(LATER, 10)
            holding.set()
            while not await waiting(postgresql_url):
                pass
            book = (await work.account(customer)).book.id
            assert await work.add_card(StaffCard(CardId(new_id()), CardKind.DIGEST, book, new_id(), TODAY, NOW))

    async def bring_file() -> list[str]:
        await holding.wait()
        return await import_rows(store, row(total="7.00"), at=LATER)

    assert (await asyncio.gather(tick(), bring_file()))[1] == ["updated"]
    await store.close()


async def waiting(url: str) -> bool:
    """Whether some unit waits for a lock."""
    engine = open_engine(url)
    async with engine.connect() as connection:
        asked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        count = (await connection.execute(asked)).scalar_one()
    await engine.dispose()
    return bool(count)


async def test_a_question_is_answered_while_another_unit_holds_the_account(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    item, customer = await item_id(store), await customer_id(store)
    async with store() as work:
        await work.flag(Flag(item, user, NOW, "mine"))
        async with store.reading() as asking:
            assert (await asking.account(customer)).flags == (), "what is not committed is not seen"
    async with store.reading() as asking:
        assert len((await asking.account_of(item)).flags) == 1


async def test_a_unit_that_only_reads_sees_one_instant_and_keeps_nobody_waiting(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    item, customer = await item_id(store), await customer_id(store)
    async with store.reading() as asking:
        before = await asking.account(customer)
        async with store() as work:
            await work.flag(Flag(item, user, NOW, "meanwhile"))
        assert await asking.account(customer) == before
    async with store.reading() as asking:
        assert await asking.account(customer) != before


async def test_to_write_in_a_unit_that_only_reads_fails(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    item, customer = await item_id(store), await customer_id(store)
    with pytest.raises(DBAPIError):
        async with store.reading() as asking:
            await asking.flag(Flag(item, user, NOW, "never"))
    async with store.reading() as asking:
        assert (await asking.account(customer)).flags == ()


async def test_many_looks_are_noted_as_one_is(store: SqlStore) -> None:
    await import_rows(store, *(row(f"INV-{n}", f"C{n}") for n in range(3)))
    ids = [await customer_id(store, f"INV-{n}") for n in range(3)]
    async with store() as work:
        before = await work.lock_accounts(ids)
        await work.looked_all([Look(ids[0], LATER, ("standard", 2), None), Look(ids[1], None, None, TODAY)])
        after = await work.lock_accounts(ids)
        accounts = await work.accounts(ids)
    assert [account.policy for account in accounts] == [("standard", 2), None, None]
    assert [one for one in ids if after[one] != before[one]] == ids[:2], "whoever wrote a message ahead must see that the account changed"


async def test_a_unit_cancelled_at_any_moment_holds_up_no_other(store: SqlStore) -> None:
    torn = []  # kept: what the traceback still knows of a statement is not forgotten
    for moment in range(90):
        torn.append(asyncio.create_task(import_rows(store, row(f"INV-{moment}"))))
        for _ in range(moment):
            await asyncio.sleep(0)
        torn[-1].cancel()
        await asyncio.wait(torn[-1:])
        async with asyncio.timeout(10):
            await add_user(store, f"Ana{moment}")
