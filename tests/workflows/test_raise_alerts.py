"""What is raised becomes a few cards, or a digest with a few cards; never twice, and never lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.workflows.office import ANA, Office, opened
from workflows.decide_accounts import DecideAccounts, decide_accounts
from workflows.domain.account import Item, ItemKind, Plan, PlanState, Raised
from workflows.domain.acts import NOTIFY
from workflows.domain.ids import ItemId, PlanId, new_id
from workflows.domain.money import Money
from workflows.domain.telling import ESCALATED, HOLD_OVER, PROMISE_BROKEN, WOKE
from workflows.raise_alerts import FEW, MOST, AlertsRaised, raise_alerts
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


async def raise_(office: Office, step: str, *names: str) -> list[ItemId]:
    """Their invoices, as the tick does it."""
    items = [(await office.account(name)).items[0].id for name in names]
    async with office.store() as work:
        for item in items:
            await work.add_raised(Raised(item, step, office.today.toordinal(), office.clock.now()))
    return items


@pytest.mark.parametrize("step", [WOKE, PROMISE_BROKEN, HOLD_OVER, ESCALATED, f"{NOTIFY}owner:first"])
async def test_what_needs_somebody_again_gets_its_card_beside_any_number_of_larger_ones(step: str, store: SqlStore) -> None:
    office = await opened(store)
    await office.owe(*(f"c{n}" for n in range(FEW + 3)), amount="900.00")
    await office.owe("small", late=-9)
    (small,) = await raise_(office, step, "small")
    assert (await office.tick()).alerts == AlertsRaised(FEW + 1, 1)
    assert small in [card.subject for card in await office.cards(CardKind.ALERT)]
    assert len((await office.cards(CardKind.DIGEST))[0].data["items"]) == FEW + 4


async def test_it_does_so_where_the_digest_stands_already(store: SqlStore) -> None:
    office = await opened(store)
    await office.owe(*(f"c{n}" for n in range(FEW + 3)), amount="900.00")
    await office.owe("small")
    await office.tick()
    (small,) = await raise_(office, PROMISE_BROKEN, "small")
    assert (await office.tick()).alerts == AlertsRaised(1, 0)
    assert small in [card.subject for card in await office.cards(CardKind.ALERT)]
    assert (await office.tick()).alerts == AlertsRaised()


async def test_the_card_is_about_what_needs_somebody_though_the_customer_has_one_today(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.tick()
    await office.owe("acme/2", late=-9)
    second = next(item.id for item in (await office.account("acme")).items if item.number == "INV-acme/2")
    async with store() as work:
        await work.add_raised(Raised(second, WOKE, office.today.toordinal(), office.clock.now()))
    assert (await office.tick()).alerts == AlertsRaised(1, 0)
    assert second in [card.subject for card in await office.cards(CardKind.ALERT)]


async def test_a_promise_over_several_invoices_that_was_broken_is_one_card(store: SqlStore) -> None:
    office = await opened(store)
    await office.owe("acme", "acme/2", late=-9)
    both = (await office.account("acme")).items
    async with store() as work:
        for item in both:
            await work.add_raised(Raised(item.id, PROMISE_BROKEN, office.today.toordinal(), office.clock.now()))
    assert (await office.tick()).alerts == AlertsRaised(1, 0)


async def test_a_customer_whose_broken_promise_was_paid_since_still_gets_a_card_for_what_is_new(store: SqlStore) -> None:
    office = await opened(store)
    await office.owe("acme", late=-9)
    await raise_(office, PROMISE_BROKEN, "acme")
    await office.pay("acme")
    await office.owe("acme/2")
    assert (await office.tick()).alerts == AlertsRaised(1, 0)
    (card,) = await office.cards(CardKind.ALERT)
    assert (await office.account("acme")).item(ItemId(card.subject)).number == "INV-acme/2"


async def test_a_customer_of_whom_much_is_escalated_leaves_others_their_card(store: SqlStore) -> None:
    office = await opened(store)
    await office.owe(*("acme" if n == 0 else f"acme/{n}" for n in range(MOST + 5)), late=-9, amount="900.00")
    await office.owe("small", late=-9)
    items = (await office.account("acme")).items
    async with store() as work:
        for item in items:
            await work.add_raised(Raised(item.id, ESCALATED, office.today.toordinal(), office.clock.now()))
    (small,) = await raise_(office, WOKE, "small")
    assert (await office.tick()).alerts == AlertsRaised(MOST, 1)
    assert small in [card.subject for card in await office.cards(CardKind.ALERT)]


async def test_more_of_it_than_a_channel_can_take_stands_in_the_digest_and_what_a_policy_tells_is_the_first_to(store: SqlStore) -> None:
    office = await opened(store)
    names = [f"c{n}" for n in range(MOST + 3)]
    await office.owe(*names, late=-9, amount="900.00")
    await office.owe("small", late=-9)
    await raise_(office, f"{NOTIFY}owner:first", *names)
    (small,) = await raise_(office, WOKE, "small")
    assert (await office.tick()).alerts == AlertsRaised(MOST, 1)
    assert small in [card.subject for card in await office.cards(CardKind.ALERT)]
    assert len((await office.cards(CardKind.DIGEST))[0].data["items"]) == MOST + 4
    assert (await office.tick()).alerts == AlertsRaised()
