"""Messages that a person chose to send: one beside the policy's own, and only as and when they were warned about."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

from adapters.store.unit_of_work import SqlStore
from tests.workflows.office import ANY_HOUR, opened, policies
from workflows.errors import AlreadyDone, Unavailable


async def test_a_send_by_hand_and_a_tick_at_once_are_one_message(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill", "costa", "dvorak")

    async def by_hand(name: str) -> bool:
        try:
            await office.send_by_hand(name)
        except AlreadyDone:
            return False
        return True

    await asyncio.gather(*(by_hand(name) for name in ("acme", "brill", "costa", "dvorak")), office.tick())
    await office.tick()
    await office.deliver()
    await office.pass_minutes(2)
    assert [to for to, _ in office.mail.letters] == [f"pay@{name}.example" for name in ("acme", "brill", "costa", "dvorak")]


async def test_a_message_by_hand_keeps_its_currencies_and_what_it_leads_with(store: SqlStore) -> None:
    office = await opened(store, policies=policies(ANY_HOUR))
    await office.owe("acme", late=-10)
    await office.owe("acme/2", late=1)
    await office.send_by_hand("acme")
    before = (await office.notices("acme"))[0]
    office.mail.trouble["*"] = Unavailable("no connection")
    await office.deliver()
    after = (await office.notices("acme"))[0]
    assert after.currencies == before.currencies == ("EUR",)
    assert [entry.item for entry in after.items] == [entry.item for entry in before.items]


async def test_a_second_message_by_hand_is_possible_after_one_of_the_policy_was_suppressed(store: SqlStore) -> None:
    office = await opened(store, "acme", policies=policies(ANY_HOUR))
    await office.tick()
    await office.send_by_hand("acme")
    await office.pay("acme", "10.00")
    await office.deliver()
    assert await office.states("acme") == ["suppressed", "sent"]
    office.clock.advance(timedelta(days=1))
    await office.send_by_hand("acme")
    await office.deliver()
    assert len(office.mail.mailbox) == 2


async def test_a_message_that_crossed_midnight_on_its_way_counts_for_the_day_it_leaves(store: SqlStore) -> None:
    office = await opened(store, policies=policies(ANY_HOUR))
    await office.owe("acme")
    office.clock.set(datetime(2026, 11, 24, 22, 59, tzinfo=UTC))  # 23:59 in Berlin
    office.mail.trouble["*"] = Unavailable("no connection")
    await office.tick()
    await office.deliver()
    office.mail.trouble.clear()
    await office.owe("acme/2", late=-3)
    office.clock.advance(timedelta(minutes=1))
    await office.tick()
    await office.deliver()
    await office.pass_minutes(5)
    assert len(office.mail.mailbox) == 1
    assert [notice.day for notice in await office.notices("acme") if notice.state.counts] == [date(2026, 11, 25)]


async def test_a_message_by_hand_that_cannot_leave_on_its_day_never_makes_two_on_a_later_one(store: SqlStore) -> None:
    office = await opened(store, "acme", policies=policies(ANY_HOUR))
    await office.send_by_hand("acme")
    office.clock.advance(timedelta(days=7))  # no mail server was set up; by now the policy writes by itself
    await office.tick()
    await office.deliver()
    await office.pass_minutes(3)
    assert len(office.mail.mailbox) == 1
    assert await office.states("acme") == ["suppressed", "sent"]


async def test_a_message_by_hand_that_nobody_was_warned_about_does_not_leave_at_night(store: SqlStore) -> None:
    office = await opened(store, "acme")
    office.mail.trouble["*"] = Unavailable("no connection")
    await office.send_by_hand("acme")
    await office.deliver()
    office.mail.trouble.clear()
    office.clock.set(datetime(2026, 11, 24, 19, 0, tzinfo=UTC))  # 20:00 in Berlin
    await office.deliver()
    assert office.mail.mailbox == []
    assert await office.states("acme") == ["suppressed"]


async def test_a_message_that_a_person_chose_to_send_at_night_leaves_at_night(store: SqlStore) -> None:
    office = await opened(store, "acme")
    office.clock.set(datetime(2026, 11, 24, 19, 0, tzinfo=UTC))
    await office.send_by_hand("acme", reason="They asked for it tonight.")
    await office.deliver()
    assert len(office.mail.mailbox) == 1
