"""First contact: who was overdue when first read waits, and gets one message after the release."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, MAX, Office
from workflows.errors import AlreadyDone, NotAllowed
from workflows.records import CardKind
from workflows.release_accounts import ReleaseAccounts, release_accounts

NEW = timedelta()


async def waiting(store: SqlStore, *owing: str) -> Office:
    office = Office(store, room=FakeRoom())
    await office.open(chat=True)
    await office.owe(*owing, late=20, known=NEW)
    return office


async def release(office: Office) -> int:
    book = (await office.book()).id
    async with office.store() as work:
        return (await release_accounts(ReleaseAccounts(book, MAX), work, office.clock)).accounts


async def test_before_the_release_nothing_leaves_and_one_card_asks_for_the_whole_book(store: SqlStore) -> None:
    office = await waiting(store, "acme", "brill")
    await office.tick()
    await office.deliver()
    await office.pass_minutes(3)
    assert office.mail.mailbox == []
    assert [card.kind for card in await office.cards()] == [CardKind.REVIEW]


async def test_released_and_ticked_each_gets_the_highest_step_once(store: SqlStore) -> None:
    office = await waiting(store, "acme", "brill")
    await office.tick()
    assert await release(office) == 2
    await office.tick()
    await office.deliver()
    await office.pass_minutes(3)
    assert [to for to, _ in office.mail.letters] == ["pay@acme.example", "pay@brill.example"]
    assert {notice.step for name in ("acme", "brill") for notice in await office.notices(name)} == {"second"}
    assert CardKind.REVIEW not in [card.kind for card in await office.cards()]


async def test_the_second_to_release_is_told_and_changes_nothing(store: SqlStore) -> None:
    office = await waiting(store, "acme")
    await office.tick()
    await release(office)
    office.clock.advance(timedelta(minutes=3))
    with pytest.raises(AlreadyDone, match=r"^Max released them Tue 24 Nov 2026 at 11:00\.$"):
        await release(office)


async def test_a_collector_may_not_release(store: SqlStore) -> None:
    office = await waiting(store, "acme")
    with pytest.raises(NotAllowed):
        async with store() as work:
            await release_accounts(ReleaseAccounts(by=ANA), work, office.clock)
    await office.tick()
    await office.deliver()
    assert office.mail.mailbox == []


async def test_who_is_read_after_a_release_the_same_day_is_asked_for_as_well(store: SqlStore) -> None:
    office = await waiting(store, "acme")
    await office.tick()
    await office.deliver()
    await release(office)
    await office.owe("brill", late=20, known=NEW)
    await office.pass_minutes(2)
    assert [to for to, _ in office.mail.letters] == ["pay@acme.example"]
    review = await office.cards(CardKind.REVIEW)
    assert len(review) == 1
    assert office.room is not None
    assert "1 customer" in office.room.standing[review[0].message or ""].summary
