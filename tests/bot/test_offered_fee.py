"""The fee form offers what the law allows as of today, says how it was worked out, and else why there is no figure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from adapters.chat.protocol import Incoming, Person, Reply
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from cards.actions import Action, Name
from cards.elements import AmountField, Form
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, Office, opened
from workflows.domain.account import Party
from workflows.domain.charges import Fee
from workflows.domain.money import Money
from workflows.domain.regimes import Rate

RATES = (Rate("de", date(2026, 7, 1), Decimal("2.27")),)


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    """A German seller; Acme is 30 days late with 10,000.00."""
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    made = await opened(store)
    await made.owe("acme", late=30, amount="10000.00")
    yield made
    await store.close()


async def press(office: Office, action: Action | None, text: str | None = None, rates: tuple[Rate, ...] = RATES) -> Reply:
    incoming = Incoming(f"{action and action.name}{text}{rates}", Person("inbox", "", str(ANA.id)), action, text)
    assert await office.store.inbound(office.clock).accept(incoming)
    return await replace(office.desk, rates=rates)(incoming)


def field_of(reply: Reply) -> AmountField:
    assert isinstance(reply.form, Form), reply
    field = reply.form.fields[0]
    assert isinstance(field, AmountField)
    return field


async def fee_form(office: Office, rates: tuple[Rate, ...] = RATES) -> AmountField:
    account = await office.account("acme")
    return field_of(await press(office, Action(Name.FEE, account.items[0].id), rates=rates))


async def test_interest_and_the_fixed_sum_are_offered_with_how_they_were_worked_out(office: Office) -> None:
    field = await fee_form(office)
    # 10,000.00 at 2.27 + 9 percent for 30 of 365 days is 92.63; the fixed sum is 40.00 (BGB 288)
    assert field.value == "132.63"
    assert field.hint == "By law, 30 days late: interest of €92.63 and the fixed sum of €40.00."


async def test_the_same_form_opens_by_its_word(office: Office) -> None:
    assert field_of(await press(office, None, "fee INV-acme")).value == "132.63"


async def test_what_was_charged_already_is_taken_off(office: Office) -> None:
    account = await office.account("acme")
    async with office.store() as work:
        await work.add_fee(Fee(account.items[0].id, "first", Money.of("40.00", "EUR"), office.clock.now()))
    field = await fee_form(office)
    assert (field.value, "less €40.00 charged already" in (field.hint or "")) == ("92.63", True)


async def test_without_a_rate_the_field_is_empty_and_says_so(office: Office) -> None:
    field = await fee_form(office, ())
    assert not field.value
    assert (field.hint or "").startswith("No figure is offered: ")
    assert "rate" in (field.hint or "")


async def test_no_figure_is_offered_against_a_consumer(office: Office) -> None:
    row = replace(office.row("acme", office.today, "1.00"), number="INV-x", party=Party.CONSUMER.value)
    async with office.store() as work:
        await work.store_rows((await work.book("main")).id, [row], office.clock.now())
    assert (await office.account("acme")).customer.party is Party.CONSUMER
    assert not (await fee_form(office)).value
