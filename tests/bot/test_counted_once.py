"""A debt that a plan spreads is counted once, wherever sums are shown."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.store.unit_of_work import SqlStore
from bot.commands import AskBalance, AskOverdue
from bot.desk.answers import answer
from bot.live.lines import digest_lines
from bot.reports import account_json
from bot.web.panel import customer_panel
from bot.web.place import Place
from cards.plain.render import render
from tests.workflows.office import ANA, Office, opened
from workflows.answer_query import see
from workflows.domain.approving import Limits
from workflows.domain.plans import Rhythm
from workflows.offer_plan import ProposePlan, Terms, propose_plan


async def agreed(office: Office, name: str, how: str) -> None:
    """Three monthly instalments, the first in a week."""
    item = (await office.account(name)).items[0].id
    terms = Terms(3, Rhythm.MONTHLY, office.today + timedelta(days=7))
    async with office.store() as work:
        await propose_plan(ProposePlan(item, terms, ANA, how), work, office.clock, Limits())


async def balance(office: Office) -> str:
    async with office.store() as work:
        return render(await answer(AskBalance("acme"), work, office.policies, office.clock.now()))


@pytest.mark.parametrize("how", ["by phone", ""])
async def test_a_balance_counts_a_debt_on_a_plan_once(store: SqlStore, how: str) -> None:
    office = await opened(store, "acme")
    await agreed(office, "acme", how)
    said = await balance(office)
    assert "€100.00" in said
    assert "€200.00" not in said


@pytest.mark.parametrize("how", ["by phone", ""])
async def test_the_inbox_counts_a_debt_on_a_plan_once(store: SqlStore, how: str) -> None:
    office = await opened(store, "acme")
    await agreed(office, "acme", how)
    account = await office.account("acme")
    async with store() as work:
        seen = await see(account.customer.id, work, office.policies, office.clock.now())
    assert customer_panel(seen, account.items[0].id, Place(), {}).told == "€100.00 open"


@pytest.mark.parametrize("how", ["by phone", ""])
async def test_a_balance_as_json_counts_a_debt_on_a_plan_once(store: SqlStore, how: str) -> None:
    office = await opened(store, "acme")
    await agreed(office, "acme", how)
    account = await office.account("acme")
    async with store() as work:
        told = account_json(await see(account.customer.id, work, office.policies, office.clock.now()))
    assert sum(Decimal(item["open"]) for item in told["items"]) == 100


async def test_what_a_plan_in_default_covers_is_owed_before_that_is_kept(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await agreed(office, "acme", "by phone")
    office.clock.advance(timedelta(days=60))
    assert "€100.00" in await balance(office)


async def test_what_is_paid_is_no_part_of_a_balance(store: SqlStore) -> None:
    office = await opened(store, "acme", "other")
    await office.pay("acme")
    assert "owes nothing" in await balance(office)


async def test_what_a_plan_spreads_is_not_overdue_before_its_instalments_are(store: SqlStore) -> None:
    office = await opened(store, "acme", "acme/2")
    await agreed(office, "acme", "by phone")
    other = (await office.account("acme/2")).items
    item = next(one.id for one in other if one.number == "INV-acme/2")
    async with store() as work:
        (line,) = await digest_lines([item], work, office.policies, office.clock.now())
        said = render(await answer(AskOverdue(), work, office.policies, office.clock.now()))
    assert ([amount.plain for amount in line.amounts], line.items) == (["100.00"], 1)
    assert "€200.00" not in said


async def test_a_late_instalment_is_overdue_with_its_own_amount(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await agreed(office, "acme", "by phone")
    office.clock.advance(timedelta(days=9))
    async with store() as work:
        said = render(await answer(AskOverdue(), work, office.policies, office.clock.now()))
    assert "€33.34" in said
    assert "€133" not in said
