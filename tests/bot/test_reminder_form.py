"""What a person sees before they send: the sums beside the message are those in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adapters.store.unit_of_work import SqlStore
from bot.desk.forms import reminder
from cards.elements import Facts
from tests.workflows.office import ANA, Office, opened
from workflows.domain.money import Money
from workflows.send_reminder import PreviewReminder, preview_reminder


async def asked_for(office: Office, name: str) -> str:
    item = next(one for one in (await office.account(name)).items if one.number == f"INV-{name}").id
    async with office.store() as work:
        seen = await preview_reminder(PreviewReminder(item, ANA), work, office.policies, office.letters, office.clock)
        form = reminder(seen, office.policies, office.clock.now())
    facts = next(part for part in form.intro if isinstance(part, Facts))
    return dict(facts.pairs)["Asks for"]


async def test_money_on_account_is_taken_off_as_in_the_message(store: SqlStore) -> None:
    office = await opened(store, "acme")
    note = replace(office.row("acme/credit", office.today - timedelta(days=3), "1.00"), total=Money.of("-30.00", "EUR"))
    async with store() as work:
        await work.store_rows((await work.book("main")).id, [note], office.clock.now())
    assert await asked_for(office, "acme") == "€70.00, INV-acme"


async def test_an_invoice_that_is_not_due_yet_is_named_with_its_own_amount(store: SqlStore) -> None:
    office = await opened(store)
    await office.owe("brill", late=-5)
    assert await asked_for(office, "brill") == "€100.00, INV-brill"
