"""What was known on a day: facts noted or ended later are not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.workflows.office import ANA, Office, opened
from workflows.answer_query import known_at, see_item
from workflows.domain.approving import Limits
from workflows.domain.claims import Dispute, Hold, Promise, PromiseEnd
from workflows.domain.decision import State
from workflows.domain.ids import HoldId, PromiseId, new_id
from workflows.domain.money import Money
from workflows.domain.plans import Rhythm
from workflows.offer_plan import AnswerPlan, PlanSet, ProposePlan, Terms, answer_plan, propose_plan


async def state_on(office: Office, days: int) -> State:
    """Of the customer's invoice, so many days from today, by what is known today."""
    item = (await office.account("acme")).items[0].id
    async with office.store() as work:
        seen = await see_item(item, work, office.policies, office.clock.now())
    return known_at(seen, office.today + timedelta(days=days)).of(item).state


async def test_a_plan_accepted_later_was_only_proposed_then(store: SqlStore) -> None:
    office = await opened(store, "acme")
    item = (await office.account("acme")).items[0].id
    terms = Terms(2, Rhythm.MONTHLY, office.today + timedelta(days=30))
    async with store() as work:
        proposed = await propose_plan(ProposePlan(item, terms, ANA), work, office.clock, Limits())
    assert isinstance(proposed, PlanSet)
    office.clock.advance(timedelta(days=9))
    async with store() as work:
        await answer_plan(AnswerPlan(proposed.plan.id, ANA, "by phone"), work, office.clock)
    office.clock.advance(timedelta(days=1))
    stood = [await state_on(office, days) for days in (-10, -9, -3, -1, 0)]  # at nine; proposed and accepted at ten
    # Reminders wait a week for the answer; by the ninth day the offer had lapsed, and nobody had accepted it.
    assert stood == [State.CHASING, State.ON_PLAN, State.ON_PLAN, State.CHASING, State.ON_PLAN]


@pytest.mark.parametrize("claim", [State.PROMISED, State.DISPUTED, State.HELD])
async def test_a_claim_counts_from_the_day_it_was_made_to_the_day_it_was_ended(store: SqlStore, claim: State) -> None:
    office = await opened(store, "acme")
    account = await office.account("acme")
    item, customer, now = account.items[0].id, account.customer.id, office.clock.now()
    promise = Promise(PromiseId(new_id()), (item,), Money.of("100.00", "EUR"), office.today + timedelta(days=20), ANA.id, now)
    hold = Hold(HoldId(new_id()), item, "waiting for the parts", None, ANA.id, now)
    async with store() as work:
        match claim:
            case State.PROMISED:
                await work.promise(promise, customer)
            case State.DISPUTED:
                await work.dispute(Dispute(item, "damaged", ANA.id, now))
            case _:
                await work.hold(hold, customer)
    office.clock.advance(timedelta(days=5))
    async with store() as work:
        match claim:
            case State.PROMISED:
                await work.end_promise(promise.id, PromiseEnd.CANCELLED, office.clock.now())
            case State.DISPUTED:
                await work.settle_dispute(item, "upheld", office.clock.now())
            case _:
                await work.end_hold(hold.id, office.clock.now())
    office.clock.advance(timedelta(days=1))
    assert [await state_on(office, days) for days in (-6, -5, -1, 0)] == [State.CHASING, claim, claim, State.CHASING]
