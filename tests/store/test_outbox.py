"""The outbox: every row is claimed by one worker, and a crash leaves it where another one finds it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.store.samples import LATER, NOW, customer_id, import_rows, item_id, notice, row
from workflows.domain.ids import new_id
from workflows.errors import NotKnown
from workflows.records import Effect, OutboxRow, OutboxState

LEASE = timedelta(minutes=5)


async def enqueue(store: SqlStore, *keys: str) -> None:
    async with store() as work:
        for key in keys:
            assert await work.enqueue(Effect.NOTICE, key, {"notice": key}, NOW)


async def claim(store: SqlStore, limit: int = 10) -> list[OutboxRow]:
    async with store() as work:
        return list(await work.claim(Effect.NOTICE, NOW, limit, LEASE))


async def test_a_key_is_enqueued_once_for_ever(store: SqlStore) -> None:
    await enqueue(store, "a")
    (row,) = await claim(store)
    async with store() as work:
        await work.settle(row.id, OutboxState.SENT, NOW, reference="<a@seller.example>")
        assert not await work.enqueue(Effect.NOTICE, "a", {}, NOW)
        assert not await work.enqueue(Effect.CARD, "a", {}, NOW)


async def test_a_claimed_row_is_sending_with_one_attempt_more_and_nobody_elses(store: SqlStore) -> None:
    await enqueue(store, "a")
    (row,) = await claim(store)
    assert (row.kind, row.key, row.payload, row.state, row.attempts, row.claimed_at) == (
        Effect.NOTICE, "a", {"notice": "a"}, OutboxState.SENDING, 1, NOW,
    )  # fmt: skip
    assert await claim(store) == []


async def test_rows_are_claimed_oldest_first_by_kind_and_not_before_their_time(store: SqlStore) -> None:
    async with store() as work:
        await work.enqueue(Effect.NOTICE, "new", {}, NOW)
        await work.enqueue(Effect.NOTICE, "old", {}, NOW - timedelta(hours=1))
        await work.enqueue(Effect.NOTICE, "later", {}, LATER)
        await work.enqueue(Effect.CARD, "card", {}, NOW)
    assert [row.key for row in await claim(store, 1)] == ["old"]
    assert [row.key for row in await claim(store)] == ["new"]
    async with store() as work:
        assert [row.key for row in await work.claim(Effect.CARD, NOW, 10, LEASE)] == ["card"]


async def test_a_row_put_back_waits_for_its_time_and_counts_its_attempts(store: SqlStore) -> None:
    await enqueue(store, "a")
    (row,) = await claim(store)
    async with store() as work:
        await work.settle(row.id, OutboxState.QUEUED, NOW, not_before=LATER, error="the mail server is away")
    assert await claim(store) == []
    async with store() as work:
        (again,) = await work.claim(Effect.NOTICE, LATER, 10, LEASE)
    assert again.attempts == 2


async def test_what_a_dead_worker_left_is_found_once_its_lease_is_over(store: SqlStore) -> None:
    await enqueue(store, "a", "b")
    await claim(store)
    async with store() as work:
        assert await work.abandoned(Effect.NOTICE, NOW + LEASE - timedelta(seconds=1), 10, LEASE) == []
    async with store() as work:
        left = await work.abandoned(Effect.NOTICE, NOW + LEASE, 10, LEASE)
        assert [(row.key, row.state, row.attempts) for row in sorted(left, key=lambda row: row.key)] == [
            ("a", OutboxState.SENDING, 1), ("b", OutboxState.SENDING, 1),
        ]  # fmt: skip
    async with store() as work:
        assert await work.abandoned(Effect.NOTICE, NOW + LEASE, 10, LEASE) == [], "leased anew"


async def test_what_a_clock_that_was_ahead_has_claimed_is_not_held_until_then(store: SqlStore) -> None:
    tomorrow = NOW + timedelta(days=1)
    async with store() as work:
        for key in ("sending", "reserved"):
            await work.enqueue(Effect.NOTICE, key, {}, NOW, key)
        await work.reserve(Effect.NOTICE, "reserved", tomorrow, 10, LEASE)
        await work.set_sending(await work.reserve(Effect.NOTICE, "sending", tomorrow, 10, LEASE), tomorrow, LEASE)
    async with store() as work:
        assert [row.key for row in await work.reserve(Effect.NOTICE, "reserved", NOW, 10, LEASE)] == ["reserved"]
        assert [row.key for row in await work.abandoned(Effect.NOTICE, NOW, 10, LEASE, "sending")] == ["sending"]
    async with store() as work:
        assert await work.reserve(Effect.NOTICE, "reserved", NOW - LEASE, 10, LEASE) == []  # another machine, a little behind
        assert await work.abandoned(Effect.NOTICE, NOW - LEASE, 10, LEASE, "sending") == []


async def test_a_settled_row_is_neither_claimed_nor_abandoned(store: SqlStore) -> None:
    await enqueue(store, "a")
    (row,) = await claim(store)
    async with store() as work:
        await work.settle(row.id, OutboxState.UNKNOWN, NOW, error="the line went dead")
        assert await work.claim(Effect.NOTICE, LATER, 10, LEASE) == []
        assert await work.abandoned(Effect.NOTICE, LATER, 10, LEASE) == []
        assert await work.outbox_counts() == {(Effect.NOTICE, OutboxState.UNKNOWN): 1}


async def test_a_row_that_does_not_exist_cannot_be_settled(store: SqlStore) -> None:
    with pytest.raises(NotKnown):
        async with store() as work:
            await work.settle(new_id(), OutboxState.SENT, NOW)


async def test_a_claim_that_is_rolled_back_leaves_the_rows_queued(store: SqlStore) -> None:
    await enqueue(store, "a")

    async def crashing() -> None:
        async with store() as work:
            await work.claim(Effect.NOTICE, NOW, 10, LEASE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await crashing()
    assert [row.attempts for row in await claim(store)] == [1]


async def test_a_message_that_a_worker_just_takes_is_waited_for_neither_to_stop_it_nor_to_forget_whom_it_was_to(
    postgresql_url: str,
) -> None:
    """On PostgreSQL only. The worker goes on to lock the account, which whoever stops or erases holds."""
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    await import_rows(store, row())
    item, customer = await item_id(store), await customer_id(store)
    async with store() as work:
        told = notice(item)
        assert await work.add_notice(customer, told, "key")
        assert await work.enqueue(Effect.NOTICE, f"notice:{told.id}", {"notice": str(told.id)}, NOW)
    async with store() as work:
        assert await work.reserve(Effect.NOTICE, "", NOW, 1, LEASE)
        async with store() as other:
            await other.lock_accounts([customer])
            assert not await other.withdraw(f"notice:{told.id}", NOW, "A mistake.")
            assert (await other.forget_contact(customer, "Erased 1"))[0] == 1
    async with store() as work:
        assert await work.withdraw(f"notice:{told.id}", NOW, "A mistake.")
    await store.close()


async def test_two_workers_at_once_never_claim_the_same_row(store: SqlStore) -> None:
    keys = [f"key {n}" for n in range(60)]
    await enqueue(store, *keys)

    async def worker() -> list[str]:
        mine: list[str] = []
        while rows := await claim(store, 7):
            mine += [row.key for row in rows]
        return mine

    first, second, third = await asyncio.gather(worker(), worker(), worker())
    assert sorted(first + second + third) == sorted(keys)
