"""Delivery: decided once more before it leaves, tried again when it surely did not, never when it may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text

from adapters.letters.template_letters import TemplateLetters
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from tests.fakes.outreach import FakeOutreach
from tests.workflows.office import ANA, ANY_HOUR, Office, opened, policies
from workflows.deliver_notices import LEASE, MOST_ATTEMPTS, Ready, abandoned_notices, settle_abandoned
from workflows.domain.account import Snooze
from workflows.domain.messages import Letter, Message
from workflows.errors import NeedsReconnect, OutsideError, RateLimited, Refused, Rejected, Unavailable
from workflows.prepare_notices import claim_notices, keep_prepared, note_and_clear, prepare
from workflows.records import CardKind, Effect, OutboxState


async def test_what_is_due_arrives_once_with_its_text_kept_sealed_and_its_hash_in_the_trail(store: SqlStore, database_url: str) -> None:
    office = await opened(store, "acme", "brill")
    await office.tick()
    done = await office.deliver()
    assert (done.sent, done.failed, done.unknown) == (2, 0, 0)
    await office.pass_minutes(3)
    assert [to for to, _ in office.mail.letters] == ["pay@acme.example", "pay@brill.example"]
    assert await office.states("acme") == ["sent"]
    arrived = office.mail.mailbox[0].message
    hashes = {data["sha256"] for kind, data in await office.trail() if kind == "notice.sending"}
    assert sha256(arrived.text.encode()).hexdigest() in hashes
    notice = (await office.notices("acme"))[0]
    async with store() as work:
        assert await work.body(notice.id) in [one.message for one in office.mail.mailbox]
    engine = open_engine(database_url)
    async with engine.connect() as connection:
        bodies = [bytes(row.body) for row in await connection.execute(text("SELECT body FROM notices"))]
    await engine.dispose()
    assert len(bodies) == 2
    assert not any(b"INV-" in body for body in bodies)


async def test_paid_between_the_tick_and_the_delivery_nothing_leaves(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    await office.pay("acme")
    await office.deliver()
    assert office.mail.mailbox == []
    assert await office.states("acme") == ["suppressed"]
    await office.pass_minutes(3)
    assert office.mail.tried == 0


async def test_snoozed_between_the_tick_and_the_delivery_nothing_leaves(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    item = (await office.account("acme")).items[0].id
    async with store() as work:
        await work.snooze(Snooze(item, office.today + timedelta(days=7), ANA.id, office.clock.now()))
    await office.deliver()
    assert office.mail.mailbox == []


async def test_paid_in_part_it_asks_for_the_rest(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    await office.pay("acme", "60.00")
    await office.deliver()
    assert "40.00" in office.mail.mailbox[0].message.text


async def test_an_invoice_that_came_meanwhile_is_listed_and_its_step_not_said_again(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    await office.owe("acme/2", late=2)
    await office.deliver()
    assert "INV-acme/2" in office.mail.mailbox[0].message.text
    await office.pass_minutes(3)
    assert len(office.mail.mailbox) == 1


async def test_when_the_hour_has_closed_it_is_put_off_to_the_next_opening(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    office.clock.set(datetime(2026, 11, 24, 17, 0, tzinfo=UTC))  # 18:00 in Berlin
    await office.deliver()
    await office.pass_minutes(5)
    await office.at(datetime(2026, 11, 25, 7, 59, tzinfo=UTC))
    assert office.mail.mailbox == []
    await office.at(datetime(2026, 11, 25, 8, 0, tzinfo=UTC))
    await office.pass_minutes(3)
    assert len(office.mail.mailbox) == 1
    sent = next(notice for notice in await office.notices("acme") if notice.state.counts)
    assert sent.day == date(2026, 11, 25)


async def test_what_was_put_off_does_not_make_two_messages_a_day(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    await office.at(datetime(2026, 11, 24, 17, 0, tzinfo=UTC))
    await office.owe("acme/2", late=-2)  # on Wednesday its step before the due day has come as well
    for minute in range(10):
        await office.at(datetime(2026, 11, 25, 8, minute, tzinfo=UTC))
    assert len(office.mail.mailbox) == 1
    assert "INV-acme/2" in office.mail.mailbox[0].message.text


async def test_gone_stale_since_it_was_queued_it_leaves_with_the_next_file(store: SqlStore) -> None:
    office = Office(store, policies=policies(ANY_HOUR))
    await office.open(by_files=True)
    await office.owe("acme")
    await read_today(office)
    await office.tick()
    office.clock.advance(timedelta(days=3))
    await office.deliver()
    assert office.mail.mailbox == []
    await office.tick()
    await read_today(office)
    await office.pass_minutes(2)
    assert len(office.mail.mailbox) == 1


async def read_today(office: Office) -> None:
    async with office.store() as work:
        await work.change_book(replace(await work.book("main"), read_through=office.today, read_at=office.clock.now()))


async def test_what_surely_did_not_leave_is_tried_again_with_growing_pauses_and_then_given_up(store: SqlStore) -> None:
    office = await opened(store, "acme", policies=policies(ANY_HOUR))
    office.mail.trouble["*"] = Unavailable("no connection")
    await office.tick()
    await office.deliver()
    pauses = [1, 2, 4, 8, 16, 32, 60]
    for tried, pause in enumerate(pauses, start=1):
        office.clock.advance(timedelta(minutes=pause, seconds=-1))
        await office.deliver()
        assert office.mail.tried == tried
        office.clock.advance(timedelta(seconds=1))
        await office.deliver()
        assert office.mail.tried == tried + 1
    assert office.mail.tried == MOST_ATTEMPTS
    assert await office.states("acme") == ["failed"]


@pytest.mark.parametrize("trouble", [Unavailable("no connection"), NeedsReconnect("the password is no longer right")])
async def test_it_leaves_once_when_the_server_is_back(store: SqlStore, trouble: OutsideError) -> None:
    office = await opened(store, "acme")
    office.mail.trouble["*"] = trouble
    await office.tick()
    await office.deliver()
    office.mail.trouble.clear()
    await office.deliver()
    assert office.mail.mailbox == []  # not before its pause is over
    await office.pass_minutes(3)
    assert len(office.mail.mailbox) == 1
    assert await office.states("acme") == ["sent"]


@pytest.mark.parametrize("seconds", [0.0, 600.0])
async def test_a_server_that_asks_for_time_gets_it(store: SqlStore, seconds: float) -> None:
    office = await opened(store, "acme")
    office.mail.trouble["*"] = RateLimited("slow down", seconds)
    await office.tick()
    await office.deliver()
    assert office.mail.tried == 1
    office.mail.trouble.clear()
    office.clock.advance(timedelta(seconds=max(seconds, 60)))
    await office.deliver()
    assert len(office.mail.mailbox) == 1


async def test_trouble_with_one_stops_no_other(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill", "costa")
    office.mail.trouble = {"pay@acme.example": Rejected("550"), "pay@brill.example": ValueError("a mistake of ours")}
    await office.tick()
    done = await office.deliver()
    assert (done.sent, done.failed, done.unknown) == (1, 1, 1)
    assert [await office.states(name) for name in ("acme", "brill", "costa")] == [["failed"], ["unknown"], ["sent"]]


async def test_a_letter_that_cannot_be_written_stops_no_other(store: SqlStore) -> None:
    @dataclass
    class Unwritable(TemplateLetters):
        def __init__(self) -> None:
            super().__init__()

        def write(self, letter: Letter) -> Message:
            if letter.customer.number == "acme":
                raise Refused("There is no template of that name.")
            return super().write(letter)

    office = await opened(store, "acme", "brill", letters=Unwritable())
    await office.tick()
    await office.deliver()
    await office.pass_minutes(3)
    assert [await office.states(name) for name in ("acme", "brill")] == [["failed"], ["sent"]]


async def test_what_may_have_left_is_never_sent_again_by_itself_and_a_card_asks(store: SqlStore) -> None:
    office = await opened(store, "acme")
    office.mail.lost_answers = True
    await office.tick()
    await office.deliver()
    assert await office.states("acme") == ["unknown"]
    office.mail.lost_answers = False
    for day in range(1, 10):
        await office.at(datetime(2026, 11, 24 + day // 2, 10 + day % 2, tzinfo=UTC))
    assert len(office.mail.mailbox) == 1
    assert [card.data["what"] for card in await office.cards(CardKind.PROBLEM)] == ["unknown_message"]


async def written(office: Office) -> Sequence[Ready]:
    """What waits is claimed and written by a worker."""
    async with office.store() as work:
        claimed = await claim_notices(work, "email", office.clock, 32)
        found = [(one, prepare(one, office.policies, office.letters, office.clock)) for one in claimed]
        return await keep_prepared(found, work, office.clock)


async def cleared(office: Office) -> Sequence[Ready]:
    """It is `sending`, too."""
    ready = await written(office)
    async with office.store() as work:
        return await note_and_clear([], ready, work, office.clock)


async def left_in_sending(office: Office, *, sent: bool) -> None:
    """As a process leaves it that is killed before the receipt is noted, with the message sent or not."""
    await office.tick()
    for ready in await cleared(office):
        if sent:
            await office.mail.send(ready.message, ready.row.key)


@pytest.mark.parametrize(
    ("can_be_asked", "sent", "state"), [(True, True, "sent"), (True, False, "sent"), (False, True, "unknown"), (False, False, "unknown")]
)
async def test_a_row_left_in_sending_is_settled_by_what_the_vendor_says(
    store: SqlStore, *, can_be_asked: bool, sent: bool, state: str
) -> None:
    office = await opened(store, "acme", mail=FakeOutreach(can_be_asked=can_be_asked))
    await left_in_sending(office, sent=sent)
    arrived = len(office.mail.mailbox)
    await office.deliver()
    assert len(office.mail.mailbox) == arrived  # the lease still runs: somebody may be at it
    office.clock.advance(LEASE)
    await office.deliver()
    assert await office.states("acme") == [state]
    assert len(office.mail.mailbox) == int(sent or can_be_asked)
    assert len(await office.cards(CardKind.PROBLEM)) == int(not can_be_asked)


async def test_a_vendor_that_cannot_be_asked_now_is_asked_later_and_delays_nobody(store: SqlStore) -> None:
    office = await opened(store, "acme", mail=FakeOutreach(can_be_asked=True))
    await left_in_sending(office, sent=True)
    office.mail.cannot_answer = Unavailable("no connection")
    await office.owe("brill")
    office.clock.advance(LEASE)
    await office.tick()
    await office.deliver()
    assert await office.states("brill") == ["sent"]
    office.mail.cannot_answer = None
    office.clock.advance(LEASE)
    await office.deliver()
    assert await office.states("acme") == ["sent"]
    assert len(office.mail.mailbox) == 2


async def test_a_process_that_wakes_up_after_its_lease_sends_nothing(store: SqlStore) -> None:
    """As a laptop that slept between the claim and the sending: by then somebody else may have settled it."""
    office = await opened(store, "acme", mail=FakeOutreach(can_be_asked=True))
    await office.tick()
    (ready,) = await cleared(office)
    office.clock.advance(LEASE)
    await office.deliver()  # another process
    assert len(office.mail.mailbox) == 1
    late = await office.jobs.sending("email").send(ready)
    assert isinstance(late, Unavailable)
    async with store() as work:
        await note_and_clear([(ready, late)], [], work, office.clock)
    office.clock.advance(timedelta(minutes=2))
    await office.deliver()
    assert len(office.mail.mailbox) == 1
    assert await office.states("acme") == ["sent"]


async def test_a_vendor_that_answers_after_the_lease_changes_nothing_of_what_was_settled_since(store: SqlStore) -> None:
    office = await opened(store, "acme", mail=FakeOutreach(can_be_asked=True))
    await left_in_sending(office, sent=False)
    office.clock.advance(LEASE)
    async with store() as work:
        ((row, _),) = await abandoned_notices(work, "email", {"email"}, office.clock, 32)
    office.clock.advance(LEASE)
    await office.deliver()  # another process, which was answered at once
    async with store() as work:
        await settle_abandoned(row, False, work, office.clock)
    await office.deliver()
    assert len(office.mail.mailbox) == 1
    assert await office.states("acme") == ["sent"]


async def test_nothing_is_left_open_in_the_outbox(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    await office.tick()
    await office.deliver()
    assert await office.outbox() == {(Effect.NOTICE, OutboxState.SENT): 2}


async def test_staff_are_told_of_a_message_that_was_refused_for_good(store: SqlStore) -> None:
    office = await opened(store, "acme")
    office.mail.trouble = {"pay@acme.example": Rejected("550 no such mailbox")}
    await office.tick()
    await office.deliver()
    (card,) = await office.cards(CardKind.PROBLEM)
    async with store() as work:
        drawn = await draw(card, work, office.policies, office.clock.now())
    assert card.data["what"] == "delivery_failed"
    assert "did not arrive" in drawn.summary
    assert "550 no such mailbox" in drawn.summary
