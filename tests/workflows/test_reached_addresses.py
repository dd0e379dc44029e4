"""A message goes to the addresses that want it, judged again when it leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, ANY_HOUR, Office, opened, policies
from workflows.domain.account import NoticeState
from workflows.domain.arrivals import Bounce
from workflows.domain.contact import EVERY
from workflows.errors import Refused
from workflows.opt_out_customer import OptInCustomer, OptOutCustomer, opt_in_customer, opt_out_customer
from workflows.take_bounce import take_bounce

PAY, BOSS = "pay@acme.example", "boss@acme.example"


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    """Whose one customer has two addresses."""
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    office = await opened(store, policies=policies(ANY_HOUR))
    row = replace(office.row("acme", office.today.replace(day=21), "100.00"), more_emails=(BOSS,))
    async with store() as work:
        await work.store_rows((await work.book("main")).id, [row], office.clock.now().replace(month=9))
    yield office
    await store.close()


async def stop(office: Office, address: str) -> None:
    item = (await office.account("acme")).items[0].id
    async with office.store() as work:
        await opt_out_customer(OptOutCustomer(item, address, "on the phone", ANA), work, office.clock)


async def start(office: Office, address: str) -> None:
    item = (await office.account("acme")).items[0].id
    async with office.store() as work:
        await opt_in_customer(OptInCustomer(item, address, "on the phone", ANA), work, office.clock)


def went_to(office: Office) -> list[tuple[str, ...]]:
    return [one.message.to for one in office.mail.mailbox]


async def test_it_goes_to_every_address_that_is_known(office: Office) -> None:
    await office.pass_minutes(2)
    assert went_to(office) == [(PAY, BOSS)]


async def test_who_wants_no_more_gets_no_more_and_the_other_one_does(office: Office) -> None:
    await stop(office, PAY)
    await office.pass_minutes(2)
    assert went_to(office) == [(BOSS,)]


async def test_stopped_while_it_is_queued_it_does_not_go_there(office: Office) -> None:
    await office.tick()
    await stop(office, BOSS)
    await office.deliver()
    assert went_to(office) == [(PAY,)]


@pytest.mark.parametrize("addresses", [(PAY, BOSS), (EVERY,)])
async def test_with_no_address_left_nothing_leaves_and_a_colleague_is_asked(office: Office, addresses: tuple[str, ...]) -> None:
    await office.tick()
    for address in addresses:
        await stop(office, address)
    await office.deliver()
    await office.pass_minutes(2)
    assert went_to(office) == []
    account = await office.account("acme")
    assert [notice.state for notice in account.notices] == [NoticeState.SUPPRESSED]
    assert [task.what for task in account.tasks] == ["Reach the customer another way"]


async def test_a_persons_own_reminder_does_not_go_there_either(office: Office) -> None:
    await stop(office, PAY)
    await office.send_by_hand("acme")
    await stop(office, BOSS)
    await office.deliver()
    assert went_to(office) == []
    assert [notice.state for notice in await office.notices("acme") if notice.by] == [NoticeState.SUPPRESSED]
    with pytest.raises(Refused, match="wants no more messages"):
        await office.send_by_hand("acme")


async def test_who_wants_messages_again_gets_them(office: Office) -> None:
    await stop(office, PAY)
    await start(office, PAY)
    await office.pass_minutes(2)
    assert went_to(office) == [(PAY, BOSS)]


async def test_it_came_back_from_the_only_address_it_went_to_so_it_was_not_said(office: Office) -> None:
    await stop(office, BOSS)
    await office.pass_minutes(2)
    bounce = Bounce("b1", (f"<{office.mail.mailbox[0].key}>",), (PAY,), "no such mailbox", hard=True)
    async with office.store() as work:
        await take_bounce(bounce, work, office.clock)
    assert await office.states("acme") == ["failed"]
