"""What is raised becomes a few cards, or a digest with a few cards; never twice, and never lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from adapters.store.unit_of_work import SqlStore
from tests.workflows.office import ANA, Office, opened
from workflows.decide_accounts import DecideAccounts, decide_accounts
from workflows.domain.account import Item, ItemKind, Plan, PlanState, Raised
from workflows.domain.ids import ItemId, PlanId, new_id
from workflows.domain.money import Money
from workflows.raise_alerts import FEW, AlertsRaised, raise_alerts
from workflows.records import CardKind


async def kinds(office: Office) -> tuple[int, int]:
    """Own cards, digests."""
    return len(await office.cards(CardKind.ALERT)), len(await office.cards(CardKind.DIGEST))


async def test_few_customers_get_a_card_each_and_no_digest(store: SqlStore) -> None:
    office = await opened(store, *(f"c{n}" for n in range(FEW)))
    await office.tick()
    assert await kinds(office) == (FEW, 0)


async def test_one_more_makes_a_digest_of_all_beside_cards_for_the_heaviest(store: SqlStore) -> None:
    office = await opened(store, *(f"c{n}" for n in range(FEW)))
    await office.owe("big", amount="90000.00")
    await office.tick()
    assert await kinds(office) == (FEW, 1)
    digest = (await office.cards(CardKind.DIGEST))[0]
    assert len(digest.data["items"]) == FEW + 1
    biggest = (await office.account("big")).items[0].id
    assert digest.data["items"][0] == str(biggest)
    assert biggest in [card.subject for card in await office.cards(CardKind.ALERT)]


async def test_repeated_runs_add_no_cards(store: SqlStore) -> None:
    office = await opened(store, *(f"c{n}" for n in range(FEW + 3)))
    await office.tick()
    async with store() as work:
        assert await raise_alerts(work, office.clock) == AlertsRaised()
    await office.pass_minutes(3)
    assert await kinds(office) == (FEW, 1)


async def test_two_at_once_add_no_more_than_one(store: SqlStore) -> None:
    office = await opened(store, *(f"c{n}" for n in range(FEW + 3)))
    async with store() as work:
        await decide_accounts(DecideAccounts(), work, office.policies, office.clock)

    async def run() -> AlertsRaised:
        async with store() as work:
            return await raise_alerts(work, office.clock)

    first, second = await asyncio.gather(run(), run())
    assert first + second == AlertsRaised(FEW, 1)
    assert await kinds(office) == (FEW, 1)


async def test_those_raised_later_in_the_day_join_the_digest(store: SqlStore) -> None:
    office = await opened(store, *(f"c{n}" for n in range(FEW + 1)))
    await office.tick()
    await office.owe("late")
    await office.pass_minutes(1)
    assert await kinds(office) == (FEW, 1)
    assert len((await office.cards(CardKind.DIGEST))[0].data["items"]) == FEW + 2


async def test_what_was_raised_before_a_stop_gets_its_cards_on_the_next_day_and_only_then(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill", "costa")
    async with store() as work:
        await decide_accounts(DecideAccounts(), work, office.policies, office.clock)
    await office.pay("costa")  # and killed here
    office.clock.set(datetime(2026, 11, 26, 9, 0, tzinfo=UTC))
    ticked = await office.tick()
    assert ticked.alerts.cards == 2
    office.clock.advance(timedelta(days=1))
    assert (await office.tick()).alerts.cards == 0


async def test_an_instalment_whose_plan_ended_since_stops_no_other(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    account = await office.account("acme")
    made, now = PlanId(new_id()), office.clock.now()
    part = Item(
        ItemId(new_id()), "P/1", Money.of("100.00", "EUR"), office.today - timedelta(days=2), now, kind=ItemKind.INSTALMENT, plan=made
    )
    async with store() as work:
        await work.add_plan(Plan(made, (account.items[0].id,), (part,), PlanState.ACTIVE, ANA.id, now), account.customer.id)
        await work.add_raised(Raised(part.id, "instalment", 0, now))
        await work.set_plan(made, PlanState.CANCELLED, ANA.id, now)
    ticked = await office.tick()
    assert (await office.account("brill")).items[0].id in [card.subject for card in await office.cards(CardKind.ALERT)]
    assert ticked.alerts.cards >= 1
