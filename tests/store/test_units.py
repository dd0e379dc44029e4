"""Units of work side by side: neither sees, overwrites or blocks what it should not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from itertools import starmap

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapters.store.engine import open_engine, open_readers
from adapters.store.imports import CHUNK
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.statements import statements
from tests.store.samples import LATER, NOW, TODAY, account, add_user, awake, customer_id, import_rows, item_id, notice, row
from workflows.domain.account import Account, Flag, Snooze
from workflows.domain.ids import CardId, CustomerId, new_id
from workflows.import_ledger import Entry, Imported, ImportLedger, import_ledger
from workflows.records import CardKind, LedgerRow, Look, StaffCard
from workflows.release_accounts import ReleaseAccounts, release_accounts


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


async def test_a_unit_wakes_an_account_once_unless_it_is_looked_at_in_between(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    item, customer = await item_id(store), await customer_id(store)
    soon = NOW + timedelta(seconds=1)
    with statements() as asked:
        async with store() as work:
            await work.flag(Flag(item, user, NOW))
            await work.end_flag(item, soon)
            await work.snooze(Snooze(item, date(2026, 4, 1), user, soon))
    assert sum(one.startswith("UPDATE customers") for one in asked) == 1
    async with store() as work:
        await work.flag(Flag(item, user, NOW))
        await work.looked(customer, None, None)
        await work.end_flag(item, soon)
    assert await awake(store) == [customer]


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


@pytest.mark.parametrize("does", ["names_both", "lacks_one"])
async def test_an_import_holds_no_account_while_it_waits_for_one(postgresql_url: str, does: str) -> None:
    """On PostgreSQL only. Delivery locks accounts one after the other by their ids; the file names the last of them first, on its first page."""
    store, clock = SqlStore(open_engine(postgresql_url), [SECRET_KEY]), FixedClock(LATER)
    await import_rows(store, row("INV-1"), row("INV-2", "C2"))
    ids = {await customer_id(store, number): number for number in ("INV-1", "INV-2")}
    (low, first), (high, last) = sorted(ids.items())
    new = [row(f"NEW-{n}", "C3") for n in range(CHUNK)]
    told = {"names_both": [changed(last), *new, changed(first)], "lacks_one": [changed(last), *new]}
    holding = asyncio.Event()

    async def bring_file() -> Imported:
        await holding.wait()
        async with store() as work:
            entries = list(starmap(Entry, enumerate(told[does], 2)))
            return await import_ledger(ImportLedger("main", entries, LATER.date(), whole=True), work, clock)

    _, imported = await asyncio.gather(deliver(store, postgresql_url, low, high, holding), bring_file())
    assert (imported.imported, imported.updated) == (CHUNK, len(told[does]) - CHUNK)
    assert imported.unlisted == (() if does == "names_both" else (first,))
    await store.close()


async def deliver(store: SqlStore, url: str, low: CustomerId, high: CustomerId, holding: asyncio.Event) -> None:
    """As one statement locks them, held between the two until somebody waits."""
    async with store() as work:
        await work.lock_accounts([low])
        holding.set()
        while not await waiting(url):
            pass
        await work.lock_accounts([high])


def changed(number: str) -> LedgerRow:
    return row(number, "C1" if number == "INV-1" else "C2", total="7.00")


async def test_a_book_read_anew_wakes_its_accounts_in_the_order_everybody_locks_them_in(postgresql_url: str) -> None:
    """On PostgreSQL only. By its number, and by what it owes, the account of the lower id comes last."""
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    await import_rows(store, row("INV-1", "C9"))
    await import_rows(store, row("INV-2", "C1"))
    low, high = await customer_id(store, "INV-1"), await customer_id(store, "INV-2")
    assert low < high
    async with store() as work:
        await work.looked_all([Look(high, None, None, TODAY - timedelta(days=9)), Look(low, None, None, TODAY)])
    holding = asyncio.Event()

    async def confirm() -> None:
        await holding.wait()
        async with store() as work:
            await work.change_book(replace(await work.book("main"), read_through=TODAY, read_at=LATER))

    await asyncio.gather(deliver(store, postgresql_url, low, high, holding), confirm())
    await store.close()


async def test_accounts_are_released_in_the_order_everybody_locks_them_in(postgresql_url: str) -> None:
    """On PostgreSQL only. The account of the higher id owes the older debt."""
    store, clock = SqlStore(open_engine(postgresql_url), [SECRET_KEY]), FixedClock(LATER)
    await import_rows(store, row("INV-1", due_on=TODAY - timedelta(days=9)), row("INV-2", "C2", due_on=TODAY - timedelta(days=9)))
    low, high = sorted([await customer_id(store, "INV-1"), await customer_id(store, "INV-2")])
    older = "INV-1" if high == await customer_id(store, "INV-1") else "INV-2"
    await import_rows(store, row(older, "C1" if older == "INV-1" else "C2", due_on=TODAY - timedelta(days=30)))
    holding = asyncio.Event()

    async def release() -> int:
        await holding.wait()
        async with store() as work:
            return (await release_accounts(ReleaseAccounts(), work, clock)).accounts

    assert (await asyncio.gather(deliver(store, postgresql_url, low, high, holding), release()))[1] == 2
    await store.close()


async def test_a_file_does_not_name_a_person_who_is_erased_while_it_is_read(postgresql_url: str) -> None:
    """On PostgreSQL only."""
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    await import_rows(store, row())
    customer, holding = await customer_id(store), asyncio.Event()

    async def erase() -> None:
        async with store() as work:
            await work.anonymise(customer, "Erased 1", NOW, None, None)
            holding.set()
            while not await waiting(postgresql_url):
                pass

    async def bring_file() -> None:
        await holding.wait()
        await import_rows(store, row(customer_name="Ada Lovelace"), at=LATER)

    await asyncio.gather(erase(), bring_file())
    assert (await account(store)).customer.name == "Erased 1"
    await store.close()


async def test_who_acts_on_an_invoice_reads_no_account_that_is_not_locked(postgresql_url: str) -> None:
    """On PostgreSQL only. The invoice moves to another customer while its account is waited for."""
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    await import_rows(store, row("INV-1", "C1"), row("INV-2", "C2"))
    item, mine, theirs = await item_id(store, "INV-1"), await customer_id(store, "INV-1"), await customer_id(store, "INV-2")
    holding = asyncio.Event()

    engine = open_engine(postgresql_url)

    async def move() -> None:
        async with engine.begin() as session:
            await session.execute(text("SELECT id FROM customers FOR NO KEY UPDATE"))
            holding.set()
            while not await waiting(postgresql_url):
                pass
            await session.execute(text("UPDATE items SET customer_id = :theirs WHERE id = :item"), {"theirs": theirs, "item": item})

    async def act() -> Account:
        await holding.wait()
        async with store() as work:
            return await work.account_of(item)

    _, read = await asyncio.gather(move(), act())
    assert (read.customer.id, read.items) == (mine, ())
    await engine.dispose()
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


async def test_a_question_cancelled_while_the_server_is_at_it_is_that_and_holds_up_no_other(postgresql_url: str) -> None:
    store, other = SqlStore(open_engine(postgresql_url), [SECRET_KEY]), open_engine(postgresql_url)
    await import_rows(store, row())
    customer = await customer_id(store)

    async def ask() -> CustomerId:
        async with store.reading() as work:
            return (await work.account(customer)).customer.id

    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'notice_items'::regclass")
    async with other.begin() as holding:
        await holding.execute(text("LOCK TABLE notice_items"))
        asking = asyncio.create_task(ask())
        while not (await holding.execute(waits)).scalar_one():
            pass
        asking.cancel()
        await asyncio.wait([asking])
    assert asking.cancelled()
    assert await ask() == customer
    await store.close()
    await other.dispose()


async def test_what_the_database_refuses_an_account_is_an_error_as_all_of_its(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE notice_items RENAME TO gone"))
    store = SqlStore(engine, [SECRET_KEY])
    with pytest.raises(DBAPIError, match="notice_items"):
        async with store.reading() as work:
            await work.account(CustomerId(new_id()))
    await store.close()


async def test_what_the_server_has_prepared_for_questions_outlives_each(postgresql_url: str) -> None:
    """To plan how an account is read costs more than to read it."""
    engine = open_engine(postgresql_url)
    readers = open_readers(engine)
    store = SqlStore(engine, [SECRET_KEY], readers)
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%notice_items%'")
    for _ in range(10):
        async with store.reading() as work:
            await work.accounts([CustomerId(new_id())])
    async with readers.connect() as connection:
        assert (await connection.execute(prepared)).scalar_one() == 1
    await store.close()
