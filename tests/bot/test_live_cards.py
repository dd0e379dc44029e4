"""Cards on their way to the chat: once each, always the newest drawing, and patient with a chat that is down."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.chat.protocol import CardRef
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.live import live_cards
from bot.live.showing import MOST_IN_VAIN
from bot.live.sorting import sort_cards
from cards.elements import Card
from tests.conftest import SECRET_KEY
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, Office
from workflows.errors import NeedsReconnect, OutcomeUnknown, OutsideError, RateLimited, Rejected, Unavailable
from workflows.flag_item import FlagItem, flag_item
from workflows.ports import UnitOfWork
from workflows.records import CardKind, Effect, OutboxState


async def with_chat(store: SqlStore, *owing: str, room: FakeRoom | None = None) -> tuple[Office, FakeRoom]:
    room = room or FakeRoom()
    office = Office(store, room=room)
    await office.open(chat=True)
    await office.owe(*owing)
    await office.tick()
    return office, room


async def flag(office: Office, name: str, *, on: bool = True) -> None:
    item = (await office.account(name)).items[0].id
    async with office.store() as work:
        await flag_item(FlagItem(item, ANA, on=on), work, office.clock)


async def claimed_of(office: Office, work: UnitOfWork) -> Sequence[live_cards.Waiting]:
    """What a worker takes for the chat."""
    async with office.store.reading() as seen:
        await sort_cards(work, seen, office.policies, office.clock, office.rooms, office.routing, 32)
    return await live_cards.claim_cards(work, office.clock, 32, "slack")


async def prepared(office: Office, waiting: live_cards.Waiting, work: UnitOfWork) -> live_cards.Showing | None:
    async with office.store.reading() as seen:
        return await live_cards.prepare(waiting, work, seen, office.policies, office.clock, office.rooms, office.routing)


async def open_rows(office: Office) -> int:
    return sum(n for (kind, state), n in (await office.outbox()).items() if kind is Effect.CARD and state is OutboxState.QUEUED)


async def test_a_card_is_posted_once_and_updated_where_it_stands(store: SqlStore) -> None:
    office, room = await with_chat(store, "acme")
    await office.deliver()
    assert len(room.standing) == 1
    await flag(office, "acme")
    await office.deliver()
    assert len(room.standing) == 1
    assert "lagged" in str(room.standing["1.0"])


async def test_a_card_waits_for_nobody_who_holds_an_account_it_shows(postgresql_url: str) -> None:
    """On PostgreSQL only: whoever acts holds the account, and then wants the card that its drawing holds."""
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    office, room = await with_chat(store, "acme")
    account = await office.account("acme")
    async with store() as work:
        await work.lock_accounts([account.customer.id])
        await office.jobs.show_cards()
    assert len(room.standing) == 1
    await store.close()


async def test_a_burst_of_changes_is_one_drawing(store: SqlStore) -> None:
    office, room = await with_chat(store, "acme")
    await office.deliver()
    drawn = room.drawn
    for on in (True, False, True):
        await flag(office, "acme", on=on)
    await office.jobs.show_cards()
    assert room.drawn == drawn + 1
    assert await open_rows(office) == 0


async def test_a_message_somebody_deleted_is_posted_anew(store: SqlStore) -> None:
    office, room = await with_chat(store, "acme")
    await office.deliver()
    room.standing.clear()
    await flag(office, "acme")
    await office.deliver()
    assert len(room.standing) == 1


@pytest.mark.parametrize("trouble", [Unavailable("down"), RateLimited("slow down", 60.0), NeedsReconnect("token revoked")])
async def test_a_chat_that_is_down_for_a_day_delays_no_mail_and_gets_every_card_once_it_is_back(
    store: SqlStore, trouble: OutsideError
) -> None:
    office, room = await with_chat(store, *(f"c{n}" for n in range(8)))
    room.trouble = trouble
    await office.deliver()
    assert len(office.mail.mailbox) == 8
    assert room.tried == MOST_IN_VAIN
    for _ in range(6):
        office.clock.advance(timedelta(hours=4))
        await office.deliver()
    assert room.standing == {}
    room.trouble = None
    office.clock.advance(timedelta(hours=1))
    await office.deliver()
    assert len(room.standing) == 6  # a digest and five
    assert await open_rows(office) == 0


@pytest.mark.parametrize("trouble", [Unavailable("504"), OutcomeUnknown("502"), RateLimited("slow down", 0)])
async def test_a_chat_that_does_not_say_when_is_asked_later_each_time(store: SqlStore, trouble: OutsideError) -> None:
    office, room = await with_chat(store, "acme")
    room.trouble = trouble
    await office.jobs.show_cards()
    for tried in range(1, 6):
        pause = timedelta(seconds=live_cards.FIRST_PAUSE * 2**tried)
        office.clock.advance(pause / 2 - timedelta(seconds=1))
        await office.jobs.show_cards()
        assert room.tried == tried
        office.clock.advance(pause / 2 + timedelta(seconds=1))
        await office.jobs.show_cards()
        assert room.tried == tried + 1


async def test_a_card_the_chat_refuses_for_good_is_given_up(store: SqlStore) -> None:
    office, room = await with_chat(store, "acme")
    room.trouble = Rejected("invalid_blocks")
    await office.deliver()
    for _ in range(3):
        office.clock.advance(timedelta(hours=1))
        await office.deliver()
    assert room.tried <= 2  # once when it was raised, once when the message had left
    assert await open_rows(office) == 0


async def test_a_card_that_may_have_arrived_is_shown_again(store: SqlStore) -> None:
    office, room = await with_chat(store, "acme")
    room.lose_answer = OutcomeUnknown("connection lost")
    await office.deliver()
    room.lose_answer = None
    office.clock.advance(timedelta(hours=1))
    await office.deliver()
    assert await open_rows(office) == 0
    assert (await office.cards(CardKind.ALERT))[0].message is not None


async def test_a_card_we_cannot_draw_keeps_no_other_back(store: SqlStore) -> None:
    class Picky(FakeRoom):
        async def post(self, channel: str, card: Card) -> CardRef:
            if "Acme" in str(card):
                raise ValueError("a mistake of ours")
            return await FakeRoom.post(self, channel, card)

    office, room = await with_chat(store, "acme", "brill", room=Picky())
    await office.deliver()
    assert len(room.standing) == 1
    assert await open_rows(office) == 0


async def test_two_workers_at_once_post_a_card_once(store: SqlStore) -> None:
    """The second one finds a newer change of a card that the first is posting."""

    class Slow(FakeRoom):
        async def post(self, channel: str, card: Card) -> CardRef:
            posting.set()
            await go_on.wait()
            return await FakeRoom.post(self, channel, card)

    posting, go_on = asyncio.Event(), asyncio.Event()
    office, room = await with_chat(store, "acme", room=Slow())
    first = asyncio.create_task(office.jobs.show_cards())
    await posting.wait()
    await flag(office, "acme")
    await office.jobs.show_cards()
    go_on.set()
    await first
    office.clock.advance(live_cards.SOON)
    await office.jobs.show_cards()
    assert len(room.standing) == 1
    assert "lagged" in str(room.standing["1.0"])


async def test_a_card_left_by_a_worker_that_died_is_shown_by_the_next(store: SqlStore) -> None:
    office, room = await with_chat(store, "acme")
    async with store() as work:
        claimed = await claimed_of(office, work)
    async with store() as work:
        await prepared(office, claimed[0], work)
    await office.jobs.show_cards()
    assert room.standing == {}
    office.clock.advance(live_cards.LEASE)
    await office.jobs.show_cards()
    assert len(room.standing) == 1


async def test_a_book_without_a_chat_shows_its_cards_in_the_inbox_only(store: SqlStore) -> None:
    office, room = Office(store), FakeRoom()
    office.room = room
    await office.open()
    await office.owe("acme")
    await office.tick()
    await office.deliver()
    assert room.standing == {}
    assert len(await office.cards(CardKind.ALERT)) == 1


async def test_a_card_held_by_a_clock_that_was_ahead_is_shown_all_the_same(store: SqlStore) -> None:
    office, room = await with_chat(store, "acme")
    office.clock.advance(timedelta(days=1))
    async with store() as work:
        (waiting,) = await claimed_of(office, work)
        assert await prepared(office, waiting, work)
    office.clock.advance(-timedelta(days=1))
    await office.deliver()
    assert len(room.standing) == 1


async def test_where_nothing_can_be_changed_a_card_is_posted_again_only_when_it_is_raised_anew(store: SqlStore) -> None:
    room = FakeRoom(edits=False)
    office = Office(store, room=room)
    await office.open(chat=True)
    await office.owe("acme")
    await office.tick()
    await office.jobs.show_cards()
    posted = room.drawn
    await office.pay("acme", "40.00")
    office.clock.advance(timedelta(minutes=5))
    await office.tick()
    await office.jobs.show_cards()
    assert room.drawn == posted, "less is owed: nobody has to do anything"
