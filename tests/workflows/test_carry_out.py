"""What a policy does beside alerts and reminders, as the service does it: every tick killed once, run, and run again for no reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from cards.plain.render import render
from tests.conftest import SECRET_KEY
from tests.fakes.room import FakeRoom
from tests.workflows.ledgers import Row, a_policy
from tests.workflows.office import ANA, MAX, Office, policies
from tests.workflows.service import WRITE, an_office, days, left, minutes, pay, step, steps_of, take_back
from workflows.approve_request import ApproveRequest, RefuseRequest, approve_request, expire_requests, refuse_request
from workflows.domain.access import Role, User
from workflows.domain.approvals import Approval
from workflows.errors import NotAllowed
from workflows.records import CardKind


@pytest.fixture
async def store(one_url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield made
    await made.close()


async def asked(office: Office) -> Approval:
    return (await office.account("acme")).approvals[-1]


async def approved(office: Office, by: User = MAX) -> None:
    ask = ApproveRequest((await asked(office)).id, by)
    async with office.store() as work:
        await approve_request(ask, work, office.clock)


async def shown(office: Office, kind: CardKind) -> list[str]:
    cards = await office.cards(kind)
    async with office.store() as work:
        return [" ".join(render(await draw(card, work, office.policies, office.clock.now())).split()) for card in cards]


# Approvals ---------------------------------------------------------------------------------------------------------------


APPROVED = step("handover", 3, {"approve": {"by": "manager"}}, WRITE, {"task": {"what": "call", "for": "owner"}})


async def test_a_step_waits_for_a_manager_and_then_goes_on_once(store: SqlStore) -> None:
    office = await an_office(store, APPROVED)
    await minutes(office)
    account = await office.account("acme")
    assert (len(account.approvals), account.tasks, office.mail.mailbox) == (1, (), [])
    (card,) = await shown(office, CardKind.APPROVAL)
    assert "INV-acme" in card
    with pytest.raises(NotAllowed):
        await approved(office, ANA)
    await approved(office)
    await minutes(office)
    await days(office, 2)
    account = await office.account("acme")
    assert (steps_of(account), [task.what for task in account.tasks], len(account.approvals)) == (["handover"], ["call"], 1)
    assert len(office.mail.mailbox) == 1
    assert await shown(office, CardKind.APPROVAL) == []


async def test_refused_the_step_is_left_out_and_the_next_one_comes(store: SqlStore) -> None:
    office = await an_office(store, APPROVED, step("later", 6, WRITE))
    await minutes(office)
    ask = RefuseRequest((await asked(office)).id, MAX, "not yet")
    async with office.store() as work:
        await refuse_request(ask, work, office.clock)
    await days(office, 4)
    account = await office.account("acme")
    assert (steps_of(account), account.tasks, len(account.approvals)) == (["later"], (), 1)


async def test_what_the_policy_asks_stands_until_somebody_answers(store: SqlStore) -> None:
    office = await an_office(store, APPROVED)
    await minutes(office, 1)
    office.clock.advance(timedelta(days=30))
    async with office.store() as work:
        assert await expire_requests(work, office.clock) == 0
    await minutes(office, 1)
    assert len((await office.account("acme")).approvals) == 1
    await approved(office)
    await minutes(office, 1)
    assert len(office.mail.mailbox) == 1


async def test_in_draft_a_message_waits_for_its_approval(store: SqlStore) -> None:
    office = await an_office(store, step("one", 3, WRITE), mode="draft")
    await minutes(office)
    assert office.mail.mailbox == []
    await approved(office)
    await minutes(office)
    assert steps_of(await office.account("acme")) == ["one"]
    assert len(office.mail.mailbox) == 1


# Fees --------------------------------------------------------------------------------------------------------------------


async def test_a_fee_is_charged_once_and_asked_for_with_the_reminder(store: SqlStore) -> None:
    office = await an_office(store, step("late", 3, {"fee": {"flat": {"EUR": "10.00"}}}, WRITE), step("later", 5, WRITE))
    await minutes(office)
    await days(office, 3)
    assert [fee.amount.plain for fee in (await office.account("acme")).fees] == ["10.00"]
    assert ["110.00" in one.message.text for one in office.mail.mailbox] == [True, True]


async def test_a_fee_that_needs_approval_is_not_owed_before_it(store: SqlStore) -> None:
    office = await an_office(store, step("late", 3, {"approve": {}}, {"fee": {"flat": {"EUR": "10.00"}}}, WRITE))
    await minutes(office)
    assert await left(office) == "100.00"
    await approved(office)
    await minutes(office)
    assert await left(office) == "110.00"
    assert "110.00" in office.mail.mailbox[0].message.text


# Money that came ----------------------------------------------------------------------------------------------------------


THANKS: list[Row] = [{"on": "payment_received", "do": [{"receipt": {"via": ["email"]}}]}]


async def test_money_is_thanked_for_once_and_the_reminders_go_on(store: SqlStore) -> None:
    office = await an_office(store, step("one", 3, WRITE), step("two", 5, WRITE), events=THANKS, gap_days=2, max_attempts=2)
    await minutes(office)
    office.clock.advance(timedelta(days=1))
    await pay(office, "30.00")
    await minutes(office)
    await days(office, 2)
    assert steps_of(await office.account("acme")) == ["one", "payment_received", "two"]
    assert ["30.00" in one.message.text for one in office.mail.mailbox] == [False, True, True]
    assert "70.00" in office.mail.mailbox[2].message.text


async def test_nobody_is_thanked_for_money_that_was_taken_back_before(store: SqlStore) -> None:
    office = await an_office(store, step("one", 30, WRITE), events=THANKS)
    await pay(office, "30.00")
    await office.tick()
    await take_back(office)
    await minutes(office)
    assert office.mail.mailbox == []
    await pay(office, "40.00", "k2")
    await minutes(office)
    assert ["40.00" in one.message.text for one in office.mail.mailbox] == [True]


async def test_the_last_of_it_is_thanked_for_though_nothing_is_open(store: SqlStore) -> None:
    office = await an_office(store, step("one", 3, WRITE), events=THANKS)
    await pay(office, "100.00")
    await minutes(office)
    assert steps_of(await office.account("acme")) == ["payment_received"]


# Things to do -------------------------------------------------------------------------------------------------------------


async def test_tasks_go_to_the_owner_and_what_is_handed_over_to_a_manager(store: SqlStore) -> None:
    do: list[Row] = [{"task": {"what": "call", "for": "owner"}}, {"offer_plan": {}}, {"hand_over": {"to": "collections"}}]
    office = await an_office(store, step("end", 3, *do), step("after", 5, WRITE))
    await minutes(office)
    await days(office, 3)
    account = await office.account("acme")
    assert [(task.what, task.owner) for task in account.tasks] == [
        ("call", ANA.id),
        ("Offer a payment plan", ANA.id),
        ("Hand over to collections", None),
    ]
    assert [(one.to, one.by) for one in account.escalations] == [(MAX.id, None)]
    assert office.mail.mailbox == []


async def test_what_is_handed_over_where_there_is_no_manager_goes_to_an_administrator_and_is_asked_for_no_more_either(
    store: SqlStore,
) -> None:
    office = Office(store, policies=policies(a_policy(step("end", 3, {"hand_over": {}}), step("after", 5, WRITE), name="standard")))
    await office.open(ANA, replace(MAX, role=Role.ADMINISTRATOR))
    await office.owe("acme", late=3)
    await minutes(office)
    await days(office, 3)
    assert [task.what for task in (await office.account("acme")).tasks] == ["Hand over to collections"]
    assert office.mail.mailbox == []


@pytest.mark.parametrize(("who", "told"), [("owner", "UANA"), ("manager", "UMAX")])
async def test_who_is_to_be_told_is_told_themselves_and_once(who: str, told: str, store: SqlStore) -> None:
    office = await an_office(store, step("one", 3, {"notify": {"who": who}}))
    office.room = FakeRoom()
    async with store() as work:
        await work.change_book(replace(await work.book("main"), chat_channel="C1"))
        for user, person in ((ANA, "UANA"), (MAX, "UMAX")):
            await work.link(user.id, office.room.platform, "T1", person)
    await minutes(office, 2)
    assert sorted(office.room.channels.values()) == ["C1", told]
