"""A step is said once: the database itself holds it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from adapters.store import tables as t
from adapters.store.engine import open_engine
from adapters.store.secrets import Unreadable
from adapters.store.unit_of_work import SqlStore
from tests.store.samples import LATER, NOW, TODAY, account, add_user, book_in, customer_id, import_rows, item_id, item_in, notice, row
from workflows.domain.account import ListedItem, NoticeState
from workflows.domain.ids import NoticeId, new_id
from workflows.domain.messages import Message

LETTER = Message(
    ("pay@c1.example",), "Invoice INV-1", "Dear Müller, 100.00 is due.", "<p>Dear Müller</p>", "Seller", "re@seller.example", "de"
)


async def test_a_notice_comes_back_as_it_was_added(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row("INV-1"), row("INV-2"))
    said = notice(await item_id(store), by=user, because="Ana asked for it", currencies=("EUR", "USD"))
    said = replace(said, items=(*said.items, ListedItem(await item_id(store, "INV-2"), None)))
    customer = await customer_id(store)
    async with store() as work:
        assert await work.add_notice(customer, said, "k")
    async with store() as work:
        assert await work.notice(said.id) == (said, customer)
        assert await work.notices_of(await book_in(work), TODAY) == [(said, customer)]
        assert await work.notices_of(await book_in(work), TODAY + timedelta(days=1)) == []
    assert (await account(store)).notices == (said,)


async def test_one_key_makes_one_notice(store: SqlStore) -> None:
    await import_rows(store, row("INV-1"), row("INV-2"))
    customer, first = await customer_id(store), notice(await item_id(store))
    async with store() as work:
        assert await work.add_notice(customer, first, "C1:2026-03-02")
        assert not await work.add_notice(customer, notice(await item_in(work, "INV-2"), "second"), "C1:2026-03-02")
    assert (await account(store)).notices == (first,)


async def test_one_item_leads_with_one_step_once_whatever_the_key(store: SqlStore) -> None:
    await import_rows(store, row("INV-1"), row("INV-2"))
    customer, item, other = await customer_id(store), await item_id(store), await item_id(store, "INV-2")
    twice = replace(notice(other, "second"), items=(ListedItem(other, "second", 0, leads=True), ListedItem(item, "first", 0, leads=True)))
    async with store() as work:
        assert await work.add_notice(customer, notice(item), "one")
        assert not await work.add_notice(customer, notice(item), "two")
        assert not await work.add_notice(customer, twice, "three")
        assert await work.add_notice(customer, notice(item, leads=False, step="first"), "listed only")
        assert await work.add_notice(customer, notice(item, occurrence=1), "again later")
        assert await work.add_notice(customer, notice(item, "second"), "next step")
    assert len((await account(store)).notices) == 4, "a refused notice leaves nothing behind"


@pytest.mark.parametrize("state", [NoticeState.FAILED, NoticeState.SUPPRESSED])
async def test_a_message_that_never_reached_them_frees_its_key_and_step(store: SqlStore, state: NoticeState) -> None:
    await import_rows(store, row())
    customer, item = await customer_id(store), await item_id(store)
    first, second = notice(item), notice(item)
    async with store() as work:
        assert await work.add_notice(customer, first, "k")
        await work.set_notice(first.id, state, LATER, "paid meanwhile")
        assert await work.add_notice(customer, second, "k")
    (kept,) = [one for one in (await account(store)).notices if one.id == first.id]
    assert (kept.state, kept.because) == (state, "paid meanwhile")


@pytest.mark.parametrize("state", [NoticeState.SENT, NoticeState.DELIVERED, NoticeState.UNKNOWN, NoticeState.QUEUED])
async def test_a_message_that_may_have_reached_them_keeps_both(store: SqlStore, state: NoticeState) -> None:
    await import_rows(store, row())
    customer, item = await customer_id(store), await item_id(store)
    first = notice(item)
    async with store() as work:
        assert await work.add_notice(customer, first, "k")
        await work.set_notice(first.id, state, LATER)
        assert not await work.add_notice(customer, notice(item, "second"), "k")
        assert not await work.add_notice(customer, notice(item), "other")


async def test_the_time_of_sending_is_that_of_the_first_word_of_it(store: SqlStore) -> None:
    await import_rows(store, row())
    said = notice(await item_id(store))
    async with store() as work:
        await work.add_notice((await work.find_customers("C1"))[0].id, said, "k")
        await work.set_notice(said.id, NoticeState.SENT, NOW)
        await work.set_notice(said.id, NoticeState.DELIVERED, LATER)
        assert (await work.notice(said.id))[0].sent_at == NOW


async def test_what_a_message_lists_can_change_before_it_leaves(store: SqlStore) -> None:
    await import_rows(store, row("INV-1"), row("INV-2"))
    customer, item, other = await customer_id(store), await item_id(store), await item_id(store, "INV-2")
    said, now = notice(item), (ListedItem(other, "first", 0, leads=True),)
    async with store() as work:
        await work.add_notice(customer, said, "k")
        await work.relist_notice(said.id, now, ["USD"])
        assert (await work.notice(said.id))[0] == replace(said, items=now, currencies=("USD",))
        assert await work.add_notice(customer, notice(item), "free again")
        assert not await work.add_notice(customer, notice(other), "taken now")


async def test_the_database_refuses_a_second_leading_step_written_past_the_code(store: SqlStore, database_url: str) -> None:
    await import_rows(store, row())
    customer, item = await customer_id(store), await item_id(store)
    said, rival = notice(item), notice(item, "other")
    async with store() as work:
        await work.add_notice(customer, said, "one")
        await work.add_notice(customer, rival, "two")
    values = {"id": new_id(), "notice_id": rival.id, "item_id": item, "step": "first", "occurrence": 0, "position": 1}
    engine = open_engine(database_url)
    with pytest.raises(IntegrityError):
        async with engine.begin() as connection:
            await connection.execute(insert(t.notice_items).values(leads=True, counts=True, **values))
    await engine.dispose()


async def test_a_body_is_kept_encrypted_and_its_hash_is_that_of_its_text(store: SqlStore, database_url: str) -> None:
    await import_rows(store, row())
    customer, said = await customer_id(store), notice(await item_id(store))
    async with store() as work:
        await work.add_notice(customer, said, "k")
        assert await work.body(said.id) is None
        assert await work.keep_body(said.id, LETTER) == hashlib.sha256(LETTER.text.encode()).hexdigest()
    async with store() as work:
        assert await work.body(said.id) == LETTER
    assert b"100.00 is due" not in await stored_body(database_url, said.id)


async def stored_body(url: str, notice: NoticeId) -> bytes:
    engine = open_engine(url)
    async with engine.connect() as connection:
        body = (await connection.execute(t.notices.select().where(t.notices.c.id == notice))).one().body
    await engine.dispose()
    return bytes(body)


async def test_a_body_moved_to_another_row_or_read_with_another_key_is_refused(store: SqlStore, database_url: str) -> None:
    await import_rows(store, row())
    customer, said, other = await customer_id(store), notice(await item_id(store)), notice(await item_id(store), "second")
    async with store() as work:
        await work.add_notice(customer, said, "one")
        await work.add_notice(customer, other, "two")
        await work.keep_body(said.id, LETTER)
    body = await stored_body(database_url, said.id)
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(t.notices.update().where(t.notices.c.id == other.id).values(body=body))
    stranger = SqlStore(engine, [b"x" * 32])
    with pytest.raises(Unreadable):
        async with store() as work:
            await work.body(other.id)
    with pytest.raises(Unreadable):
        async with stranger() as work:
            await work.body(said.id)
    await engine.dispose()


async def test_after_a_rotation_the_old_key_still_opens(store: SqlStore, database_url: str) -> None:
    await import_rows(store, row())
    customer, said = await customer_id(store), notice(await item_id(store))
    async with store() as work:
        await work.add_notice(customer, said, "k")
        await work.keep_body(said.id, LETTER)
    rotated = SqlStore(open_engine(database_url), [b"n" * 32, bytes(range(32))])
    async with rotated() as work:
        assert await work.body(said.id) == LETTER
    await rotated.close()


async def test_of_many_at_once_those_are_left_out_whose_key_or_step_is_taken(store: SqlStore) -> None:
    await import_rows(store, row(), row("INV-2"), row("INV-3"))
    async with store() as work:
        customer = (await work.find_customers("C1"))[0].id
        one, two, three = [await item_in(work, number) for number in ("INV-1", "INV-2", "INV-3")]
        assert await work.add_notice(customer, notice(one), "taken")
        same_key, same_step, new, again = notice(two), notice(one), notice(two), notice(two)
        listing = replace(notice(three), items=(ListedItem(three, "first", 0, leads=True), ListedItem(one, "first", 0, leads=False)))
        many = [(same_key, "taken"), (same_step, "a"), (new, "b"), (again, "c"), (listing, "d")]
        assert await work.add_notices([(customer, each, key) for each, key in many]) == {new.id, listing.id}
    kept = {each.id: each for each in (await account(store)).notices}
    assert kept.keys() >= {new.id, listing.id}
    assert len(kept) == 3
    assert kept[listing.id].items == listing.items
    async with store() as work:
        assert await work.add_notice(customer, notice(three, "second"), "a"), "what was left out holds no key"
