"""A pass of delivery: so many at once and no more in doubt, each vendor by itself, and nothing lost when it breaks off."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from adapters.letters.template_letters import TemplateLetters
from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from bot.sending import AHEAD, AT_ONCE, SENDING
from tests.workflows.office import ANA, Office, opened
from workflows.domain.account import Snooze
from workflows.domain.ids import new_id
from workflows.domain.messages import Letter, Message, Receipt
from workflows.errors import Unavailable
from workflows.prepare_notices import claim_notices, keep_prepared, note_and_clear, prepare
from workflows.records import TO_ADMINISTRATORS, CardKind, Effect, OutboxState

MANY = tuple(f"c{n:03}" for n in range(AHEAD + SENDING))


@dataclass
class Slow:
    """A vendor that answers when it is let; `at_once` is the most that ever waited for it together."""

    channel: str = "email"
    taken: list[str] = field(default_factory=list)
    waiting: int = 0
    at_once: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    full: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Message, key: str) -> Receipt:
        self.waiting += 1
        self.at_once = max(self.at_once, self.waiting)
        if self.waiting == AT_ONCE:
            self.full.set()
        await self.opened.wait()
        self.waiting -= 1
        self.taken.append(message.to[0])
        return Receipt(key)

    async def was_sent(self, key: str) -> bool | None:
        return None

    async def rest(self) -> None:
        pass


async def morning(store: SqlStore) -> Office:
    office = await opened(store, *MANY)
    await office.tick()
    return office


async def sending_now(office: Office) -> int:
    return (await office.outbox()).get((Effect.NOTICE, OutboxState.SENDING), 0)


async def test_so_many_are_on_their_way_and_only_few_more_in_doubt(store: SqlStore) -> None:
    office, vendor = await morning(store), Slow()
    passing = asyncio.create_task(replace(office.jobs, channels={"email": vendor}).send_messages())
    await vendor.full.wait()
    assert AT_ONCE <= await sending_now(office) <= SENDING
    vendor.opened.set()
    done = await passing
    assert (done.sent, vendor.at_once) == (len(MANY), AT_ONCE)
    assert sorted(vendor.taken) == [f"pay@{name}.example" for name in MANY]
    assert await office.outbox() == {(Effect.NOTICE, OutboxState.SENT): len(MANY)}


async def test_a_vendor_that_hangs_holds_up_itself_alone(store: SqlStore) -> None:
    office, vendor = await morning(store), Slow(channel="sms")
    jobs = replace(office.jobs, channels={"sms": vendor, "email": office.mail})
    await office.owe("urgent")
    await office.tick()
    hanging = asyncio.create_task(jobs.send_on("sms"))
    assert (await jobs.send_on("email")).sent == len(MANY) + 1
    vendor.opened.set()
    assert (await hanging).sent == 0


async def test_broken_off_it_notes_what_came_back_and_hands_back_the_rest(store: SqlStore) -> None:
    office, vendor = await morning(store), Slow()
    passing = asyncio.create_task(replace(office.jobs, channels={"email": vendor}).send_messages())
    await vendor.full.wait()
    passing.cancel()
    vendor.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await passing
    sent = len(vendor.taken)
    assert AT_ONCE <= sent <= SENDING
    assert await office.outbox() == {(Effect.NOTICE, OutboxState.SENT): sent, (Effect.NOTICE, OutboxState.QUEUED): len(MANY) - sent}
    done = await office.deliver()  # at once: what was not handed over had no attempt
    assert (await office.outbox(), done.errors) == ({(Effect.NOTICE, OutboxState.SENT): len(MANY)}, [])
    assert len(office.mail.mailbox) == len(MANY) - sent


async def test_broken_off_at_any_moment_each_message_leaves_once(store: SqlStore) -> None:
    office, vendor = await morning(store), Slow()
    vendor.opened.set()
    for moment in range(5, 165, 8):
        passing = asyncio.create_task(replace(office.jobs, channels={"email": vendor}).send_messages())
        for _ in range(moment):
            await asyncio.sleep(0)
        passing.cancel()
        await asyncio.gather(passing, return_exceptions=True)
        sent, box = len(vendor.taken), +Counter(await office.outbox())
        assert box == +Counter({(Effect.NOTICE, OutboxState.SENT): sent, (Effect.NOTICE, OutboxState.QUEUED): len(MANY) - sent})
        office.clock.advance(timedelta(minutes=1))
    await office.deliver()
    taken = vendor.taken + [one.message.to[0] for one in office.mail.mailbox]
    assert sorted(taken) == [f"pay@{name}.example" for name in MANY]


async def test_what_happens_after_it_was_written_is_seen_before_it_leaves(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    await office.tick()
    item = (await office.account("acme")).items[0].id
    async with store() as work:
        claimed = await claim_notices(work, "email", office.clock, 10)
        ready = await keep_prepared(
            [(one, prepare(one, office.policies, office.letters, office.clock)) for one in claimed], work, office.clock
        )
    async with store() as work:  # at the very same instant of the clock
        await work.snooze(Snooze(item, date(2026, 12, 1), ANA.id, office.clock.now()))
    async with store() as work:
        (left,) = await note_and_clear([], ready, work, office.clock)
    assert left.message.to == ("pay@brill.example",)
    await office.deliver()
    assert office.mail.mailbox == []
    assert await office.states("acme") == ["suppressed"]


async def test_what_another_worker_took_meanwhile_does_not_leave_here_too(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    async with store() as work:
        claimed = await claim_notices(work, "email", office.clock, 10)
        ready = await keep_prepared(
            [(one, prepare(one, office.policies, office.letters, office.clock)) for one in claimed], work, office.clock
        )
    office.clock.advance(timedelta(minutes=5))  # its lease is over
    await office.deliver()
    async with store() as work:
        assert await note_and_clear([], [replace(one, written_at=office.clock.now()) for one in ready], work, office.clock) == []
    assert len(office.mail.mailbox) == 1


async def test_an_error_about_one_message_keeps_no_other_back(store: SqlStore) -> None:
    class Broken(TemplateLetters):
        def write(self, letter: Letter) -> Message:
            if letter.customer.number == "acme":
                raise ZeroDivisionError
            return super().write(letter)

    office = await opened(store, "acme", "brill", letters=Broken())
    await office.tick()
    await office.deliver()
    assert office.mail.letters == [("pay@brill.example", office.mail.mailbox[0].message.subject)]
    assert await office.states("acme") == ["queued"]
    office.letters = TemplateLetters()
    office.clock.advance(timedelta(hours=1))
    await office.deliver()
    assert len(office.mail.mailbox) == 2


async def to_nobody(office: Office) -> None:
    """What a database changed by hand may hold: a row that waits to send a message nobody keeps."""
    async with office.store() as work:
        await work.enqueue(Effect.NOTICE, "notice:lost", {"notice": str(new_id())}, office.clock.now(), "email")


@pytest.mark.parametrize("left_by_a_crash", [False, True])
async def test_a_row_whose_message_is_lost_fails_by_itself_and_administrators_are_told(store: SqlStore, *, left_by_a_crash: bool) -> None:
    office = await opened(store, "acme")
    await to_nobody(office)
    if left_by_a_crash:
        async with store() as work:
            await work.claim(Effect.NOTICE, office.clock.now(), 1, timedelta(0), "email")
    await office.tick()
    await office.deliver()
    assert await office.states("acme") == ["sent"]
    assert (await office.outbox())[Effect.NOTICE, OutboxState.FAILED] == 1
    (card,) = await office.cards(CardKind.PROBLEM)
    assert card.data[TO_ADMINISTRATORS]
    async with store() as work:
        drawn = await draw(card, work, office.policies, office.clock.now())
    assert drawn.summary.startswith("A message to a customer was lost before it left.")
    await office.deliver()
    assert (len(await office.cards(CardKind.PROBLEM)), len(office.mail.mailbox)) == (1, 1)


async def test_rows_of_the_release_before_name_no_channel_and_leave_all_the_same(store: SqlStore) -> None:
    office = await opened(store, "acme")
    item = (await office.account("acme")).items[0].id
    await office.tick()
    async with store() as work:
        (row,) = await work.reserve(Effect.NOTICE, "email", office.clock.now(), 1, timedelta(0))
        await work.enqueue(Effect.NOTICE, "old", dict(row.payload), office.clock.now())
        await work.settle(row.id, OutboxState.SUPPRESSED, office.clock.now())
    await office.deliver()
    assert len(office.mail.mailbox) == 1
    assert item in {entry.item for entry in (await office.notices("acme"))[0].items}


async def test_a_vendor_that_is_away_is_tried_again_by_everybody_s_own_pause(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    office.mail.trouble["pay@acme.example"] = Unavailable("no connection")
    await office.tick()
    done = await office.deliver()
    assert (done.sent, done.failed) == (1, 1)
    office.mail.trouble.clear()
    await office.deliver()
    assert len(office.mail.mailbox) == 1
    office.clock.advance(timedelta(minutes=1))
    await office.deliver()
    assert len(office.mail.mailbox) == 2
