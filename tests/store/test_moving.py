"""A customer who is renamed in a file of names, or whose invoice goes to another, is not chased against what was said before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from adapters.store.unit_of_work import SqlStore
from bot.live.lines import outgoing_lines
from tests.workflows.office import ANA, Office, opened
from workflows.domain.claims import Dispute, Hold, Promise
from workflows.domain.contact import OptOut
from workflows.domain.decide import decide
from workflows.domain.ids import HoldId, PromiseId
from workflows.domain.money import Money


async def renamed(office: Office, *names: str) -> None:
    """A file that goes by names alone has the customer under another one."""
    due = office.today - timedelta(days=3)
    rows = [replace(office.row(name, due, "100.00"), customer_number="Neu", customer_name="Neu") for name in names]
    async with office.store() as work:
        await work.store_rows((await work.book("main")).id, rows, office.clock.now())


async def state(office: Office, name: str) -> str:
    account = await office.account(name)
    item = next(one for one in account.items if one.number == f"INV-{name}")
    return decide(office.policies.of(account), account, office.clock.now()).of(item.id).state.value


async def test_what_was_said_of_an_invoice_goes_with_it(store: SqlStore) -> None:
    names = ("acme", "acme/2", "acme/3", "acme/4")
    office = await opened(store, *names)
    account, now = await office.account("acme"), office.clock.now()
    of = {item.number: item.id for item in account.items}
    async with store() as work:
        await work.dispute(Dispute(of["INV-acme"], "broken", ANA.id, now))
        await work.hold(Hold(HoldId(uuid4()), of["INV-acme/2"], "audit", None, ANA.id, now), account.customer.id)
        until, amount = office.today + timedelta(days=9), Money.of("100.00", "EUR")
        await work.promise(Promise(PromiseId(uuid4()), (of["INV-acme/3"],), amount, until, ANA.id, now), account.customer.id)
    await renamed(office, *names)
    assert (await office.account("acme")).customer.name == "Neu"
    assert [await state(office, name) for name in names] == ["disputed", "held", "promised", "chasing"]


async def test_nobody_is_written_to_under_a_new_name_who_wanted_no_more_or_is_on_hold(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    acme, brill, now = await office.account("acme"), await office.account("brill"), office.clock.now()
    async with store() as work:
        await work.opt_out(OptOut("email", "pay@acme.example", "reply", now), acme.customer.id)
        await work.hold(Hold(HoldId(uuid4()), None, "insolvent", None, ANA.id, now), brill.customer.id)
    await renamed(office, "acme", "brill")
    assert [one.address for one in (await office.account("acme")).opt_outs] == ["pay@acme.example"]
    assert (await state(office, "acme"), await state(office, "brill")) == ("chasing", "held")


async def test_a_message_stays_known_and_is_not_repeated(store: SqlStore) -> None:
    office = await opened(store, "acme", "acme/2")
    await office.tick()
    await office.deliver()
    await renamed(office, "acme", "acme/2")
    assert [notice.step for notice in await office.notices("acme")] == ["first"]
    for _ in range(3):
        office.clock.advance(timedelta(days=1))
        await office.tick()
        await office.deliver()
    assert len(await office.notices("acme")) == 1


async def test_a_message_about_what_is_now_of_two_customers_can_still_be_listed(store: SqlStore) -> None:
    office = await opened(store, "acme", "acme/2")
    await office.tick()
    await renamed(office, "acme")
    async with store() as work:
        lines = (await outgoing_lines(await work.book("main"), work, office.policies, office.clock.now())).lines
    assert {line.customer for line in lines} >= {"Acme"}
    await office.deliver()
    await office.pass_minutes(2)
