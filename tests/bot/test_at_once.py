"""A press that is answered by the call that brought it: it is done and kept as one, or neither."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count

import pytest

from adapters.chat.protocol import Incoming, Person
from adapters.store.engine import open_engine
from adapters.store.pausing import Pause
from bot.desk.once import read_once
from cards.actions import Action, Name
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice, opened
from tests.workflows.office import ANA
from workflows.flag_item import FlagItem, flag_item

_KEYS = count(1)


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    async with opened(one_url) as made:
        await made.owe("acme")
        yield made


def press(action: Action, **values: str) -> Incoming:
    person = Person("slack", "T1", f"U{ANA.id.int}")
    return Incoming(f"teams:at-once-{next(_KEYS)}", person, action, values=values, at_once=True)


async def said(office: ChatOffice, incoming: Incoming) -> str:
    reply = await office.desk(incoming)
    assert reply.card is not None, reply
    return render(reply.card)


async def note(office: ChatOffice) -> Incoming:
    (item,) = (await office.account("acme")).items
    return press(Action(Name.CONFIRM_NOTE, item.id), note="called")


async def test_what_comes_twice_in_the_same_moment_is_done_once(office: ChatOffice) -> None:
    one = await note(office)
    answers = await asyncio.gather(*(said(office, one) for _ in range(4)))
    assert sum("not done twice" in words for words in answers) == 3
    assert len((await office.account("acme")).acts) == 1


async def test_what_was_kept_while_it_took_long_is_done_once(office: ChatOffice) -> None:
    one, inbound = await note(office), office.store.inbound(office.clock)
    assert await inbound.accept(one)
    assert "not done twice" not in await said(office, one)
    assert await office.jobs.catch_up() == 0
    assert len((await office.account("acme")).acts) == 1


async def test_a_question_leaves_nothing_behind(office: ChatOffice) -> None:
    (item,) = (await office.account("acme")).items
    why = press(Action(Name.WHY, item.id))
    assert (await office.desk(why)).card is not None
    assert await office.store.inbound(office.clock).accept(why)  # as if it had never been there


async def test_during_maintenance_it_is_told_so_and_nothing_is_done(office: ChatOffice, one_url: str) -> None:
    engine = open_engine(one_url)
    assert await Pause(engine).begin(office.clock.now(), {})
    await engine.dispose()
    assert "being maintained" in await said(office, await note(office))
    assert (await office.account("acme")).acts == ()


async def test_an_account_that_is_known_is_the_one_that_would_be_read(office: ChatOffice) -> None:
    (item,) = (await office.account("acme")).items
    async with office.store() as unit:
        work = read_once(unit)
        for on in (True, False, True):
            await flag_item(FlagItem(item.id, ANA, on=on), work, office.clock)
            assert await work.account_of(item.id) == await unit.account_of(item.id)
            office.clock.advance(timedelta(minutes=1))
