"""A message that may have left: a person looks, and the first answer counts."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, BEN, VERA, Office
from workflows.domain.access import User
from workflows.domain.ids import NoticeId
from workflows.errors import AlreadyDone, NotAllowed
from workflows.records import CardKind
from workflows.settle_unknown import SettleUnknown, settle_unknown


async def in_doubt(store: SqlStore) -> Office:
    office = Office(store, room=FakeRoom())
    await office.open(ANA, BEN, VERA, chat=True)
    await office.owe("acme")
    office.mail.lost_answers = True
    await office.tick()
    await office.deliver()
    office.mail.lost_answers = False
    return office


async def answer(office: Office, *, left: bool, by: User = ANA) -> NoticeId:
    notice = (await office.notices("acme"))[-1].id
    async with office.store() as work:
        await settle_unknown(SettleUnknown(notice, left, by), work, office.clock)
    return notice


async def test_it_left_says_a_person_and_it_counts_as_sent(store: SqlStore) -> None:
    office = await in_doubt(store)
    await answer(office, left=True)
    await office.pass_minutes(3)
    assert await office.states("acme") == ["sent"]
    assert len(office.mail.mailbox) == 1
    assert await office.cards(CardKind.PROBLEM) == []


async def test_it_did_not_leave_says_a_person_and_it_is_sent_again_under_its_key(store: SqlStore) -> None:
    office = await in_doubt(store)
    await answer(office, left=False)
    await office.pass_minutes(3)
    assert await office.states("acme") == ["sent"]
    assert len(office.mail.mailbox) == 2
    assert len({arrived.key for arrived in office.mail.mailbox}) == 1


async def test_answered_days_later_when_it_was_paid_nothing_is_sent_again(store: SqlStore) -> None:
    office = await in_doubt(store)
    await office.pay("acme")
    await answer(office, left=False)
    await office.pass_minutes(3)
    assert len(office.mail.mailbox) == 1


async def test_answered_days_later_it_is_sent_again_once_on_that_day(store: SqlStore) -> None:
    office = await in_doubt(store)
    office.clock.advance(timedelta(days=1))
    await answer(office, left=False)
    await office.pass_minutes(5)
    assert len(office.mail.mailbox) == 2
    last = [notice for notice in await office.notices("acme") if notice.state.counts]
    assert [notice.day for notice in last] == [office.today]


async def test_in_doubt_twice_a_day_it_is_asked_about_twice(store: SqlStore) -> None:
    office = await in_doubt(store)
    office.mail.lost_answers = True
    await answer(office, left=False)
    await office.pass_minutes(2)
    assert await office.states("acme") == ["unknown"]
    assert [card.data["what"] for card in await office.cards(CardKind.PROBLEM)] == ["unknown_message"]
    office.mail.lost_answers = False
    await answer(office, left=True)
    await office.pass_minutes(2)
    assert await office.states("acme") == ["sent"]
    assert len(office.mail.mailbox) == 2


async def test_of_two_answers_the_first_counts_and_the_second_is_told(store: SqlStore) -> None:
    office = await in_doubt(store)
    found = await asyncio.gather(answer(office, left=False), answer(office, left=True, by=BEN), return_exceptions=True)
    assert [type(one) for one in found].count(AlreadyDone) == 1
    assert any("says it was" in str(one) and "(Tue 24 Nov 2026 at " in str(one) for one in found if isinstance(one, AlreadyDone))
    first = next(left for left, one in zip((False, True), found, strict=True) if not isinstance(one, AlreadyDone))
    await office.pass_minutes(2)
    assert len(office.mail.mailbox) == (1 if first else 2)
    settled = [data["left"] for kind, data in await office.trail() if kind == "notice.settled"]
    assert settled == [first]


async def test_a_viewer_may_not_answer(store: SqlStore) -> None:
    office = await in_doubt(store)
    with pytest.raises(NotAllowed):
        await answer(office, left=True, by=VERA)
    assert await office.states("acme") == ["unknown"]


async def test_the_question_in_the_chat_becomes_its_answer(store: SqlStore) -> None:
    office = await in_doubt(store)
    question = (await office.cards(CardKind.PROBLEM))[0]
    await answer(office, left=True)
    await office.deliver()
    assert office.room is not None
    assert "settled" in office.room.standing[question.message or ""].summary
