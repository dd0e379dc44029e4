"""A policy that is switched off and on again, and accounts that have nothing left to keep a version for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.policies import PolicyVersion
from tests.conftest import SECRET_KEY
from tests.workflows.ledgers import a_policy, remind
from tests.workflows.office import Office
from tests.workflows.service import an_office, days, minutes, steps_of
from workflows.move_policy import MovePolicy, move_policy

STEPS = (remind("one", "after_due", 3), remind("two", "after_due", 5), remind("three", "after_due", 10))


@pytest.fixture
async def store(one_url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield made
    await made.close()


async def switch(office: Office, version: int, text: str) -> None:
    after = office.policies.with_current(PolicyVersion("standard", version, text))
    async with office.store() as work:
        names = [one.customer.id async for one in work.all_accounts()]
        await move_policy(MovePolicy("standard", names), work, office.policies, after, office.clock)
    office.policies = after


@pytest.mark.parametrize(("after_pause", "then"), [("skip", ["one", "three"]), ("catch_up", ["one", "two", "three"])])
async def test_what_passed_while_it_was_off_is_let_go_or_caught_up(after_pause: str, then: list[str], store: SqlStore) -> None:
    office = await an_office(store, *STEPS, after_pause=after_pause)
    await minutes(office, 1)
    await switch(office, 2, a_policy(*STEPS, name="standard", mode="off", after_pause=after_pause))
    await days(office, 4)  # seven late
    assert steps_of(await office.account("acme")) == ["one"]
    await switch(office, 3, a_policy(*STEPS, name="standard", after_pause=after_pause))
    await days(office, 4)
    assert steps_of(await office.account("acme")) == then


async def test_who_owes_nothing_any_more_begins_anew_with_the_policy_of_that_day(store: SqlStore) -> None:
    office = await an_office(store, *STEPS)
    await minutes(office, 1)
    assert (await office.account("acme")).policy == ("standard", 1)
    newer = a_policy(remind("other", "after_due", 1), name="standard")
    office.policies = office.policies.with_current(PolicyVersion("standard", 2, newer))
    await days(office, 1)
    assert (await office.account("acme")).policy == ("standard", 1)
    await office.pay("acme", late=4)
    await minutes(office, 1)
    assert (await office.account("acme")).policy is None
    await office.owe("acme/2", late=-1, known=timedelta())
    await days(office, 3)
    account = await office.account("acme")
    assert (account.policy, steps_of(account)) == (("standard", 2), ["one", "other"])
