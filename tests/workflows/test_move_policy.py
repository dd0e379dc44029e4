"""Running accounts move to another version: audited, by right, once; nobody gets a step twice, and the service goes on with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.store.unit_of_work import SqlStore
from bot.policies import PolicyBook, PolicyVersion, shipped
from tests.workflows.office import ANA, MAX, Office, opened
from workflows.compare_policies import Impact, compare_policies
from workflows.domain.access import Role, User
from workflows.domain.money import Money
from workflows.errors import NotAllowed
from workflows.move_policy import Moved, MovePolicy, move_policy
from workflows.records import CardKind

ADA = replace(MAX, role=Role.ADMINISTRATOR)
LATER = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)  # a Tuesday: ten days after the due day of what was three days late
OTHER = shipped("strict").text.replace("name: strict", "name: standard")


def book(store: SqlStore) -> PolicyBook:
    return PolicyBook([shipped()], [("standard", 1)], stored=store.policy_versions)


def after(store: SqlStore) -> PolicyBook:
    return book(store).with_current(PolicyVersion("standard", 2, OTHER))


async def written_of(store: SqlStore, *names: str) -> Office:
    """An office whose customers got their first reminder; the shipped policy is kept as version 1."""
    office = await opened(store, *names, policies=book(store))
    await store.add_policy("standard", shipped().text)
    await office.tick()
    await office.deliver()
    return office


async def move(office: Office, by: User | None = None) -> Moved:
    """As another process does it: the service's own book of policies learns nothing by it."""
    await office.store.add_policy("standard", OTHER)
    async with office.store() as work:
        names = [one.customer.id async for one in work.all_accounts()]
        ask = MovePolicy("standard", names, by)
        return await move_policy(ask, work, office.policies, after(office.store), office.clock)


async def compared(office: Office) -> Impact:
    async with office.store() as work:
        return await compare_policies("standard", office.clock.now(), work, office.policies, after(office.store))


async def test_what_would_change_is_told_by_item_and_in_sums_and_nothing_changes(store: SqlStore) -> None:
    office = await written_of(store, "acme", "brill")
    office.clock.set(datetime(2026, 11, 30, 10, 0, tzinfo=UTC))  # nine days late: strict's second one is due, standard's tomorrow
    impact = await compared(office)
    assert (impact.running, impact.changed, impact.items) == (2, 2, 2)
    assert (impact.was_today, impact.becomes_today) == ((), (Money.of("200.00", "EUR"),))
    (item,) = impact.shown[0].items
    assert (item.level, item.today) == (("first", "second"), (None, "second"))
    assert (await office.account("acme")).policy == ("standard", 1)


async def test_an_account_that_has_not_started_does_not_move(store: SqlStore) -> None:
    office = await opened(store, "acme", policies=book(store))
    assert (await compared(office)).running == 0


async def test_those_who_move_are_audited_looked_at_again_and_get_no_step_twice(store: SqlStore) -> None:
    office = await written_of(store, "acme", "brill")
    assert await move(office) == Moved(2)
    await office.policies.refresh()
    assert await move(office) == Moved(0)
    moved = [data for kind, data in await office.trail() if kind == "account.moved"]
    assert [(data["from"], data["to"]) for data in moved] == [("standard, version 1", "standard, version 2")] * 2
    await office.pass_minutes(2)
    assert [notice.step for notice in await office.notices("acme")] == ["first"]
    await office.at(LATER)
    assert [notice.step for notice in await office.notices("acme")] == ["first", "second"]


async def test_a_service_that_runs_learns_the_version_and_puts_nobody_aside(store: SqlStore) -> None:
    office = await written_of(store, "acme")
    await move(office)
    await office.pass_minutes(1)
    assert await office.cards(CardKind.PROBLEM) == []
    assert office.policies.of(await office.account("acme")).version == 2


async def test_only_an_administrator_may_move_accounts(store: SqlStore) -> None:
    office = await written_of(store, "acme")
    for somebody in (ANA, MAX):
        with pytest.raises(NotAllowed):
            await move(office, somebody)
    assert (await office.account("acme")).policy == ("standard", 1)
    assert await move(office, ADA) == Moved(1)
