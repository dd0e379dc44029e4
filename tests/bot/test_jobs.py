"""The jobs: what was accepted is handled after a stop, once; and no job's trouble keeps another's work back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from adapters.chat.protocol import Incoming, Person, Reply
from adapters.store.unit_of_work import SqlStore
from bot.jobs import PATIENCE, TRIED_FOR
from bot.sending import AT_ONCE
from cards.actions import Action, Name
from tests.fakes.handler import FakeHandler, line
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, Office, opened


async def press(office: Office, name: Name, item: UUID, key: str = "press-1") -> Incoming:
    """Accepted and acknowledged, and not handled."""
    incoming = Incoming(key, Person("inbox", "", str(ANA.id)), Action(name, item))
    assert await office.store.inbound(office.clock).accept(incoming)
    return incoming


async def test_a_press_that_was_accepted_before_a_stop_is_handled_once(store: SqlStore) -> None:
    office = await opened(store, "acme")
    item = (await office.account("acme")).items[0].id
    await press(office, Name.FLAG, item)
    office.clock.advance(PATIENCE + timedelta(seconds=1))
    assert await office.jobs.catch_up() == 1
    assert await office.jobs.catch_up() == 0
    account = await office.account("acme")
    assert len(account.flags) == 1
    assert len(account.acts) == 1


async def test_a_press_that_is_being_handled_is_left_alone(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await press(office, Name.FLAG, (await office.account("acme")).items[0].id)
    assert await office.jobs.catch_up() == 0


async def test_a_press_handled_late_and_caught_up_at_once_counts_once(store: SqlStore) -> None:
    office = await opened(store, "acme")
    incoming = await press(office, Name.FLAG, (await office.account("acme")).items[0].id)
    office.clock.advance(PATIENCE + timedelta(seconds=1))
    await office.jobs.catch_up()
    await office.jobs.handler(incoming)
    assert len((await office.account("acme")).acts) == 1


async def test_what_fails_after_a_stop_is_tried_again_until_nobody_expects_it(store: SqlStore) -> None:
    office = await opened(store, "acme")
    incoming = await press(office, Name.FLAG, (await office.account("acme")).items[0].id)
    inbound, handler = office.store.inbound(office.clock), FakeHandler({Name.FLAG: Reply(line("It failed."), failed=True)})
    jobs = replace(office.jobs, handler=handler)
    for waits in (PATIENCE + timedelta(seconds=1), TRIED_FOR - PATIENCE - timedelta(seconds=1)):
        office.clock.advance(waits)
        assert await jobs.catch_up() == 1
        assert [one.incoming for one in await inbound.pending(office.clock.now(), 10)] == [incoming]
    office.clock.advance(timedelta(seconds=1))
    with capture_logs() as logged:
        assert await jobs.catch_up() == 1
    assert [(entry["event"], entry["log_level"]) for entry in logged] == [("request given up", "error")]
    assert await jobs.catch_up() == 0
    assert len(handler.handled) == 3


async def test_however_many_fail_the_others_are_done(store: SqlStore) -> None:
    office = await opened(store, "acme")
    item = (await office.account("acme")).items[0].id
    for number in range(AT_ONCE + 1):
        await press(office, Name.SNOOZE, item, f"press-{number}")
        office.clock.advance(timedelta(seconds=1))
    await press(office, Name.FLAG, item, "the last")
    office.clock.advance(PATIENCE + timedelta(seconds=1))
    handler = FakeHandler({Name.SNOOZE: Reply(line("It failed."), failed=True)})
    inbound = office.store.inbound(office.clock)

    async def handled(incoming: Incoming) -> Reply:
        reply = await handler(incoming)
        if not reply.failed:
            await inbound.give_up(incoming)
        return reply

    assert await replace(office.jobs, handler=handled).catch_up() == AT_ONCE + 2
    assert [one.key for one in handler.handled if one.action and one.action.name is Name.FLAG] == ["the last"]
    assert len(await inbound.pending(office.clock.now(), 99)) == AT_ONCE + 1


async def test_what_cannot_be_given_up_waits_for_the_next_time(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    office = await opened(store, "acme")
    await press(office, Name.FLAG, (await office.account("acme")).items[0].id)
    office.clock.advance(TRIED_FOR + timedelta(seconds=1))
    handler = FakeHandler({Name.FLAG: Reply(line("It failed."), failed=True)})
    monkeypatch.setattr("adapters.store.inbound.AGAIN_AFTER", ())
    assert await replace(office.jobs, handler=handler).catch_up() == 1
    assert len(handler.handled) == 1


async def test_what_failed_after_a_stop_and_does_not_any_more_is_done(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await press(office, Name.FLAG, (await office.account("acme")).items[0].id)
    office.clock.advance(PATIENCE + timedelta(seconds=1))
    await replace(office.jobs, handler=FakeHandler({Name.FLAG: Reply(line("It failed."), failed=True)})).catch_up()
    await office.jobs.catch_up()
    assert len((await office.account("acme")).flags) == 1


async def test_mail_leaves_while_the_chat_is_held_up(store: SqlStore) -> None:
    office = await opened(store, "acme")
    office.room = FakeRoom()
    await office.tick()
    await office.jobs.send_messages()
    assert len(office.mail.mailbox) == 1
    assert office.room.tried == 0


async def test_a_pass_tells_what_it_did(store: SqlStore) -> None:
    office = Office(store, room=FakeRoom())
    await office.open(chat=True)
    await office.owe("acme", "brill")
    await office.tick()
    done = await office.deliver()
    assert (done.sent, done.failed, done.unknown, done.errors) == (2, 0, 0, [])
    assert done.cards == 2
