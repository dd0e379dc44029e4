"""Plans above a limit, which a second person approves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workflows.approving import KIM, LIMITS, approves, do, item_of, large_office, pays
from tests.workflows.office import ANA, BEN, MAX, Office
from workflows.ask_approval import Requested
from workflows.domain.access import User
from workflows.domain.account import PlanState
from workflows.domain.approving import sealed
from workflows.domain.ids import ApprovalId, new_id
from workflows.domain.plans import Rhythm
from workflows.errors import BadEntry, NotAllowed, Refused
from workflows.offer_plan import CancelPlan, PlanSet, ProposePlan, Terms, cancel_plan, propose_plan


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    async with large_office(one_url) as made:
        yield made


async def offers(
    office: Office, name: str = "acme", count: int = 3, how: str = "by phone", by: User = ANA, why: str = "they lost a client"
) -> PlanSet | Requested:
    terms = Terms(count, Rhythm.WEEKLY, office.today + timedelta(days=7))
    ask = ProposePlan(await item_of(office, name), terms, by, how, why)
    async with office.store() as work:
        return await propose_plan(ask, work, office.clock, LIMITS)


@pytest.mark.parametrize(("how", "state"), [("by phone", PlanState.ACTIVE), ("", PlanState.PROPOSED)])
async def test_a_large_plan_is_set_up_to_the_cent_as_it_was_approved(office: Office, how: str, state: PlanState) -> None:
    asked = await offers(office, how=how, by=MAX)
    assert isinstance(asked, Requested)
    assert (await office.account("acme")).plans == ()
    with pytest.raises(NotAllowed):
        await approves(office, asked.approval, MAX)
    await approves(office, asked.approval, KIM)
    (plan,) = (await office.account("acme")).plans
    assert (plan.state, plan.id, plan.by) == (state, asked.approval.subject, MAX.id)
    assert [part.total.plain for part in plan.instalments] == ["6666.67", "6666.67", "6666.66"]


async def test_a_plan_that_has_to_be_approved_says_why(office: Office) -> None:
    with pytest.raises(BadEntry, match="whoever approves it reads it first"):
        await offers(office, why=" ")


async def test_a_plan_drawn_up_for_another_amount_or_begun_too_late_is_void(office: Office) -> None:
    asked = await offers(office)
    assert isinstance(asked, Requested)
    await pays(office, "5.00")
    assert "drawn up for another amount" in (await approves(office, asked.approval, MAX)).because
    again = await offers(office)
    assert isinstance(again, Requested)
    terms = {"plan": str(new_id()), "parts": [["2026-11-23", "19995.00"]], "how": "", "amount": "19995.00", "currency": "EUR"}
    text_, seal = sealed(terms)
    old = replace(again.approval, id=ApprovalId(new_id()), subject=new_id(), terms=text_, seal=seal)
    async with office.store() as work:
        await work.add_approval(old)
    assert "first instalment is past due" in (await approves(office, old, MAX)).because
    assert (await office.account("acme")).plans == ()


async def test_plans_of_thirty_days_add_up_and_a_cancelled_one_does_not_count(office: Office) -> None:
    for name in ("acme", "acme/2"):
        await office.pay(name, "17000.00", of="20000.00")
    assert isinstance(await offers(office), PlanSet)
    assert isinstance(await offers(office, "acme/2"), Requested), "3,000 and 3,000 are above 5,000"
    item = await item_of(office)
    with pytest.raises(Refused, match="Say in a few words why"):
        await do(office, cancel_plan, CancelPlan(item, " ", BEN))
    done: PlanSet = await do(office, cancel_plan, CancelPlan(item, "they pay at once", BEN))
    assert done.plan.state is PlanState.CANCELLED
    with pytest.raises(Refused, match="no plan that could be cancelled"):
        await do(office, cancel_plan, CancelPlan(item, "again", BEN))
    assert isinstance(await offers(office, "acme/2", how=""), PlanSet)
