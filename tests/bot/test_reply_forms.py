"""A customer's answer at the door: who may say what it means, the forms that ask, and what comes of them; and the inbox's list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from adapters.chat.protocol import Incoming, Person
from adapters.chat.protocol import Reply as Said
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.handle import Desk
from bot.live.draw import draw
from cards.actions import Action, Name
from cards.elements import Actions, ChoiceField
from cards.html.render import render_form
from cards.plain.render import render
from cards.reply_buttons import LABELS
from tests.conftest import SECRET_KEY
from tests.workflows.mail import answer
from tests.workflows.office import ANA, BEN, MAX, VERA, Office
from workflows.domain.access import User
from workflows.domain.claims import HoldKind
from workflows.domain.contact import Meaning
from workflows.domain.ids import new_id
from workflows.records import CardKind, CardState
from workflows.take_reply import take_reply

_KEYS = count(1)


@dataclass
class Door:
    office: Office

    async def take(self, words: str) -> UUID:
        """The id of the answer."""
        async with self.office.store() as work:
            await take_reply(answer(words), work, self.office.clock)
        return (await self.office.account("acme")).replies[-1].id

    async def press(self, action: Action, values: dict[str, str] | None = None, by: User = ANA) -> Said:
        office = self.office
        desk = Desk(office.store, office.policies, office.letters, office.clock, {}, lambda: None)
        incoming = Incoming(f"reply:{next(_KEYS)}", Person("inbox", "", str(by.id)), action, None, values or {})
        assert await office.store.inbound(office.clock).accept(incoming)
        with capture_logs() as logged:
            said = await desk(incoming)
        assert not [entry for entry in logged if entry["log_level"] == "error"], logged
        return said


@pytest.fixture
async def door(one_url: str) -> AsyncIterator[Door]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    office = Office(store)
    await office.open(ANA, BEN, MAX, VERA)
    await office.owe("acme", "acme/2")
    yield Door(office)
    await store.close()


def told(said: Said) -> str:
    assert said.card is not None
    return " ".join(render(said.card).split())


def asks(reply: UUID, meaning: Meaning) -> Action:
    return Action(Name.ANSWER, reply, data={"as": meaning.value})


def says(reply: UUID, meaning: Meaning) -> Action:
    return Action(Name.CONFIRM_ANSWER, reply, data={"as": meaning.value})


WHOLE = {"item": "all", "until": "2026-12-03", "reason": "wrong price", "amount": ""}


@pytest.mark.parametrize("meaning", list(LABELS))
@pytest.mark.parametrize("by", [VERA, ANA, MAX], ids=lambda user: user.role.word)
async def test_whoever_may_chase_says_what_it_means(door: Door, meaning: Meaning, by: User) -> None:
    reply = await door.take("Hello")
    asked = await door.press(asks(reply, meaning), by=by)
    said = await door.press(says(reply, meaning), WHOLE, by=by)
    ended = (await door.office.account("acme")).replies[0].ended_by
    if by is VERA:
        assert "Your role is viewer" in told(said)
        assert asked.form is None
        assert ended is None
    else:
        assert asked.form is not None
        assert said.card is not None
        assert ended == by.id


async def test_one_press_notes_it_as_paid_only_where_it_is_clear_which(door: Door) -> None:
    reply = await door.take("Bereits bezahlt")
    again = await door.press(says(reply, Meaning.PAID))
    assert again.form is not None
    assert "item" in again.errors
    field = next(field for field in again.form.fields if isinstance(field, ChoiceField))
    assert [option.label for option in field.options] == ["All of these", "INV-acme, €100.00", "INV-acme/2, €100.00"]
    assert "Acme: noted that it is said to be paid" in told(await door.press(says(reply, Meaning.PAID), {"item": "all"}))
    assert [hold.kind for hold in (await door.office.account("acme")).holds] == [HoldKind.SAYS_PAID] * 2


async def test_the_form_of_a_promise_holds_what_was_read(door: Door) -> None:
    await door.office.pay("acme/2")
    reply = await door.take("wir zahlen 40,00 € am 3.12.")
    form = (await door.press(asks(reply, Meaning.PROMISE))).form
    assert form is not None
    drawn = render_form(form)
    assert "40.00" in drawn
    assert "2026-12-03" in drawn
    assert "wir zahlen 40,00 €" in drawn
    item = str((await door.office.account("acme")).items[0].id)
    wrong = await door.press(says(reply, Meaning.PROMISE), {"item": item, "amount": "4o", "until": ""})
    assert set(wrong.errors) <= {"amount", "until"}
    much = await door.press(says(reply, Meaning.PROMISE), {"item": item, "amount": "4000", "until": "2026-12-03"})
    assert much.form is not None
    assert "Only 100.00 EUR is open" in much.errors["amount"]
    await door.press(says(reply, Meaning.PROMISE), {"item": item, "amount": "40.00", "until": "2026-12-03"})
    assert [one.amount.plain for one in (await door.office.account("acme")).promises] == ["40.00"]


async def test_the_second_press_is_told_who_was_first_and_the_card_says_it(door: Door) -> None:
    reply = await door.take("Hello")
    async with door.office.store() as work:
        (card,) = await work.live_cards(subject=reply)
    assert card.kind is CardKind.ANSWER
    await door.press(says(reply, Meaning.OTHER), by=BEN)
    assert "Ben dealt with this answer" in told(await door.press(says(reply, Meaning.OTHER)))
    assert "Ben dealt with this answer" in told(await door.press(asks(reply, Meaning.DISPUTE)))
    async with door.office.store() as work:
        after = await work.card(card.id)
        drawn = await draw(after, work, door.office.policies, door.office.clock.now())
    assert after.state is CardState.FROZEN
    assert "Ben dealt with it." in render(drawn)
    assert not [part for part in drawn.body if isinstance(part, Actions)]


@pytest.mark.parametrize("name", [Name.ANSWER, Name.CONFIRM_ANSWER])
async def test_what_is_gone_or_garbled_is_said_so(door: Door, name: Name) -> None:
    reply = await door.take("Hello")
    assert "There is no such answer" in told(await door.press(Action(name, new_id(), data={"as": "other"})))
    assert "means nothing here" in told(await door.press(Action(name, reply, data={"as": "nonsense"})))
    assert "means nothing here" in told(await door.press(Action(name, reply, data={"as": "start"})))
    assert "means nothing here" in told(await door.press(Action(name, reply)))


async def test_an_item_that_is_none_of_theirs_is_not_taken(door: Door) -> None:
    reply = await door.take("Hello")
    for item in (str(new_id()), "x", ""):
        assert "item" in (await door.press(says(reply, Meaning.DISPUTE), {"item": item, "reason": "x"})).errors
    assert not (await door.office.account("acme")).disputes


async def test_a_card_that_only_tells_goes_when_it_was_seen(door: Door) -> None:
    await door.take("STOP")
    (card,) = await door.office.cards(CardKind.PROBLEM)
    assert "Your role is viewer" in told(await door.press(Action(Name.SEEN, card.id), by=VERA))
    assert "Ben has seen it." in told(await door.press(Action(Name.SEEN, card.id), by=BEN))
    assert not await door.office.cards(CardKind.PROBLEM)
    assert "Ben has seen it before." in told(await door.press(Action(Name.SEEN, card.id)))
    assert "There is no such card" in told(await door.press(Action(Name.SEEN, new_id())))
    await door.take("Hello")
    (other,) = await door.office.cards(CardKind.ANSWER)
    assert "goes by itself" in told(await door.press(Action(Name.SEEN, other.id)))
