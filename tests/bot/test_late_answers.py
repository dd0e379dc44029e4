"""What was accepted before a stop and done after it is told in the person's own chat."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from adapters.chat.protocol import Incoming, Person, Reply
from adapters.core.pauses import TRIES
from adapters.store.unit_of_work import SqlStore
from bot.jobs import PATIENCE, TRIED_FOR
from bot.late_answers import AWAITED
from cards.actions import Name
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice
from tests.fakes.handler import FakeHandler, line
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA
from workflows.domain.ids import new_id
from workflows.errors import OutcomeUnknown, OutsideError, RateLimited, Rejected, Unavailable
from workflows.stops import Stop, StopKind

LATER = PATIENCE + timedelta(seconds=1)
HERS = f"U{ANA.id.int}"


@pytest.fixture
async def office(store: SqlStore) -> ChatOffice:
    """Acme owes; Ana is in both chats."""
    made = ChatOffice(store, teams=FakeRoom("teams"))
    await made.open()
    for platform in ("slack", "teams"):
        await made.link(ANA, platform)
    await made.owe("acme")
    return made


@dataclass
class Rested:
    """Passes no time; the chat is well again afterwards."""

    mends: FakeRoom | None = None

    async def __call__(self, seconds: float) -> None:
        await asyncio.sleep(0)
        if self.mends is not None:
            self.mends.trouble = None


async def lost(office: ChatOffice, *asked: str | Name, platform: str = "slack") -> None:
    """Accepted and acknowledged, and not handled: typed in a channel, or pressed."""
    for number, one in enumerate(asked):
        key, person = f"{platform}:lost-{number}", Person(platform, "T1", HERS)
        pressed = await office.button("acme", one) if isinstance(one, Name) else None
        incoming = Incoming(key, person, pressed, None if isinstance(one, Name) else one, channel="C1")
        assert await office.store.inbound(office.clock).accept(incoming)


def told(office: ChatOffice, platform: str = "slack") -> Sequence[str]:
    """What she alone was, each on one line."""
    room = office.rooms[platform]
    assert isinstance(room, FakeRoom)
    assert set(room.channels.values()) <= {HERS}
    return [" ".join(render(card).split()) for card in room.standing.values()]


@pytest.mark.parametrize("platform", ["slack", "teams"])
async def test_who_asked_before_a_stop_is_told_in_private_what_came_of_it(office: ChatOffice, platform: str) -> None:
    await lost(office, "balance acme", Name.FLAG, "remind INV-acme", platform=platform)
    office.clock.advance(LATER)
    assert await office.jobs.catch_up() == 3
    balance, flagged, form = told(office, platform)
    assert "Acme" in balance
    assert "€100.00" in balance
    assert "flag" in flagged.lower()
    assert "The form did not open" in form
    assert await office.jobs.catch_up() == 0
    assert len(told(office, platform)) == 3


async def test_a_question_of_long_ago_needs_no_answer_and_what_was_done_does(office: ChatOffice) -> None:
    await lost(office, "balance acme", Name.FLAG, Name.SEND_REMINDER)
    office.clock.advance(AWAITED + timedelta(seconds=1))
    assert await office.jobs.catch_up() == 3
    (said,) = told(office)
    assert "flag" in said.lower()


async def test_a_restored_copy_does_it_and_writes_to_nobody(office: ChatOffice) -> None:
    await lost(office, Name.FLAG)
    async with office.store() as work:
        await work.add_stop(Stop(new_id(), StopKind.RESTORED, office.clock.now(), data={"copied_at": office.clock.now().isoformat()}))
    office.clock.advance(LATER)
    assert await office.jobs.catch_up() == 1
    assert len((await office.account("acme")).flags) == 1
    assert told(office) == []


async def test_a_home_is_shown_where_it_stands(office: ChatOffice) -> None:
    await lost(office, Name.HOME)
    office.clock.advance(LATER)
    assert await office.jobs.catch_up() == 1
    assert told(office) == []


async def test_what_fails_is_told_once_it_is_given_up(office: ChatOffice) -> None:
    await lost(office, Name.FLAG)
    jobs = replace(office.jobs, handler=FakeHandler({Name.FLAG: Reply(line("It failed."), failed=True)}))
    office.clock.advance(LATER)
    await jobs.catch_up()
    assert told(office) == []
    office.clock.advance(TRIED_FOR)
    await jobs.catch_up()
    await jobs.catch_up()
    assert told(office) == ["It failed."]


@pytest.mark.parametrize(
    ("trouble", "tried"),
    [(Unavailable("503"), TRIES), (OutcomeUnknown("504"), TRIES), (RateLimited("slower", 600), 3), (Rejected("blocked"), 3)],
)
async def test_a_chat_that_cannot_be_written_to_keeps_nothing_back(office: ChatOffice, trouble: OutsideError, tried: int) -> None:
    """One that is down is left alone; who blocked us says nothing of the others."""
    await lost(office, Name.FLAG, "balance acme", "overdue")
    office.slack.trouble = trouble
    office.clock.advance(LATER)
    assert await replace(office.jobs, rest=Rested()).catch_up() == 3
    assert office.slack.tried == tried
    assert await office.jobs.catch_up() == 0
    assert len((await office.account("acme")).flags) == 1


@pytest.mark.parametrize("trouble", [Unavailable("503"), OutcomeUnknown("504"), RateLimited("slower", 3)])
async def test_what_the_chat_did_not_take_is_said_again(office: ChatOffice, trouble: OutsideError) -> None:
    await lost(office, Name.FLAG)
    office.slack.trouble = trouble
    office.clock.advance(LATER)
    await replace(office.jobs, rest=Rested(office.slack)).catch_up()
    assert len(told(office)) == 1
