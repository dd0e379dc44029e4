"""A server that names an address as none of its own: no more mail to it, one card, and nothing tried again day after day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.fakes.outreach import FakeOutreach
from tests.workflows.office import Office, opened
from workflows.domain.messages import Message, Receipt
from workflows.errors import AddressRefused, Rejected
from workflows.records import CardKind

GONE, BOSS = "pay@acme.example", "boss@acme.example"
SAID = "550 5.1.1 no such user"


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield await opened(store, "acme", "brill")
    await store.close()


async def days(office: Office, number: int) -> None:
    for _ in range(number):
        await office.tick()
        await office.deliver()
        office.clock.advance(timedelta(days=1))


async def out(office: Office) -> list[tuple[str, str]]:
    return [(one.address, one.how) for one in (await office.account("acme")).opt_outs if one.ended_at is None]


async def test_it_is_opted_out_told_once_and_not_tried_again(office: Office) -> None:
    office.mail.trouble = {GONE: AddressRefused(SAID, (GONE,))}
    await days(office, 6)
    assert office.mail.tried == 2  # one each
    assert await out(office) == [(GONE, f"bounce: {SAID}")]
    assert await office.states("acme") == ["failed"]
    (card,) = await office.cards(CardKind.PROBLEM)
    assert (card.data["what"], card.data["address"], SAID in card.data["because"]) == ("opted_out", GONE, True)
    assert [kind for kind, _ in await office.trail()].count("contact.opted_out") == 1


async def test_a_refusal_of_the_message_alone_leaves_the_address_as_it_was(office: Office) -> None:
    office.mail.trouble = {GONE: Rejected("554 5.7.1 looks like spam")}
    await days(office, 2)
    assert await out(office) == []
    assert office.mail.tried > 2


async def test_the_others_got_it_and_go_on_getting_it(office: Office) -> None:
    office.mail = _Partly()
    row = replace(office.row("acme", office.today - timedelta(days=3), "100.00"), email=GONE, more_emails=(BOSS,))
    async with office.store() as work:
        await work.store_rows((await work.book("main")).id, [row], office.clock.now())
    to = (await office.account("acme")).customer.emails
    await days(office, 12)
    assert await office.states("acme") == ["sent", "sent"]
    assert [arrived.message.to for arrived in office.mail.mailbox if to[0] in arrived.message.to or BOSS in arrived.message.to] == [
        to,
        tuple(address for address in to if address != GONE),
    ]
    assert [address for address, _ in await out(office)] == [GONE]


class _Partly(FakeOutreach):
    """Takes every message, but none for the address that is gone."""

    async def send(self, message: Message, key: str) -> Receipt:
        receipt = await FakeOutreach.send(self, message, key)
        return replace(receipt, refused=tuple(address for address in message.to if address == GONE))
