"""What goes out today, before the tick has made it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adapters.store.unit_of_work import SqlStore
from bot.live.lines import outgoing_lines
from tests.workflows.office import opened
from workflows.domain.money import Money


async def test_a_planned_message_names_every_currency_it_will_ask_for(store: SqlStore) -> None:
    office = await opened(store, "acme")
    due = office.today - timedelta(days=3)
    dollars = replace(office.row("acme/2", due, "1.00"), total=Money.of("70.00", "USD"))
    async with store() as work:
        book = await work.book("main")
        await work.store_rows(book.id, [dollars], office.clock.now() - timedelta(days=60))
        planned = await outgoing_lines(book, work, office.policies, office.clock.now())
    await office.tick()
    async with store() as work:
        made = await outgoing_lines(book, work, office.policies, office.clock.now())
    sums = (Money.of("100.00", "EUR"), Money.of("70.00", "USD"))
    assert [line.amounts for line in planned] == [line.amounts for line in made] == [sums]


async def test_a_reminder_asks_for_what_is_late_and_not_for_what_it_lists_for_planning(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.owe("acme/2", late=-2, amount="70.00")
    async with store() as work:
        planned = await outgoing_lines(await work.book("main"), work, office.policies, office.clock.now())
    await office.tick()
    async with store() as work:
        made = await outgoing_lines(await work.book("main"), work, office.policies, office.clock.now())
    assert [line.amounts for line in planned] == [line.amounts for line in made] == [(Money.of("100.00", "EUR"),)]
