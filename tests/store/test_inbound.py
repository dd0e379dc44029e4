"""What was accepted is kept, encrypted, until it is handled in the same transaction as its effect."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select

from adapters.chat.protocol import CardRef, Incoming, Pending, Person
from adapters.store import tables as t
from adapters.store.engine import open_engine
from adapters.store.inbound import SqlInbound, from_json, to_json
from adapters.store.unit_of_work import SqlStore
from cards.actions import Action, Name
from tests.bench.bulk import driver_url
from tests.conftest import SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.store.samples import add_user
from workflows.domain.access import Role
from workflows.domain.ids import new_id
from workflows.errors import NotKnown

PERSON = Person("slack", "T1", "U1")
PRESS = Incoming(
    "slack:trigger:1",
    PERSON,
    action=Action(Name.CONFIRM_SNOOZE, new_id(), 3, {"channel": "C1"}),
    values={"until": "2026-03-20", "note": "ünïcode <@here>"},
    card=CardRef("slack", "C1", "171.001"),
    respond="https://hooks.example/1",
)
TYPED = Incoming("slack:command:1", PERSON, text="balance acme")


async def left(inbound: SqlInbound, before: datetime) -> list[Incoming]:
    return [one.incoming for one in await inbound.pending(before, 10)]


@pytest.mark.parametrize("incoming", [PRESS, TYPED])
def test_what_came_in_survives_being_written_down(incoming: Incoming) -> None:
    assert from_json(to_json(incoming)) == incoming


async def test_a_key_is_accepted_once(store: SqlStore, clock: FixedClock) -> None:
    inbound = store.inbound(clock)
    assert await inbound.accept(PRESS)
    assert not await inbound.accept(PRESS)
    assert await inbound.accept(TYPED)


async def test_a_crash_leaves_what_was_accepted_for_later(store: SqlStore, clock: FixedClock) -> None:
    inbound = store.inbound(clock)
    await inbound.accept(PRESS)
    clock.advance(timedelta(minutes=1))
    await inbound.accept(TYPED)
    assert await inbound.pending(clock.now(), 10) == [Pending(PRESS, clock.now() - timedelta(minutes=1))]
    later = clock.now() + timedelta(seconds=1)
    assert await left(inbound, later) == [PRESS, TYPED]
    assert [one.incoming for one in await inbound.pending(later, 1)] == [PRESS]


async def test_what_a_clock_that_was_ahead_has_accepted_does_not_wait_until_then(store: SqlStore, clock: FixedClock) -> None:
    inbound = store.inbound(clock)
    clock.advance(timedelta(days=1))
    await inbound.accept(PRESS)
    clock.advance(-timedelta(days=1))
    await inbound.accept(TYPED)
    assert await left(inbound, clock.now() - timedelta(minutes=1)) == [PRESS]


async def test_it_is_handled_once_and_only_with_its_effect(store: SqlStore, clock: FixedClock) -> None:
    inbound, user = store.inbound(clock), await add_user(store)
    await inbound.accept(PRESS)

    async def crashing() -> None:
        async with store() as work:
            assert await work.handled(PRESS.key, clock.now())
            await work.set_role(user, Role.VIEWER)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await crashing()
    later = clock.now() + timedelta(seconds=1)
    assert await left(inbound, later) == [PRESS]
    async with store() as work:
        assert (await work.user(user)).role is Role.COLLECTOR
        assert await work.handled(PRESS.key, clock.now())
    async with store() as work:
        assert not await work.handled(PRESS.key, clock.now())
    assert await inbound.pending(later, 10) == []


async def test_what_was_given_up_does_not_wait(store: SqlStore, clock: FixedClock) -> None:
    inbound, later = store.inbound(clock), clock.now() + timedelta(seconds=1)
    await inbound.accept(PRESS)
    await inbound.accept(TYPED)
    await inbound.give_up(PRESS)
    await inbound.give_up(replace(TYPED, key="never kept"))
    assert await left(inbound, later) == [TYPED]
    assert [one.incoming for one in await inbound.pending(later, 10, skip=1)] == []
    assert not await inbound.accept(PRESS)


@pytest.mark.parametrize("comes_back", [True, False])
async def test_giving_up_is_tried_until_the_database_is_back(
    clock: FixedClock, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, *, comes_back: bool
) -> None:
    def name(old: str, new: str) -> None:
        with psycopg.connect(driver_url(postgresql_url), autocommit=True) as server:
            server.execute(f"ALTER TABLE {old} RENAME TO {new}".encode())

    def pauses() -> Iterator[float]:
        yield 0.0
        if comes_back:
            name("away", "inbound")
        yield 0.0

    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    inbound = store.inbound(clock)
    await inbound.accept(PRESS)
    monkeypatch.setattr("adapters.store.inbound.AGAIN_AFTER", pauses())
    name("inbound", "away")
    await inbound.give_up(PRESS)
    if not comes_back:
        name("away", "inbound")
    assert await left(inbound, clock.now() + timedelta(seconds=1)) == ([] if comes_back else [PRESS])
    await store.close()


async def test_what_is_kept_by_the_unit_that_does_it_is_so_once(store: SqlStore, clock: FixedClock) -> None:
    inbound = store.inbound(clock)
    for first in (True, False):
        async with store() as work:
            assert await work.handled(PRESS.key, clock.now(), kept=False) is first
    assert not await inbound.accept(PRESS)
    assert await inbound.pending(clock.now() + timedelta(seconds=1), 10) == []


async def test_what_took_long_and_was_kept_meanwhile_is_handled_by_the_unit_that_does_it(store: SqlStore, clock: FixedClock) -> None:
    inbound = store.inbound(clock)
    assert await inbound.accept(PRESS)
    for first in (True, False):
        async with store() as work:
            assert await work.handled(PRESS.key, clock.now(), kept=False) is first
    assert await inbound.pending(clock.now() + timedelta(seconds=1), 10) == []


async def test_it_is_kept_while_every_connection_of_units_is_taken(postgresql_url: str, clock: FixedClock) -> None:
    store = SqlStore(open_engine(postgresql_url, pool_size=1), [SECRET_KEY])
    kept, known = store.inbound(clock), store.addresses(clock)
    async with AsyncExitStack() as held, asyncio.timeout(10):
        for _ in range(11):  # one that is kept, and ten more
            await (await held.enter_async_context(store())).books()
        assert await kept.accept(PRESS)
        assert await known.find("teams", "nobody") == {}
    await store.close()


async def test_a_key_that_was_never_accepted_is_unknown(store: SqlStore, clock: FixedClock) -> None:
    with pytest.raises(NotKnown):
        async with store() as work:
            await work.handled("nothing", clock.now())


async def test_the_payload_cannot_be_read_in_the_database(store: SqlStore, clock: FixedClock, database_url: str) -> None:
    await store.inbound(clock).accept(TYPED)
    engine = open_engine(database_url)
    async with engine.connect() as connection:
        payload = bytes((await connection.execute(select(t.inbound.c.payload))).scalar_one())
    await engine.dispose()
    assert b"balance" not in payload
    assert b"acme" not in payload


async def test_what_comes_together_is_kept_together_each_key_once(store: SqlStore, clock: FixedClock) -> None:
    inbound = store.inbound(clock)
    known = await inbound.accept(PRESS)
    coming = [PRESS, *(replace(TYPED, key=f"slack:command:{n % 40}") for n in range(250))]
    taken = await asyncio.gather(*map(inbound.accept, coming))
    assert (known, taken) == (True, [False, *[True] * 40, *[False] * 210])
    assert len(await inbound.pending(clock.now() + timedelta(seconds=1), 999)) == 41


async def test_one_that_cannot_be_kept_keeps_no_other_out(store: SqlStore, clock: FixedClock) -> None:
    inbound = store.inbound(clock)
    coming = [replace(TYPED, key=key) for key in ("a", "b\ud800", "c")]  # half a letter has no bytes for the database
    taken = await asyncio.gather(*map(inbound.accept, coming), return_exceptions=True)
    assert [one if isinstance(one, bool) else "refused" for one in taken] == [True, "refused", True]
    assert await inbound.accept(replace(TYPED, key="d"))
