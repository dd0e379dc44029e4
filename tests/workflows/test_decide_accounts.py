"""The tick: what is due is stored once, however often, however late and by however many it is asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, MAX, Office, opened
from workflows.domain.access import Role
from workflows.errors import Rejected
from workflows.records import CardKind

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


async def test_a_tick_stores_one_message_one_alert_and_one_card(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    ticked = await office.tick()
    assert (ticked.decided.notices, ticked.decided.raised, ticked.alerts.cards) == (2, 2, 2)
    assert await office.states("acme") == ["queued"]
    assert [notice.step for notice in await office.notices("acme")] == ["first"]


async def test_a_tick_run_twice_stores_nothing_more(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    await office.tick()
    before = await office.outbox()
    again = await office.tick()
    assert (again.decided.accounts, again.alerts.cards) == (0, 0)
    assert await office.outbox() == before
    assert len(await office.cards()) == 2


async def test_an_account_looked_at_again_for_no_reason_stores_nothing_more(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    await wake_all(office)
    again = await office.tick()
    assert again.decided.accounts == 1
    assert (again.decided.notices, again.decided.raised, again.alerts.cards) == (0, 0, 0)


async def wake_all(office: Office) -> None:
    async with office.store() as work:
        async for account in work.all_accounts():
            await work.looked(account.customer.id, office.clock.now(), ("standard", 1))


async def test_a_tick_that_is_days_late_sends_the_highest_step_once(store: SqlStore) -> None:
    office = await opened(store, "acme")
    office.clock.advance(timedelta(days=8))  # past the second step, on a Wednesday
    await office.tick()
    await office.deliver()
    assert [notice.step for notice in await office.notices("acme")] == ["second"]
    assert len(office.mail.mailbox) == 1


async def test_two_ticks_at_once_store_each_thing_once(store: SqlStore) -> None:
    office = await opened(store, *(f"c{n}" for n in range(12)))
    await asyncio.gather(office.tick(), office.tick())
    await office.tick()
    assert [await office.states(f"c{n}") for n in range(12)] == [["queued"]] * 12
    assert len(await office.cards(CardKind.ALERT)) == 5
    assert len(await office.cards(CardKind.DIGEST)) == 1


async def test_what_was_refused_for_good_is_not_tried_again_the_same_day_but_another_day(store: SqlStore) -> None:
    office = await opened(store, "acme")
    office.mail.trouble["*"] = Rejected("550 no such mailbox")
    await office.tick()
    await office.deliver()
    assert await office.states("acme") == ["failed"]
    await office.pass_minutes(5)
    assert office.mail.tried == 1
    office.mail.trouble.clear()
    await office.at(WEDNESDAY)
    assert await office.states("acme") == ["failed", "sent"]
    assert len(office.mail.mailbox) == 1


async def test_an_address_that_never_works_is_tried_once_a_day(store: SqlStore) -> None:
    office = await opened(store, "acme")
    office.mail.trouble["*"] = Rejected("550 no such mailbox")
    for hour in range(48):
        await office.at(datetime(2026, 11, 24, 10, tzinfo=UTC) + timedelta(hours=hour))
    assert office.mail.tried == 3  # Tuesday, Wednesday, and Thursday at nine


async def test_an_escalation_by_the_policy_picks_a_manager_and_shows_a_card(store: SqlStore) -> None:
    office = await opened(store)
    await office.owe("acme", late=46)
    ticked = await office.tick()
    await office.deliver()
    assert (ticked.decided.escalated, ticked.alerts.cards) == (1, 1)
    account = await office.account("acme")
    assert [(one.item, one.to, one.by) for one in account.escalations] == [(account.items[0].id, MAX.id, None)]
    assert [card.subject for card in await office.cards(CardKind.ALERT)] == [account.items[0].id]
    assert office.mail.mailbox == []
    await office.pass_minutes(3)
    assert len((await office.account("acme")).escalations) == 1


async def test_without_a_manager_staff_are_told_of_an_escalation_all_the_same(store: SqlStore) -> None:
    office = Office(store)
    await office.open(ANA, replace(MAX, role=Role.ADMINISTRATOR))
    await office.owe("acme", late=46)
    ticked = await office.tick()
    assert (ticked.decided.escalated, ticked.alerts.cards) == (1, 1)
    assert (await office.tick()).alerts.cards == 0


async def test_a_stale_book_sends_nothing_and_asks_once_in_the_chat(store: SqlStore) -> None:
    office = Office(store, room=FakeRoom())
    await office.open(chat=True, by_files=True)
    await office.owe("acme", "brill")
    await read_through(office, days_ago=7)
    await office.tick()
    await office.deliver()
    await office.pass_minutes(2)
    assert office.mail.mailbox == []
    problems = await office.cards(CardKind.PROBLEM)
    assert [card.data["what"] for card in problems] == ["stale_book"]
    assert problems[0].message is not None
    assert office.room is not None
    assert "too old" in office.room.standing[problems[0].message].summary


async def read_through(office: Office, days_ago: int) -> None:
    async with office.store() as work:
        day = office.clock.now().date() - timedelta(days=days_ago)
        await work.change_book(replace(await work.book("main"), read_through=day, read_at=office.clock.now()))


async def test_what_waited_for_a_newer_file_leaves_when_it_is_read(store: SqlStore) -> None:
    office = Office(store)
    await office.open(by_files=True)
    await office.owe("acme")
    await read_through(office, days_ago=7)
    await office.tick()
    await read_through(office, days_ago=0)
    await office.pass_minutes(1)
    assert await office.states("acme") == ["sent"]


async def test_the_audit_trail_tells_why_a_message_was_queued(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    queued = [data for kind, data in await office.trail() if kind == "notice.queued"]
    assert len(queued) == 1
    assert queued[0]["because"] == "The step first is due."


async def test_an_account_that_cannot_be_decided_is_put_aside_and_stops_no_other(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    acme = (await office.account("acme")).customer.id
    async with store() as work:
        await work.looked(acme, office.clock.now(), ("a policy nobody kept", 1))
    await office.tick()
    assert (await office.states("acme"), await office.states("brill")) == ([], ["queued"])
    (card,) = await office.cards(CardKind.PROBLEM)
    assert (card.subject, card.data["what"]) == (acme, "put_aside")
    async with store() as work:
        drawn = await draw(card, work, office.policies, office.clock.now())
    assert "a policy nobody kept" in drawn.summary
    assert (await office.tick()).decided.accounts == 0
    office.clock.advance(timedelta(hours=1, minutes=1))
    assert (await office.tick()).decided.accounts == 1
