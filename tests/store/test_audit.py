"""The trail only grows, and shows whatever was done to it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from adapters.store.chain import FIRST, canonical, link
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.store.samples import NOW
from workflows.records import AuditEntry

IMPORTED = {"invoice": "INV-1", "amount": "1000.00", "currency": "EUR"}
FIRST_HASH = "64ac12f482cd5f39fbcf18d96987a4bcdef96fc7240559218920e004762d045e"
SECOND_HASH = "61cccaa315717dd4f487aa06be23b0cdbb7dc81c44c71c7740f4c7986230dd10"
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ENTRIES = (
    AuditEntry("u1", NINE, "invoice.imported", IMPORTED),
    AuditEntry("u2", NINE + timedelta(minutes=5), "writeoff.requested", IMPORTED),
)


def test_the_hashes_of_two_known_entries() -> None:
    first = link(FIRST, canonical(1, "u1", NINE, "invoice.imported", IMPORTED))
    assert first == FIRST_HASH
    assert link(first, canonical(2, "u2", NINE + timedelta(minutes=5), "writeoff.requested", IMPORTED)) == SECOND_HASH


async def record(store: SqlStore, *entries: AuditEntry) -> None:
    async with store() as work:
        for entry in entries:
            await work.record(entry)


async def five(store: SqlStore) -> None:
    await record(store, *(AuditEntry("u1", NOW, "item.flagged", {"item": f"INV-{n}"}) for n in range(1, 6)))
    await store.audit.seal()


async def test_the_trail_chains_what_was_recorded_in_order(store: SqlStore) -> None:
    await record(store, *ENTRIES)
    assert await store.audit.seal() == 2
    assert await store.audit.seal() == 0
    entries = [entry async for entry in store.audit.entries()]
    assert [(entry.seq, entry.hash) for entry in entries] == [(1, FIRST_HASH), (2, SECOND_HASH)]
    found = await store.audit.verify()
    assert (found.count, found.head, found.first_bad) == (2, SECOND_HASH, None)


async def test_an_entry_goes_with_its_unit(store: SqlStore) -> None:
    async def crashing() -> None:
        async with store() as work:
            await work.record(ENTRIES[0])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await crashing()
    assert (await store.audit.verify()).count == 0


async def test_units_and_sealers_at_once_leave_one_chain_without_gaps(store: SqlStore) -> None:
    async def write(actor: str) -> None:
        for n in range(8):
            await record(store, AuditEntry(actor, NOW, "note", {"n": n}))

    async def seal() -> None:
        for _ in range(6):
            await store.audit.seal()

    await asyncio.gather(write("u1"), write("u2"), seal(), seal())
    found = await store.audit.verify()
    assert (found.count, found.first_bad) == (16, None)


async def test_entries_numbered_while_the_trail_is_read_are_no_alarm(store: SqlStore) -> None:
    async def write_and_seal() -> None:
        for n in range(10):
            await record(store, AuditEntry("u1", NOW, "note", {"n": n}))
            await store.audit.seal()

    async def verify() -> list[int | None]:
        return [(await store.audit.verify()).first_bad for _ in range(10)]

    _, found = await asyncio.gather(write_and_seal(), verify())
    assert found == [None] * 10


@pytest.mark.parametrize(
    "change", ["DELETE FROM audit WHERE seq = 3", "UPDATE audit SET actor = 'u9' WHERE seq = 3", "UPDATE audit SET seq = 9 WHERE seq = 3"]
)
async def test_the_database_refuses_to_change_the_trail(store: SqlStore, database_url: str, change: str) -> None:
    await five(store)
    engine = open_engine(database_url)
    with pytest.raises(DBAPIError, match="only grows"):
        async with engine.begin() as connection:
            await connection.execute(text(change))
    await engine.dispose()


async def test_an_entry_without_a_number_cannot_be_reworded_either(store: SqlStore, database_url: str) -> None:
    await record(store, ENTRIES[0])
    engine = open_engine(database_url)
    with pytest.raises(DBAPIError, match="only grows"):
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE audit SET actor = 'u9'"))
    await engine.dispose()


def disarm(connection: Connection) -> None:
    """What somebody with the database's password can do."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    else:
        connection.execute(text("DROP TRIGGER audit_keeps_entries"))
        connection.execute(text("DROP TRIGGER audit_keeps_words"))


SWAP = ("UPDATE audit SET seq = 99 WHERE seq = 2", "UPDATE audit SET seq = 2 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 99")


@pytest.mark.parametrize(
    ("first_bad", "changes"),
    [
        (3, ["UPDATE audit SET actor = 'u9' WHERE seq = 3"]),
        (3, ["UPDATE audit SET at = '2026-03-02 09:00:00.000001' WHERE seq = 3"]),
        (3, ["""UPDATE audit SET data = '{"item":"INV-4"}' WHERE seq = 3"""]),
        (3, ["DELETE FROM audit WHERE seq = 3"]),
        (1, ["DELETE FROM audit WHERE seq = 1"]),
        (4, ["DELETE FROM audit WHERE seq >= 4"]),
        (2, SWAP),
        (3, ["DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 5"]),
    ],
    ids=["actor", "time", "data", "missing", "first missing", "end cut off", "reordered", "missing and renumbered"],
)
async def test_whatever_is_done_to_it_the_first_bad_entry_is_named(
    store: SqlStore, database_url: str, first_bad: int, changes: list[str]
) -> None:
    await five(store)
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(disarm)
        for change in changes:
            await connection.execute(text(change))
    await engine.dispose()
    assert (await store.audit.verify()).first_bad == first_bad
