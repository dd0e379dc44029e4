"""Both databases behave alike where it matters."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.chat.protocol import Inbound, Incoming, Person
from adapters.store import engine
from adapters.store.engine import UnknownDatabase, open_engine
from adapters.store.unit_of_work import SqlStore
from tests.fakes.clock import FixedClock
from workflows.domain.access import Role, User
from workflows.domain.ids import UserId, new_id
from workflows.ports import Store


async def test_an_empty_database_has_the_book_main(store: SqlStore) -> None:
    async with store() as work:
        (book,) = await work.books()
    assert (book.slug, book.place.zone, book.place.country) == ("main", "UTC", None)


async def test_the_store_is_what_the_use_cases_and_chats_ask_for(store: SqlStore, clock: FixedClock) -> None:
    """The type checker judges: every method of both ports is there, with its signature."""
    port: Store = store
    inbound: Inbound = store.inbound(clock)
    async with port() as work:
        assert await work.users() == []
    assert await inbound.accept(Incoming("cli:1", Person("cli", "", "ana"), text="help"))


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(UnknownDatabase, match="mysql"):
        open_engine("mysql://here/duebot")


async def test_what_the_database_refuses_is_not_quoted_in_the_error(store: SqlStore) -> None:
    """Such an error ends in the log; customers' names and notes of colleagues do not."""
    user = User(UserId(new_id()), "ana@seller.example", "Ana Geheim", Role.VIEWER)
    async with store() as work:
        await work.add_user(user)
        with pytest.raises(IntegrityError) as refused:
            await work.add_user(user)
    assert "Geheim" not in str(refused.value)


@pytest.fixture
async def cut(postgresql_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine whose connection has worked and was ended by the server since."""
    ours, other = open_engine(postgresql_url, pool_size=1), open_engine(postgresql_url)
    async with ours.connect() as connection:
        session = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    async with other.connect() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(:session, 10000)"), {"session": session})
    yield ours
    await ours.dispose()
    await other.dispose()


async def test_a_connection_that_rested_is_replaced_when_the_server_has_ended_it(cut: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SURE", 0)
    async with cut.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1


async def test_one_that_has_just_worked_is_not_asked_and_fails_at_most_once(cut: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SURE", 3600)
    with pytest.raises(OperationalError):
        async with cut.connect() as connection:
            await connection.execute(text("SELECT 1"))
    async with cut.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
