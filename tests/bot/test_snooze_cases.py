"""The shared cases of snoozing, played through the door: everything of a customer after its list, sooner, later, ended, refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from adapters.chat.protocol import Reply
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from cards.actions import Name
from cards.elements import ChoiceField, Form, Rows
from cards.html.render import render_form as as_page
from cards.plain.render import render
from cards.slack.modal import render_form as as_window
from tests.bot.chat_office import ChatOffice
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, BEN
from workflows.answer_query import see
from workflows.domain.decision import State
from workflows.domain.telling import WOKE
from workflows.snooze_item import LONGEST_DAYS

BOTH = pytest.mark.parametrize("platform", ["slack", "inbox"])
ALL = {"length": "date", "scope": "customer"}


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Acme owes two invoices that are late and one that is not."""
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    made = ChatOffice(store)
    await made.open(chat=True)
    for user in (ANA, BEN):
        await made.link(user)
    await made.owe("acme", late=5)
    await made.owe("acme/2", late=2, amount="250.00")
    await made.owe("acme/3", late=-10, amount="70.00")
    await made.tick()
    await made.jobs.show_cards()
    yield made
    await store.close()


async def states(office: ChatOffice) -> dict[str, State]:
    account = await office.account("acme")
    async with office.store() as work:
        seen = await see(account.customer.id, work, office.policies, office.clock.now())
    return {decided.item.number: decided.state for decided in seen.decision.items}


async def running(office: ChatOffice) -> dict[str, date]:
    account = await office.account("acme")
    return {account.item(one.item).number: one.until for one in account.snoozes if one.ended_at is None}


def told(reply: Reply) -> str:
    assert reply.card is not None, reply
    return " ".join(render(reply.card).split())


async def listed(office: ChatOffice, platform: str, until: date) -> Form:
    """The list of what it would silence."""
    press = await office.button("acme", Name.CONFIRM_SNOOZE)
    reply = await office.press(ANA, platform, press, {**ALL, "until": until.isoformat()})
    assert reply.form is not None, reply
    return reply.form


@BOTH
async def test_nd_01_the_form_offers_everything_of_the_customer_where_there_is_more_than_one_invoice(
    office: ChatOffice, platform: str
) -> None:
    await office.owe("brill")
    for name, fields in (("acme", ["scope", "length", "until"]), ("brill", ["length", "until"])):
        form = (await office.press(ANA, platform, await office.button(name, Name.SNOOZE))).form
        assert form is not None
        assert [field.name for field in form.fields] == fields
    form = (await office.press(ANA, platform, await office.button("acme", Name.SNOOZE))).form
    assert form is not None
    assert isinstance(form.fields[0], ChoiceField)
    assert (form.fields[0].value, "3 open" in form.fields[0].options[1].label) == ("item", True)


@BOTH
async def test_nd_01_the_list_names_every_open_item_and_every_step_date_and_changes_nothing(office: ChatOffice, platform: str) -> None:
    form = await listed(office, platform, office.today + timedelta(days=40))
    rows = [row.cells for part in form.intro if isinstance(part, Rows) for row in part.rows]
    assert [cells[:2] for cells in rows] == [("INV-acme", "€100.00"), ("INV-acme/2", "€250.00"), ("INV-acme/3", "€70.00")]
    assert "second reminder of Sun 29 Nov, leaving Mon 30 Nov 09:00" in rows[0][2]
    for number, day in (("INV-acme", "29 Nov"), ("INV-acme/2", "2 Dec"), ("INV-acme/3", "7 Dec")):
        for drawn in (str(as_window(form)), as_page(form)):
            assert number in drawn
            assert day in drawn
    assert await running(office) == {}
    assert State.SNOOZED not in (await states(office)).values()
    assert "item.snoozed" not in [kind for kind, _ in await office.trail()]


@BOTH
async def test_nd_01_only_the_second_confirmation_snoozes_them_and_every_card_says_so(office: ChatOffice, platform: str) -> None:
    until = office.today + timedelta(days=20)
    form = await listed(office, platform, until)
    reply = await office.press(ANA, platform, form.submit.action)
    assert "Acme: 3 invoices snoozed until Mon 14 Dec" in told(reply)
    assert set((await running(office)).values()) == {until}
    assert set((await states(office)).values()) == {State.SNOOZED}
    await office.jobs.show_cards()
    assert all("Ana snoozed until Mon 14 Dec" in str(card) for card in office.slack.standing.values())
    assert len([kind for kind, data in await office.trail() if kind == "item.snoozed" and data["whole"]]) == 3


async def test_nd_01_what_is_no_longer_what_was_listed_is_listed_anew(office: ChatOffice) -> None:
    form = await listed(office, "slack", office.today + timedelta(days=20))
    await office.pay("acme/2", "250.00", late=2, of="250.00")
    again = (await office.press(ANA, "slack", form.submit.action)).form
    assert again is not None
    assert "has changed since this list was drawn" in str(again.intro)
    assert "INV-acme/2" not in str(again.intro)
    assert await running(office) == {}
    assert "2 invoices snoozed" in told(await office.press(ANA, "slack", again.submit.action))


@BOTH
async def test_nd_01_the_longest_snooze_limits_everything_too(office: ChatOffice, platform: str) -> None:
    press = await office.button("acme", Name.CONFIRM_SNOOZE)
    for days, words in ((LONGEST_DAYS + 1, "at most 90 days"), (0, "after today")):
        reply = await office.press(ANA, platform, press, {**ALL, "until": (office.today + timedelta(days=days)).isoformat()})
        assert words in reply.errors["until"]
        far = await office.button("acme", Name.CONFIRM_SNOOZE_ALL, until=(office.today + timedelta(days=days)).isoformat(), shown="x")
        assert words in told(await office.press(ANA, platform, far))
    assert await running(office) == {}


async def test_nd_01_a_colleague_who_acted_meanwhile_was_first(office: ChatOffice) -> None:
    form = await listed(office, "slack", office.today + timedelta(days=20))
    await office.press(BEN, "slack", await office.button("acme", Name.FLAG))
    assert "Ben was first" in told(await office.press(ANA, "slack", form.submit.action))
    assert await running(office) == {}


async def snooze(office: ChatOffice, platform: str, days: int) -> Reply:
    until = office.today + timedelta(days=days)
    press = await office.button("acme", Name.CONFIRM_SNOOZE)
    return await office.press(ANA, platform, press, {"length": "date", "until": until.isoformat()})


@BOTH
@pytest.mark.parametrize(("again", "wakes"), [(3, "Fri 27 Nov"), (8, "Wed 2 Dec")])
async def test_og_01_a_second_snooze_takes_the_place_of_the_first_sooner_or_later(
    office: ChatOffice, platform: str, again: int, wakes: str
) -> None:
    await snooze(office, platform, 5)
    assert f"snoozed until {wakes}" in told(await snooze(office, platform, again))
    assert await running(office) == {"INV-acme": office.today + timedelta(days=again)}
    assert (await states(office))["INV-acme"] is State.SNOOZED
    office.clock.advance(timedelta(days=again))
    await office.tick()
    assert (await states(office))["INV-acme"] is not State.SNOOZED


@BOTH
async def test_og_01_taking_it_ends_its_snooze_and_nothing_wakes_later(office: ChatOffice, platform: str) -> None:
    await snooze(office, platform, 5)
    reply = await office.press(BEN, platform, await office.button("acme", Name.CLAIM))
    assert "Acme: with Ben" in told(reply)
    assert "Its snooze has ended." in told(reply)
    assert await running(office) == {}
    assert (await states(office))["INV-acme"] is not State.SNOOZED
    assert (await office.account("acme")).acts[-1].words == "Ben took the customer and ended the snooze"
    office.clock.advance(timedelta(days=5))
    await office.tick()
    assert WOKE not in {raised.step for raised in (await office.account("acme")).raised}


async def test_og_01_who_took_it_may_snooze_it_and_is_told_when_it_wakes(office: ChatOffice) -> None:
    await office.press(ANA, "slack", await office.button("acme", Name.CLAIM))
    await snooze(office, "slack", 5)
    assert (await states(office))["INV-acme"] is State.SNOOZED
    office.clock.advance(timedelta(days=6))  # the fifth is a Sunday
    await office.tick()
    await office.jobs.show_cards()
    assert (await states(office))["INV-acme"] is not State.SNOOZED
    assert WOKE in {raised.step for raised in (await office.account("acme")).raised}
    assert f"U{ANA.id.int}" in office.slack.channels.values()


@BOTH
async def test_og_01_what_is_settled_is_not_snoozed(office: ChatOffice, platform: str) -> None:
    await office.pay("acme", late=5)
    assert "is paid" in told(await office.press(ANA, platform, await office.button("acme", Name.SNOOZE)))
    assert "is paid; there is nothing to snooze." in (await snooze(office, platform, 5)).errors["until"]
    assert await running(office) == {}
