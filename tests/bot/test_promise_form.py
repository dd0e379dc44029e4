"""The promise form where a customer owes several invoices: all that are overdue at once, or only the one that was pressed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.chat.protocol import Reply
from cards.actions import Name
from cards.elements import AmountField, ChoiceField, Form
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice, opened
from tests.workflows.office import ANA
from workflows.answer_query import see
from workflows.domain.decision import State

BOTH = pytest.mark.parametrize("platform", ["slack", "inbox"])


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Acme owes two invoices that are late and one that is not."""
    async with opened(one_url) as made:
        await made.owe("acme", late=5)
        await made.owe("acme/2", late=2, amount="250.00")
        await made.owe("acme/3", late=-10, amount="70.00")
        await made.tick()
        yield made


async def form_of(office: ChatOffice, platform: str, name: str = "acme") -> Form:
    form = (await office.press(ANA, platform, await office.button(name, Name.PROMISE))).form
    assert form is not None
    return form


async def promise(office: ChatOffice, platform: str, amount: str, scope: str) -> Reply:
    until = (office.today + timedelta(days=9)).isoformat()
    press = await office.button("acme", Name.CONFIRM_PROMISE)
    return await office.press(ANA, platform, press, {"scope": scope, "amount": amount, "until": until})


async def promised(office: ChatOffice) -> list[str]:
    account = await office.account("acme")
    async with office.store() as work:
        seen = await see(account.customer.id, work, office.policies, office.clock.now())
    return sorted(one.item.number for one in seen.decision.items if one.state is State.PROMISED)


@BOTH
async def test_all_that_is_overdue_is_chosen_with_its_open_sum(office: ChatOffice, platform: str) -> None:
    scope, amount, _ = (await form_of(office, platform)).fields
    assert isinstance(scope, ChoiceField)
    assert isinstance(amount, AmountField)
    assert (scope.value, scope.options[0].label) == ("customer", "Everything overdue, 2 invoices, €350.00")
    assert amount.value == "350.00"
    await office.owe("brill")
    assert [field.name for field in (await form_of(office, platform, "brill")).fields] == ["amount", "until"]


@BOTH
async def test_one_promise_silences_every_invoice_it_is_for_and_is_kept_by_their_money_together(office: ChatOffice, platform: str) -> None:
    reply = await promise(office, platform, "350", "customer")
    assert reply.card is not None
    assert "Acme, 2 invoices: €350.00 promised for Thu 3 Dec" in " ".join(render(reply.card).split())
    assert await promised(office) == ["INV-acme", "INV-acme/2"]
    account = await office.account("acme")
    assert len(account.promises) == 1
    for item in account.promises[0].items:
        assert account.acts_on(item)[-1].words == "Ana noted a promise of 350.00 EUR for Thu 3 Dec 2026, for 2 invoices together"


@BOTH
async def test_only_the_one_that_was_pressed(office: ChatOffice, platform: str) -> None:
    again = await promise(office, platform, "350", "item")
    assert "Only 100.00 EUR is open on INV-acme; a promise cannot be of more." in again.errors["amount"]
    assert await promised(office) == []
    await promise(office, platform, "100", "item")
    assert await promised(office) == ["INV-acme"]


async def test_more_than_is_open_on_all_is_refused(office: ChatOffice) -> None:
    assert "Only 350.00 EUR is open on these invoices" in (await promise(office, "slack", "351", "customer")).errors["amount"]
    assert await promised(office) == []


async def test_a_promise_on_all_takes_the_place_of_those_on_each_and_is_cancelled_whole(office: ChatOffice) -> None:
    await promise(office, "slack", "100", "item")
    office.clock.advance(timedelta(minutes=1))
    await promise(office, "slack", "350", "customer")
    assert [one.ended_at is None for one in sorted((await office.account("acme")).promises, key=lambda one: one.at)] == [False, True]
    await office.press(ANA, "slack", await office.button("acme", Name.CANCEL_PROMISE))
    assert await promised(office) == []


async def test_the_card_says_how_many_promises_of_the_customer_were_kept(office: ChatOffice) -> None:
    async def shown() -> str:
        press = await office.button("acme", Name.OPEN)
        reply = await office.press(ANA, "slack", press)
        assert reply.card is not None
        return render(reply.card)

    assert "promise" not in (await shown()).partition("[")[0]
    await promise(office, "slack", "40", "item")
    assert "kept" not in await shown(), "it is not due yet"
    office.clock.advance(timedelta(minutes=1))
    await office.pay("acme", "40.00", late=5)
    assert "kept 1 of 1 promise" in await shown()
    office.clock.advance(timedelta(minutes=1))
    await promise(office, "slack", "60", "item")
    office.clock.advance(timedelta(days=20))
    assert "kept 1 of 2 promises" in await shown()
