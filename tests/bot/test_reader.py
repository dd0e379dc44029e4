"""Answers to one person are written in the way they chose to read figures; what others see, and what customers get, is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from cards.actions import Action, Name
from cards.elements import Facts, Form, Quote
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, MAX, VERA
from workflows.domain.preferences import Preferences
from workflows.records import CardKind
from workflows.set_preferences import SetPreferences, set_preferences


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Ana reads German figures, Max those of the book."""
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    made = ChatOffice(store)
    await made.open(ANA, MAX, VERA, chat=True)
    for user in (ANA, MAX):
        await made.link(user)
    await made.owe("acme", amount="5100.00")
    async with store() as work:
        await set_preferences(SetPreferences(Preferences(language="de"), ANA), work, made.clock)
    yield made
    await store.close()


async def form(office: ChatOffice, user: object, action: Action) -> Form:
    shown = (await office.press(ANA if user is ANA else MAX, "slack", action)).form
    assert shown is not None
    return shown


@pytest.mark.parametrize("question", ["balance acme", "overdue", "invoice INV-acme", "aging", "report", "home"])
async def test_an_answer_has_the_figures_of_who_asked(office: ChatOffice, question: str) -> None:
    hers, his = await office.told(ANA, question), await office.told(MAX, question)
    assert "5.100,00\u00a0€" in hers or "5.100,00 €" in hers
    assert "€5,100.00" not in hers
    assert "€5,100.00" in his


async def test_an_answer_has_the_days_of_who_asked(office: ChatOffice) -> None:
    hers, his = await office.told(ANA, "balance acme"), await office.told(MAX, "balance acme")
    assert ("Sa 21. Nov" in hers, "Sat 21 Nov" in hers, "Sat 21 Nov" in his) == (True, False, True)


async def test_a_form_has_them_and_the_letter_in_it_has_the_customers(office: ChatOffice) -> None:
    item = (await office.account("acme")).items[0].id
    hers, his = [await form(office, user, Action(Name.SEND_REMINDER, item)) for user in (ANA, MAX)]
    facts = [dict(next(part for part in one.intro if isinstance(part, Facts)).pairs)["Asks for"] for one in (hers, his)]
    assert facts == ["5.100,00\u00a0€, INV-acme", "€5,100.00, INV-acme"]
    letters = [next(part for part in one.intro if isinstance(part, Quote)) for one in (hers, his)]
    assert letters[0] == letters[1]


async def test_what_she_does_and_shares_stands_in_the_channel_in_the_books_own_way(office: ChatOffice) -> None:
    await office.tick()
    await office.jobs.show_cards()
    await office.press(ANA, "slack", await office.button("acme", Name.FLAG))
    await office.type(ANA, "share balance acme", channel="C9")
    await office.jobs.show_cards()
    standing = [render(card) for card in office.slack.standing.values()]
    assert len(standing) == len(await office.cards(CardKind.ALERT)) + 1
    assert all("€5,100.00" in card for card in standing)


async def test_a_message_to_herself_has_her_figures_while_the_channels_has_the_books(office: ChatOffice) -> None:
    item = (await office.account("acme")).items[0].id
    await office.press(ANA, "slack", await office.button("acme", Name.CLAIM))
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_SNOOZE), {"length": "1"})
    office.clock.advance(timedelta(days=1))
    await office.tick()
    await office.jobs.show_cards()
    cards = {office.slack.channels[message]: render(card) for message, card in office.slack.standing.items()}
    assert "5.100,00" in cards[f"U{ANA.id.int}"]
    assert "€5,100.00" in cards["C1"]
    assert item in {card.subject for card in await office.cards(CardKind.ALERT)}
