"""Files under cards that wait to be posted, and in chats that take none for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.live.files import AT_ONCE, MOST_ATTEMPTS, PATIENCE, STANDS_WITHIN
from bot.live.routing import Routing
from tests.bot.chat_office import ChatOffice, opened
from tests.fakes.room import FilingRoom
from workflows.domain.ids import new_id
from workflows.domain.routing import Channel, Quiet
from workflows.errors import RateLimited, Unavailable
from workflows.records import Effect, OutboxState

MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)  # 08:00 in Berlin


@pytest.fixture
def room() -> FilingRoom:
    return FilingRoom()


@pytest.fixture
async def office(one_url: str, room: FilingRoom) -> AsyncIterator[ChatOffice]:
    async with opened(one_url, slack=room) as made:
        await made.owe("acme")
        yield made


async def files(office: ChatOffice, state: OutboxState) -> int:
    return (await office.outbox()).get((Effect.FILE, state), 0)


async def test_a_summary_that_waits_for_the_end_of_quiet_hours_has_its_files_all_the_same(office: ChatOffice, room: FilingRoom) -> None:
    office.routing = Routing(quiet={Channel("slack", "C1"): Quiet(time(18), time(10))})
    office.clock.set(MONDAY)
    await office.jobs.post_summaries()
    for _ in range(119):
        await office.minute()
    assert (room.files, room.asked) == ({}, 0)
    for _ in range(2):
        await office.minute()
    assert {name.rpartition(".")[2] for names in room.files.values() for name in names} == {"png", "xlsx"}


async def test_a_card_that_is_never_posted_is_waited_for_a_week(office: ChatOffice) -> None:
    office.clock.set(MONDAY)
    posted = await office.jobs.post_summaries()
    office.clock.set(MONDAY + PATIENCE - timedelta(minutes=1))
    assert (await office.attach(), await files(office, OutboxState.QUEUED)) == (0, posted)
    office.clock.advance(timedelta(minutes=1))
    assert (await office.attach(), await files(office, OutboxState.SUPPRESSED)) == (0, posted)


async def test_however_many_wait_for_a_card_that_never_stands_the_others_get_theirs(office: ChatOffice, room: FilingRoom) -> None:
    await office.minute()
    asked_at = office.clock.now()
    async with office.store() as work:
        for _ in range(3 * AT_ONCE):
            item = str(new_id())
            await work.enqueue(Effect.FILE, f"file:{item}", {"item": item, "by": "policy", "asked_at": asked_at.isoformat()}, asked_at)
    await office.escalate("acme")
    await office.minute()
    assert room.asked == 1
    office.clock.advance(STANDS_WITHIN)
    assert (await office.attach(), await files(office, OutboxState.QUEUED)) == (0, 0)


async def test_files_wait_as_long_as_the_chat_asks(office: ChatOffice, room: FilingRoom) -> None:
    await office.minute()
    room.full = RateLimited("slower", 300)
    await office.escalate("acme")
    await office.minute()
    assert room.asked == 1
    room.full = None
    office.clock.advance(timedelta(minutes=4))
    assert (await office.attach(), room.asked) == (0, 1)
    office.clock.advance(timedelta(minutes=1))
    assert await office.attach() == 1


async def test_a_chat_that_takes_no_files_for_half_a_day_gets_them_then(office: ChatOffice, room: FilingRoom) -> None:
    await office.minute()
    room.full = Unavailable("down")
    await office.escalate("acme")
    for _ in range(12 * 12):
        office.clock.advance(timedelta(minutes=5))
        await office.attach()
    room.full = None
    office.clock.advance(timedelta(minutes=15))
    assert await office.attach() == 1
    assert room.asked < MOST_ATTEMPTS
