"""An answer that is shown to a whole channel: once, in its turn, and all of it for everybody who wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from cards.elements import Actions, Card, Rows
from cards.paging import PAGE
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, MAX, VERA
from workflows.errors import RateLimited, Unavailable
from workflows.records import CardKind

MANY = PAGE + 7
NAMES = [f"k{number:02}" for number in range(MANY)]


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """So many customers that an answer has more than one page; all are Ana's."""
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    made = ChatOffice(store)
    await made.open(ANA, MAX, VERA, chat=True)
    for user in (ANA, MAX, VERA):
        await made.link(user)
    await made.owe(*NAMES)
    async with store() as work:
        for name in NAMES:
            found = (await work.find_items(f"INV-{name}"))[0]
            await work.assign(found.customer.id, ANA.id, made.clock.now())
    yield made
    await store.close()


async def shown(office: ChatOffice) -> list[Card]:
    await office.jobs.show_cards()
    return list(office.slack.standing.values())


def listed(card: Card) -> Rows:
    return next(part for part in card.body if isinstance(part, Rows))


async def test_an_answer_is_private_until_it_is_shared(office: ChatOffice) -> None:
    await office.type(ANA, "balance k01", channel="C9")
    assert await shown(office) == []
    assert "everybody" in (await said(office, "share invoice INV-k01"))
    (card,) = await shown(office)
    assert (office.slack.channels["1.0"], "Ana shared this" in card.summary) == ("C9", True)
    assert not [part for part in card.body if isinstance(part, Actions)]


async def said(office: ChatOffice, text: str) -> str:
    reply = await office.type(ANA, text, channel="C9")
    assert reply.card is not None
    return reply.card.summary


async def test_nothing_is_shared_where_names_must_not_be_seen(office: ChatOffice) -> None:
    office.slack.public = frozenset({"C9"})
    assert "is public" in await said(office, "share balance k01")
    assert await shown(office) == []
    assert not await office.cards(CardKind.PROBLEM), "who asked was told, and administrators need not be"


@pytest.mark.parametrize("question", ["overdue", "mine"])
async def test_the_first_page_stands_in_the_channel_and_whoever_presses_gets_all(office: ChatOffice, question: str) -> None:
    await said(office, f"  Share  {question}")
    rows = listed((await shown(office))[0])
    assert (len(rows.rows), rows.further()) == (PAGE, f"{MANY - PAGE} more")
    assert rows.all is not None
    first = (await office.press(VERA, "slack", rows.all)).card
    assert first is not None
    assert listed(first).rows == rows.rows
    turn = next(part for part in first.body if isinstance(part, Actions)).buttons[-1].action
    second = (await office.press(VERA, "slack", turn)).card
    assert second is not None
    assert len(listed(second).rows) == MANY - PAGE, "Ana's list, whoever looks at it"


async def test_what_is_shared_keeps_to_the_pace_of_the_channel_and_stays_as_it_was(office: ChatOffice) -> None:
    office.slack.pace = {True: (10.0, 1, 1)}
    for name in ("k01", "k02"):
        await said(office, f"share balance {name}")
    assert len(await shown(office)) == 1
    office.clock.advance(timedelta(seconds=11))
    both = await shown(office)
    assert sorted(card.summary[:3] for card in both) == ["K01", "K02"]
    await office.pay("k01")
    office.clock.advance(timedelta(minutes=5))
    assert await shown(office) == both
    assert not await office.cards(CardKind.SHARED)


@pytest.mark.parametrize("trouble", [RateLimited("slower", 30), Unavailable("away")])
async def test_a_chat_that_is_busy_or_away_gets_it_later(office: ChatOffice, trouble: RateLimited | Unavailable) -> None:
    office.slack.trouble = trouble
    await said(office, "share balance k01")
    assert await shown(office) == []
    office.slack.trouble = None
    office.clock.advance(timedelta(minutes=5))
    assert ["K01" in render(card) for card in await shown(office)] == [True]
