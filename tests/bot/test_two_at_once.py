"""Two people press the same button at the same moment, hundreds of times, on databases that let them."""

from __future__ import annotations

import asyncio

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from cards.actions import Action, Name
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, BEN, MAX

ROUNDS = 20
CUSTOMERS = {"sqlite": 19, "postgresql": 6}  # 500 pairs together


async def test_each_time_one_acts_and_the_other_is_told_who_was_first(store: SqlStore, database_url: str) -> None:
    office = ChatOffice(store)
    await office.open(ANA, BEN, MAX)
    for user in (ANA, BEN):
        await office.link(user)
    names = [f"c{number}" for number in range(CUSTOMERS[database_url.partition("+")[0]])]
    await office.owe(*names)
    items = [(await office.account(name)).items[0].id for name in names]
    for round_ in range(ROUNDS):
        name = (Name.FLAG, Name.UNFLAG)[round_ % 2]
        presses = [office.press(who, "slack", Action(name, item, round_)) for item in items for who in (ANA, BEN)]
        replies = await asyncio.gather(*presses)
        told = [render(reply.card) if reply.card else "" for reply in replies]
        for first, second in zip(told[::2], told[1::2], strict=True):
            late = [said for said in (first, second) if "was first" in said]
            assert len(late) == 1, (first, second)
            assert "Ana was first" in late[0] or "Ben was first" in late[0]
    acts = [len((await office.account(name)).acts) for name in names]
    assert acts == [ROUNDS] * len(names)


async def test_a_question_is_answered_while_a_press_is_under_way(postgresql_url: str) -> None:
    """On PostgreSQL only: on SQLite the kept command itself waits for whoever writes."""
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    office = ChatOffice(store)
    await office.open(ANA)
    await office.link(ANA)
    await office.owe("acme")
    customer = (await office.account("acme")).customer.id
    async with store() as press:
        await press.lock_accounts([customer])
        for question in ("balance acme", "overdue", "why INV-acme", "overdue acme"):
            assert "Acme" in await office.told(ANA, question)
    await store.close()
