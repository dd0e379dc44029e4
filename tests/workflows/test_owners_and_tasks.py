"""Whose customer it is, what somebody has to do about it, and whether they may be written to at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, BEN, MAX, VERA, Office
from workflows.assign_customer import AssignCustomer, ClaimCustomer, assign_customer, claim_customer
from workflows.complete_task import CompleteTask, complete_task
from workflows.create_task import CreateTask, TaskSet, create_task
from workflows.domain.access import User
from workflows.domain.contact import EVERY
from workflows.domain.ids import ItemId
from workflows.errors import AlreadyDone, NotAllowed, Refused
from workflows.opt_out_customer import OptInCustomer, OptOutCustomer, opt_in_customer, opt_out_customer, opted_out

ADDRESS = "pay@acme.example"


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    made = Office(store)
    await made.open(ANA, BEN, MAX, VERA)
    await made.owe("acme", "acme/2")
    yield made
    await store.close()


async def item_of(office: Office, number: str = "INV-acme") -> ItemId:
    return next(item.id for item in (await office.account("acme")).items if item.number == number)


async def do(office: Office, use_case: Any, ask: Any) -> Any:
    async with office.store() as work:
        return await use_case(ask, work, office.clock)


async def owner(office: Office) -> object:
    return (await office.account("acme")).customer.owner


async def told(office: Office) -> list[str]:
    return [act.words for act in (await office.account("acme")).acts]


# Owners ------------------------------------------------------------------------------------------------------------------


async def test_who_takes_a_customer_first_has_it_and_the_second_is_told(office: Office) -> None:
    await do(office, claim_customer, ClaimCustomer(await item_of(office), ANA))
    for by, words in ((BEN, "Ana has Acme"), (ANA, "You have Acme")):
        with pytest.raises(AlreadyDone, match=words):
            await do(office, claim_customer, ClaimCustomer(await item_of(office, "INV-acme/2"), by))
    assert await owner(office) == ANA.id
    with pytest.raises(AlreadyDone, match="Ana was first"):
        await do(office, claim_customer, ClaimCustomer(await item_of(office), BEN, seen=0))


async def test_a_customer_is_given_let_go_and_taken_again(office: Office) -> None:
    item = await item_of(office)
    await do(office, assign_customer, AssignCustomer(item, BEN.id, ANA))
    with pytest.raises(Refused, match="Ben has Acme already"):
        await do(office, assign_customer, AssignCustomer(item, BEN.id, ANA))
    await do(office, assign_customer, AssignCustomer(item, None, BEN))
    with pytest.raises(Refused, match="Nobody has Acme"):
        await do(office, assign_customer, AssignCustomer(item, None, BEN))
    await do(office, claim_customer, ClaimCustomer(item, MAX))
    assert await told(office) == ["Ana gave the customer to Ben", "Ben gave the customer to nobody", "Max took the customer"]
    assert [data["to"] for kind, data in await office.trail() if kind == "customer.assigned"] == [str(BEN.id), None, str(MAX.id)]


async def test_who_may_only_look_is_given_nothing(office: Office) -> None:
    with pytest.raises(Refused, match="Vera is a viewer"):
        await do(office, assign_customer, AssignCustomer(await item_of(office), VERA.id, ANA))
    with pytest.raises(NotAllowed):
        await do(office, claim_customer, ClaimCustomer(await item_of(office), VERA))
    assert await owner(office) is None


# Tasks -------------------------------------------------------------------------------------------------------------------


async def test_a_task_is_made_for_a_colleague_and_done_once_by_whoever_did_it(office: Office) -> None:
    ask = CreateTask(await item_of(office), " call  them ", BEN.id, office.today + timedelta(2), ANA)
    made: TaskSet = await do(office, create_task, ask)
    assert (await office.account("acme")).tasks == (made.task,)
    assert await told(office) == ["Ana made a task for Ben by Thu 26 Nov 2026: call them"]
    await do(office, complete_task, CompleteTask(made.task.id, MAX))
    with pytest.raises(AlreadyDone, match="Max has done this, Tue 24 Nov 2026 at 11:00"):
        await do(office, complete_task, CompleteTask(made.task.id, BEN))
    (task,) = (await office.account("acme")).tasks
    assert (task.done_by, task.done_at) == (MAX.id, office.clock.now())
    assert (await told(office))[-1] == "Max has done: call them"


@pytest.mark.parametrize(
    ("what", "whose", "days", "words"),
    [
        ("  ", None, 0, "Say what is to be done"),
        ("x" * 301, None, 0, "at most 300"),
        ("x", None, -1, "is past"),
        ("x", VERA, 0, "is a viewer"),
    ],
)
async def test_a_task_that_cannot_be_is_refused(office: Office, what: str, whose: User | None, days: int, words: str) -> None:
    ask = CreateTask(await item_of(office), what, whose.id if whose else None, office.today + timedelta(days), ANA)
    with pytest.raises(Refused, match=words):
        await do(office, create_task, ask)
    assert (await office.account("acme")).tasks == ()


async def test_who_may_only_look_makes_and_ends_no_task(office: Office) -> None:
    made: TaskSet = await do(office, create_task, CreateTask(await item_of(office), "call", None, None, ANA))
    for use_case, ask in (
        (create_task, CreateTask(await item_of(office), "call", None, None, VERA)),
        (complete_task, CompleteTask(made.task.id, VERA)),
    ):
        with pytest.raises(NotAllowed):
            await do(office, use_case, ask)


# Contact -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [EVERY, ADDRESS])
async def test_on_the_customers_word_nothing_more_is_sent_until_they_want_it_again(office: Office, address: str) -> None:
    item = await item_of(office)
    await do(office, opt_out_customer, OptOutCustomer(item, address, "by phone to Ana", ANA))
    with pytest.raises(Refused, match="opted out there already"):
        await do(office, opt_out_customer, OptOutCustomer(item, address, "again", BEN))
    assert opted_out(await office.account("acme")) == (address,)
    await office.tick()
    await office.deliver()
    assert office.mail.mailbox == []
    await do(office, opt_in_customer, OptInCustomer(item, address, "in a letter", BEN))
    with pytest.raises(Refused, match="not opted out there"):
        await do(office, opt_in_customer, OptInCustomer(item, address, "in a letter", BEN))
    assert [one.ended_at for one in (await office.account("acme")).opt_outs] == [office.clock.now()]
    await office.tick()
    await office.deliver()
    assert len(office.mail.mailbox) == 1


@pytest.mark.parametrize(
    ("address", "how", "words"), [("other@acme.example", "x", "none of the customer's"), (EVERY, " ", "how the customer told you")]
)
async def test_an_opt_out_is_of_their_own_address_and_says_how_it_came(office: Office, address: str, how: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        await do(office, opt_out_customer, OptOutCustomer(await item_of(office), address, how, ANA))
    assert (await office.account("acme")).opt_outs == ()
