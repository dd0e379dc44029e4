"""Stopping a message of today: it never leaves, nor is it made up for, and what comes after it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, BEN, VERA, Office, opened
from workflows.domain.access import User
from workflows.domain.account import NoticeState
from workflows.errors import AlreadyDone, NotAllowed, Refused
from workflows.records import Effect, OutboxState
from workflows.stop_message import StopMessage, Stopped, stop_message

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    store = SqlStore(open_engine(database_url), [SECRET_KEY])
    yield await opened(store, "acme")
    await store.close()


async def stop(office: Office, by: User = ANA, why: str = "they called", *, queued: bool) -> Stopped:
    account = await office.account("acme")
    waiting = [one.id for one in account.notices if one.state is NoticeState.QUEUED]
    ask = StopMessage(account.items[0].id, why, by, waiting[0] if queued else None)
    async with office.store() as work:
        return await stop_message(ask, work, office.policies, office.clock)


async def test_what_waits_in_the_outbox_never_leaves_and_the_next_step_comes_at_its_time(office: Office) -> None:
    await office.tick()
    assert (await stop(office, queued=True)).step == "first"
    await office.pass_minutes(3)
    assert office.mail.mailbox == []
    (notice,) = await office.notices("acme")
    assert (notice.state, notice.because) == (NoticeState.SUPPRESSED, "Ana stopped it: they called")
    assert (await office.outbox())[Effect.NOTICE, OutboxState.SUPPRESSED] == 1
    await office.at(office.clock.now() + timedelta(days=8))
    assert [one.step for one in await office.notices("acme")] == ["first", "second"]
    assert len(office.mail.mailbox) == 1


async def test_what_is_only_planned_for_today_is_left_out(office: Office) -> None:
    office.clock.set(datetime(2026, 11, 24, 7, 0, tzinfo=BERLIN))
    await office.tick()
    assert await office.notices("acme") == []
    assert (await stop(office, queued=False)).step == "first"
    await office.at(datetime(2026, 11, 24, 12, 0, tzinfo=BERLIN))
    assert office.mail.mailbox == []
    await office.at(datetime(2026, 12, 1, 12, 0, tzinfo=BERLIN))
    assert [one.step for one in await office.notices("acme")] == ["second"]
    with pytest.raises(Refused, match="No message about INV-acme leaves today"):
        await stop(office, queued=False)


async def test_it_is_audited_with_who_and_why_and_stands_with_the_invoice(office: Office) -> None:
    await office.tick()
    await stop(office, queued=True)
    (data,) = [data for kind, data in await office.trail() if kind == "message.stopped"]
    assert (data["step"], data["number"]) == ("first", "INV-acme")
    assert (await office.account("acme")).acts[-1].words == "Ana stopped the message: they called"


async def stop_it(office: Office, name: str) -> None:
    """Ben does, from a list that is old by now."""
    account = await office.account(name)
    async with office.store() as work:
        await stop_message(StopMessage(account.items[0].id, "they paid", BEN, account.notices[0].id), work, office.policies, office.clock)


async def test_the_second_to_stop_it_is_told_who_was_first_and_whoever_is_late_when_it_left(office: Office) -> None:
    await office.tick()
    await office.owe("brill")
    await office.tick()
    await stop(office, queued=True)
    office.clock.advance(timedelta(minutes=3))
    with pytest.raises(AlreadyDone, match=r"^Ana stopped the message: they called, Tue 24 Nov 2026 at 11:00\.$"):
        await stop_it(office, "acme")
    await office.deliver()
    with pytest.raises(AlreadyDone, match=r"^That message left Tue 24 Nov 2026 at 11:03\."):
        await stop_it(office, "brill")


async def test_a_message_that_is_leaving_cannot_be_stopped(office: Office) -> None:
    await office.tick()
    async with office.store() as work:
        rows = await work.reserve(Effect.NOTICE, "email", office.clock.now(), 10, timedelta(minutes=5))
        assert await work.set_sending(rows, office.clock.now(), timedelta(minutes=5))
    with pytest.raises(AlreadyDone, match="leaving this moment"):
        await stop(office, queued=True)
    assert [one.state for one in await office.notices("acme")] == [NoticeState.QUEUED]


async def test_it_needs_a_reason_and_a_collector(office: Office) -> None:
    await office.tick()
    with pytest.raises(Refused, match="why"):
        await stop(office, BEN, "  ", queued=True)
    with pytest.raises(NotAllowed):
        await stop(office, VERA, queued=True)


async def test_one_sent_by_hand_is_stopped_and_leaves_no_step_out(office: Office) -> None:
    sent = await office.send_by_hand("acme")
    async with office.store() as work:
        await stop_message(StopMessage(sent.item.id, "sent by mistake", ANA, sent.notice), work, office.policies, office.clock)
    await office.pass_minutes(2)
    assert [(one.by is None, one.state.value) for one in await office.notices("acme")] == [(False, "suppressed"), (True, "sent")]
