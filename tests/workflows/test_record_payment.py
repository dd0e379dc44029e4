"""Money that a person notes: what it settles, when it needs a second person, and how it is taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.workflows.approving import approves, do, euro, item_of, large_office, open_of, pays
from tests.workflows.office import BEN, MAX, Office
from workflows.ask_approval import Requested
from workflows.domain.allocation import balances
from workflows.errors import AlreadyDone, Refused
from workflows.record_payment import PaymentNoted, ReversePayment, reverse_payment


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    async with large_office(one_url) as made:
        yield made


async def test_money_by_hand_counts_at_once_and_above_the_limit_once_it_is_approved(office: Office) -> None:
    assert isinstance(await pays(office, "5000.00"), PaymentNoted)
    assert await open_of(office) == "15000.00"
    asked = await pays(office, "0.01", reference="TX 1")
    assert isinstance(asked, Requested), "what one person noted in thirty days adds up"
    assert await open_of(office) == "15000.00"
    await approves(office, asked.approval, MAX)
    assert await open_of(office) == "14999.99"
    office.clock.advance(timedelta(days=31))
    assert isinstance(await pays(office, "100.00", paid_on=office.today - timedelta(days=60)), PaymentNoted)


async def test_the_same_reference_is_taken_once_and_reported(office: Office) -> None:
    await pays(office, "40.00", reference=" TX  1 ")
    with pytest.raises(AlreadyDone, match=r"TX 1 is known: 40\.00 EUR"):
        await pays(office, "40.00", reference="TX 1")
    await pays(office, "6000.00", reference="TX 2")
    with pytest.raises(AlreadyDone, match="TX 2 waits for approval"):
        await pays(office, "6000.00", reference="TX 2")
    assert await open_of(office) == "19960.00"


async def test_money_on_account_settles_no_invoice(office: Office) -> None:
    await pays(office, "40.00", on_account=True)
    account = await office.account("acme")
    assert balances(account).on_account == {"EUR": euro("40.00")}
    assert await open_of(office) == "20000.00"


@pytest.mark.parametrize(
    ("amount", "days", "words"),
    [("0.00", 0, "of some amount"), ("-1.00", 0, "of some amount"), ("1.00", 1, "has not come"), ("1.00", -1096, "check the year")],
)
async def test_money_that_cannot_have_come_is_refused(office: Office, amount: str, days: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        await pays(office, amount, paid_on=office.today + timedelta(days=days))


async def test_a_payment_that_bounced_counts_for_nothing_and_stays_in_the_history(office: Office) -> None:
    done = await pays(office, "40.00")
    assert isinstance(done, PaymentNoted)
    for why, key, words in (("", done.payment.key, "Say in a few words"), ("charged back", "other", "no such payment")):
        with pytest.raises(Refused, match=words):
            await do(office, reverse_payment, ReversePayment(await item_of(office), key, why, BEN))
    await do(office, reverse_payment, ReversePayment(await item_of(office), done.payment.key, "charged back", BEN))
    (payment,) = (await office.account("acme")).payments
    assert payment.reversed_on == office.today
    with pytest.raises(Refused, match="no such payment"):
        await do(office, reverse_payment, ReversePayment(await item_of(office), done.payment.key, "charged back", BEN))
