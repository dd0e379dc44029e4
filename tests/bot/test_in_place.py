"""A press that is answered by the card it came from, as that is now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest

from adapters.chat.protocol import CardRef, Incoming, Person, Reply
from bot.live.places import Place, standing_in
from cards.actions import Action, Name
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice, opened
from tests.statements import statements
from tests.workflows.office import ANA
from workflows.domain.ids import CardId, new_id
from workflows.records import CardKind, StaffCard

_KEYS = count(1)


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Acme's card stands in the chat."""
    async with opened(one_url) as made:
        await made.owe("acme")
        await made.tick()
        await made.jobs.show_cards()
        yield made


async def pressed(office: ChatOffice, action: Action, message: str = "1.0") -> Reply:
    person = Person("slack", "T1", f"U{ANA.id.int}")
    card = CardRef("slack", "C1", message)
    return await office.desk(Incoming(f"slack:in-place-{next(_KEYS)}", person, action, card=card, in_place=True, at_once=True))


async def test_the_answer_shows_the_card_as_the_chat_will_get_it(office: ChatOffice) -> None:
    for name in (Name.FLAG, Name.UNFLAG):
        reply = await pressed(office, await office.button("acme", name))
        await office.jobs.show_cards()
        assert reply.standing == office.slack.standing["1.0"]


async def test_who_was_second_sees_the_card_as_it_stands(office: ChatOffice) -> None:
    stale = await office.button("acme", Name.FLAG)
    await pressed(office, stale)
    reply = await pressed(office, stale)
    await office.jobs.show_cards()
    assert reply.card is not None
    assert "You were first" in render(reply.card)
    assert reply.standing == office.slack.standing["1.0"]


async def test_the_account_is_read_once_to_act_on_it_and_for_all_that_is_said_of_it(office: ChatOffice) -> None:
    flag = await office.button("acme", Name.FLAG)
    with statements() as asked:
        assert (await pressed(office, flag)).standing is not None
    assert sum("'customers'" in one for one in asked) == 1


async def test_what_was_done_is_done_though_the_card_cannot_be_drawn(office: ChatOffice) -> None:
    flag = await office.button("acme", Name.FLAG)
    async with office.store() as work:
        book = (await work.book("main")).id
        broken = StaffCard(CardId(new_id()), CardKind.AUDIT_HEAD, book, flag.id, office.today, office.clock.now())  # without its figures
        await work.add_card(standing_in(broken, [Place("slack", "C1", "2.0")]))
    reply = await pressed(office, flag, "2.0")
    assert reply.card is not None
    assert "flagged" in render(reply.card)
    assert reply.standing is None
    assert len((await office.account("acme")).flags) == 1
