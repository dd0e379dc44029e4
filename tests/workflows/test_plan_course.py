"""A payment plan in the service: kept, paid back and taken back, late, cured, in default, and what is asked for then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.workflows.ledgers import Row
from tests.workflows.office import ANA, MAX, Office
from tests.workflows.service import WRITE, an_office, days, left, minutes, pay, step, steps_of, take_back
from workflows.approve_request import RefuseRequest, refuse_request
from workflows.ask_approval import Requested
from workflows.domain.account import PlanState
from workflows.domain.aging import BUCKETS
from workflows.domain.approving import Limits
from workflows.domain.finish import FINISHED
from workflows.domain.plans import Rhythm
from workflows.offer_plan import ProposePlan, Terms, propose_plan

EVENTS: list[Row] = [
    {"on": "instalment_created", "do": [{"task": {"what": "watch the plan", "for": "owner"}}]},
    {"on": "plan_late", "do": [WRITE]},
    {"on": "plan_defaulted", "do": [{"task": {"what": "call them", "for": "owner"}}]},
]
FIRST = date(2026, 11, 25)  # the Wednesday on which the first of two instalments is due; each is late from the day after the grace
LATE, DEFAULT = date(2026, 12, 1), date(2026, 12, 6)  # three business days of grace, then a notice; four days to cure it


@pytest.fixture
async def store(one_url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield made
    await made.close()


@pytest.fixture
async def office(store: SqlStore) -> Office:
    """Whose customer has agreed to pay 100.00 in two instalments a month apart."""
    office = await an_office(store, step("first", 40, WRITE), late=35, events=EVENTS, grace_days=3, cure_days=4)
    item = (await office.account("acme")).items[0].id
    ask = ProposePlan(item, Terms(2, Rhythm.MONTHLY, FIRST), ANA, "on the phone")
    async with store() as work:
        await propose_plan(ask, work, office.clock, Limits())
    await minutes(office, 1)
    return office


async def until(office: Office, day: date) -> None:
    """Looked at at noon of every day up to and with this one, where something may happen."""
    while office.today < day:
        office.clock.advance(timedelta(days=1))
        await minutes(office, 1)


async def plan_state(office: Office) -> PlanState:
    return (await office.account("acme")).plans[0].state


async def told(office: Office) -> list[tuple[str, str]]:
    """The day and name of what staff were told of it."""
    account = await office.account("acme")
    return [(str(account.book.place.day(one.at)), one.step) for one in account.raised if one.step != FINISHED]


async def aged(office: Office) -> dict[str, str]:
    """What the database itself adds up, by age."""
    async with office.store() as work:
        (row,) = await work.aging((await work.book("main")).id, office.today)
    return {name: amount.plain for name, (_, amount) in zip(BUCKETS, row.buckets, strict=True) if amount.minor}


async def test_an_agreed_plan_makes_its_task_once_and_nothing_is_asked_of_the_invoice(office: Office) -> None:
    await until(office, FIRST + timedelta(days=2))
    account = await office.account("acme")
    assert [(task.what, task.owner) for task in account.tasks] == [("watch the plan", ANA.id)]
    assert office.mail.mailbox == []
    assert await aged(office) == {"current": "50.00", "1-30": "50.00"}


async def test_a_late_instalment_is_told_of_and_asked_for_once(office: Office) -> None:
    await until(office, LATE - timedelta(days=1))
    assert (await told(office), office.mail.mailbox) == ([], [])
    await until(office, LATE + timedelta(days=2))
    assert await told(office) == [(str(LATE), "plan_late")]
    assert steps_of(await office.account("acme")) == ["plan_late"]
    assert "50.00" in office.mail.mailbox[0].message.text


async def test_paid_within_the_grace_nothing_is_said(office: Office) -> None:
    await until(office, LATE - timedelta(days=1))
    await pay(office, "50.00")
    await until(office, DEFAULT + timedelta(days=1))
    assert (await told(office), office.mail.mailbox) == ([], [])
    assert await plan_state(office) is PlanState.ACTIVE


async def test_cured_on_the_last_day_the_plan_goes_on(office: Office) -> None:
    await until(office, DEFAULT - timedelta(days=1))
    await pay(office, "50.00")
    await until(office, DEFAULT + timedelta(days=3))
    assert await plan_state(office) is PlanState.ACTIVE
    assert steps_of(await office.account("acme")) == ["plan_late"]


async def test_in_default_the_whole_is_due_as_it_was_and_late_money_counts_but_heals_nothing(office: Office) -> None:
    await until(office, DEFAULT - timedelta(days=1))
    assert await plan_state(office) is PlanState.ACTIVE
    await until(office, DEFAULT)
    assert await plan_state(office) is PlanState.DEFAULTED
    assert await told(office) == [(str(LATE), "plan_late"), (str(DEFAULT), "plan_defaulted")]
    assert await aged(office) == {"31-60": "100.00"}
    await pay(office, "50.00")
    await until(office, DEFAULT + timedelta(days=2))
    account = await office.account("acme")
    assert account.plans[0].state is PlanState.DEFAULTED
    assert await left(office) == "50.00"
    assert await aged(office) == {"31-60": "50.00"}
    assert [task.what for task in account.tasks] == ["watch the plan", "call them"]
    assert steps_of(account) == ["plan_late", "first"]
    assert "100.00" in office.mail.mailbox[1].message.text


async def test_a_plan_that_is_paid_is_completed_and_runs_again_if_the_money_is_taken_back(office: Office) -> None:
    await pay(office, "100.00")
    await minutes(office, 1)
    assert await plan_state(office) is PlanState.COMPLETED
    await days(office, 1)
    await take_back(office)
    await minutes(office, 1)
    account = await office.account("acme")
    assert account.plans[0].state is PlanState.ACTIVE
    assert account.plans[0].accepted_how == "on the phone"
    assert await aged(office) == {"current": "100.00"}
    await until(office, DEFAULT)
    assert await plan_state(office) is PlanState.DEFAULTED


async def test_reminders_wait_while_a_large_plan_awaits_approval_and_go_on_when_it_is_refused(store: SqlStore) -> None:
    office = await an_office(store, step("one", 4, WRITE), step("two", 7, WRITE))
    item = (await office.account("acme")).items[0].id
    ask = ProposePlan(item, Terms(2, Rhythm.MONTHLY, FIRST), ANA, "on the phone", "they are short of cash")
    async with store() as work:
        requested = await propose_plan(ask, work, office.clock, Limits(plan=50))
    assert isinstance(requested, Requested)
    await days(office, 2)
    assert office.mail.mailbox == []
    async with store() as work:
        await refuse_request(RefuseRequest(requested.approval.id, MAX, "too long"), work, office.clock)
    await minutes(office, 1)
    assert office.mail.mailbox == [], "what fell into it is let go"
    await days(office, 2)
    assert steps_of(await office.account("acme")) == ["two"]
