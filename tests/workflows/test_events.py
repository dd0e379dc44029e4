"""Every event of a policy as the service meets it: acted on once, and again when it happens again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.workflows.ledgers import Row
from tests.workflows.mail import answer
from tests.workflows.office import ANA, Office
from tests.workflows.service import WRITE, an_office, days, minutes, pay, step, steps_of, take_back
from workflows.domain.account import Flag
from workflows.domain.claims import Promise
from workflows.domain.ids import PromiseId, new_id
from workflows.domain.money import Money
from workflows.take_reply import take_reply

Happens = Callable[[Office], Awaitable[None]]


@pytest.fixture
async def store(one_url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield made
    await made.close()


def on(name: Any, *do: Row) -> list[Row]:
    return [{"on": name, "do": list(do) or [{"task": {"what": "look", "for": "owner"}}]}]


async def by_itself(office: Office) -> None:
    await days(office, 1)


async def flagged(office: Office) -> None:
    item = (await office.account("acme")).items[0].id
    async with office.store() as work:
        await work.flag(Flag(item, ANA.id, office.clock.now(), "odd"))


async def promise_broken(office: Office) -> None:
    account = await office.account("acme")
    promise = Promise(PromiseId(new_id()), (account.items[0].id,), Money.of("100.00", "EUR"), office.today, ANA.id, office.clock.now())
    async with office.store() as work:
        await work.promise(promise, account.customer.id)
    await days(office, 4)


async def payment_failed(office: Office) -> None:
    await pay(office, "100.00")
    await minutes(office, 1)
    await take_back(office)


async def answered(office: Office) -> None:
    async with office.store() as work:
        await take_reply(answer("We look into it."), work, office.clock)


async def more_is_owed(office: Office) -> None:
    await office.owe("acme/2", late=-20, known=timedelta())


@pytest.mark.parametrize(
    ("name", "happens", "late"),
    [
        ("overdue", by_itself, 0),
        ("flagged", flagged, -20),
        ("promise_broken", promise_broken, 2),
        ("payment_failed", payment_failed, 2),
        ("reply_received", answered, 2),
        ({"balance_over": {"EUR": "150.00"}}, more_is_owed, 2),
        ("end_of_sequence", by_itself, 2),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_each_is_acted_on_once(name: Any, happens: Happens, late: int, store: SqlStore) -> None:
    office = await an_office(store, step("one", 3, WRITE), late=late, events=on(name))
    await minutes(office, 1)
    assert (await office.account("acme")).tasks == (), "nothing has happened yet"
    await happens(office)
    await minutes(office, 2)
    await days(office, 1)
    said = name if isinstance(name, str) else "balance_over"
    assert [(task.what, task.key.split(":")[2], task.owner) for task in (await office.account("acme")).tasks] == [("look", said, ANA.id)]


@pytest.mark.parametrize(
    ("name", "days_of"),
    [
        ("weekly", [date(2026, 11, 24), date(2026, 11, 30), date(2026, 12, 7)]),
        ("fortnightly", [date(2026, 11, 24), date(2026, 12, 7)]),
        ("monthly", [date(2026, 12, 1)]),
    ],
)
async def test_a_statement_goes_out_once_with_its_period_or_as_soon_as_the_service_runs(
    name: str, days_of: list[date], store: SqlStore
) -> None:
    events = on(name, {"remind": {"via": ["email"], "template": "statement"}})
    office = await an_office(store, step("one", 300, WRITE), late=20, events=events)
    for _ in range(14):
        await minutes(office, 1)
        office.clock.advance(timedelta(days=1))
    account = await office.account("acme")
    assert sorted(account.written_on(notice) for notice in account.notices) == days_of
    assert steps_of(account) == [name] * len(days_of)
    assert len(office.mail.mailbox) == len(days_of)
