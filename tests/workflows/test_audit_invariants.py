"""Rules that must always hold are looked for in what is stored; each that is broken is told once a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from tests.conftest import KINDS, ONE
from tests.store.samples import plan as agreed
from tests.workflows.domain.accounts import account as account_of
from tests.workflows.domain.accounts import invoice, notice, plan
from tests.workflows.office import ANA, Office, opened
from workflows.audit_invariants import Broken, Rule, audit_invariants, plan_sums, said_twice
from workflows.domain.account import NoticeState, PlanState
from workflows.domain.charges import Fee
from workflows.domain.ids import NoticeId, new_id
from workflows.domain.money import Money
from workflows.records import CardKind

BOTH = pytest.mark.parametrize("database_url", KINDS, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """One kind, unless a test asks for both: most of this is no matter of the database."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', ONE)}_url")
    return url


async def audited(office: Office) -> Sequence[Broken]:
    return await audit_invariants(office.store, office.policies, office.clock)


async def change(url: str, *statements: str) -> None:
    """What a mistake, or somebody with the database's password, can do."""
    engine = open_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


@BOTH
async def test_an_office_at_work_breaks_no_rule(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill", "acme/2")
    await office.pay("brill", "40.00")
    late = Fee((await office.account("acme")).items[0].id, "late", Money.of("5.00", "EUR"), office.clock.now())
    async with store() as work:
        await work.add_fee(late)
    await office.pass_minutes(2)
    assert await audited(office) == []
    assert await office.cards(CardKind.PROBLEM) == []


async def test_an_account_that_would_be_forgotten_is_told_of_and_looked_at(store: SqlStore, database_url: str) -> None:
    office = await opened(store, "acme")
    await change(database_url, "UPDATE customers SET next_look_at = NULL")
    found = await audited(office)
    assert [(one.rule, one.words) for one in found] == [(Rule.LATE_HINT, "Customer acme would have been looked at never.")]
    await office.pass_minutes(1)
    assert len(office.mail.mailbox) == 1
    assert await audited(office) == []


async def test_a_hint_a_week_late_is_found(store: SqlStore, database_url: str) -> None:
    office = await opened(store)
    await office.owe("acme", late=1)
    await office.pass_minutes(1)
    late = office.clock.now() + timedelta(days=30)
    await change(database_url, f"UPDATE customers SET next_look_at = '{late:%Y-%m-%d %H:%M:%S.000000}'")
    assert [one.rule for one in await audited(office)] == [Rule.LATE_HINT]


@BOTH
async def test_an_account_that_would_be_missing_among_the_overdue_is_told_of_and_listed(store: SqlStore, database_url: str) -> None:
    office = await opened(store, "acme", "brill")
    await office.pass_minutes(1)
    await change(database_url, "UPDATE customers SET oldest_due_on = NULL WHERE number = 'acme'")
    async with store() as work:
        assert await work.count_overdue(office.today) == 1
    due = (await office.account("acme")).items[0].due_on
    found = await audited(office)
    assert [(one.rule, one.words) for one in found] == [
        (Rule.LATE_HINT, f"Customer acme was listed as overdue never; right is since {due}.")
    ]
    async with store() as work:
        assert await work.count_overdue(office.today) == 2
    assert await audited(office) == []


async def test_what_an_update_left_to_be_worked_out_is_noted_and_no_mistake(store: SqlStore, database_url: str) -> None:
    office = await opened(store, "acme")
    await office.pass_minutes(1)
    await change(database_url, "UPDATE customers SET oldest_due_on = '0001-01-01'")
    assert await audited(office) == []
    async with store() as work:
        (look,) = await work.customers_after(None, 9)
    assert look.oldest_due_on == (await office.account("acme")).items[0].due_on


async def test_a_balance_that_differs_from_its_buckets_is_told(store: SqlStore) -> None:
    """Two plans over one invoice: its debt stands in the buckets twice."""
    office = await opened(store, "acme")
    owed = await office.account("acme")
    async with store() as work:
        for _ in range(2):
            twice = agreed(owed.items[0].id, ANA.id, (office.today, "100.00"), state=PlanState.ACTIVE, at=office.clock.now())
            await work.add_plan(replace(twice, accepted_at=office.clock.now()), owed.customer.id)
    found = [one.words for one in await audited(office) if one.rule is Rule.LEDGER]
    assert found == ["100.00 EUR is booked, 200.00 EUR in the buckets."]


@BOTH
async def test_what_stands_still_for_a_day_is_told_and_drawn(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    office.clock.advance(timedelta(days=2))
    assert [one.rule for one in await audited(office)] == [Rule.OUTBOX]
    await audited(office)
    cards = await office.cards(CardKind.PROBLEM)
    assert [card.data["rule"] for card in cards] == ["outbox"]
    async with store() as work:
        drawn = await draw(cards[0], work, office.policies, office.clock.now())
    assert drawn.summary.startswith("Messages or cards stand still. 1 of kind notice should have left.")
    assert [kind for kind, _ in await office.trail()].count("rule.broken") == 1


def test_a_step_said_twice_is_found_unless_a_person_said_it() -> None:
    again = replace(notice(4), id=NoticeId(new_id()))
    said = account_of(invoice(due=0), notices=(notice(3), again))
    assert [one.words for one in said_twice(said)] == ["A: first was said 2 times."]
    assert list(said_twice(replace(said, notices=(notice(3), replace(again, by=ANA.id))))) == []
    assert list(said_twice(replace(said, notices=(notice(3), replace(again, state=NoticeState.FAILED))))) == []


@pytest.mark.parametrize(("part", "broken"), [("50.00", False), ("50.01", True), ("0.00", True)])
def test_a_plan_that_asks_for_more_than_is_owed_is_found(part: str, broken: bool) -> None:
    owing = account_of(invoice(amount="100.00", due=0), plans=(plan((10, "50.00"), (20, part)),))
    assert bool(list(plan_sums(owing))) is broken
