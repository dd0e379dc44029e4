"""What goes out today, before the tick has made it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adapters.store.unit_of_work import SqlStore
from bot.live.lines import outgoing_lines
from cards.actions import Action, Name
from cards.digest import Today, outgoing, today_words
from tests.bot.chat_office import ChatOffice
from tests.workflows.office import ANA, opened
from workflows.domain.money import Money


async def test_a_planned_message_names_every_currency_it_will_ask_for(store: SqlStore) -> None:
    office = await opened(store, "acme")
    due = office.today - timedelta(days=3)
    dollars = replace(office.row("acme/2", due, "1.00"), total=Money.of("70.00", "USD"))
    async with store() as work:
        book = await work.book("main")
        await work.store_rows(book.id, [dollars], office.clock.now() - timedelta(days=60))
        planned = (await outgoing_lines(book, work, office.policies, office.clock.now())).lines
    await office.tick()
    async with store() as work:
        made = (await outgoing_lines(book, work, office.policies, office.clock.now())).lines
    sums = (Money.of("100.00", "EUR"), Money.of("70.00", "USD"))
    assert [line.amounts for line in planned] == [line.amounts for line in made] == [sums]


async def test_a_reminder_asks_for_what_is_late_and_not_for_what_it_lists_for_planning(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.owe("acme/2", late=-2, amount="70.00")
    async with store() as work:
        planned = (await outgoing_lines(await work.book("main"), work, office.policies, office.clock.now())).lines
    await office.tick()
    async with store() as work:
        made = (await outgoing_lines(await work.book("main"), work, office.policies, office.clock.now())).lines
    assert [line.amounts for line in planned] == [line.amounts for line in made] == [(Money.of("100.00", "EUR"),)]


async def test_where_not_everybody_was_looked_at_there_are_at_least_so_many(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill", "costa")
    async with store() as work:
        book = await work.book("main")
        some = await outgoing_lines(book, work, office.policies, office.clock.now(), 2)
        assert (len(some.lines), some.more) == (2, True)
        every = await outgoing_lines(book, work, office.policies, office.clock.now(), 3)
        assert (len(every.lines), every.more) == (3, False)
    told = outgoing(book, office.today, some.lines, more=some.more)
    assert told.summary == "Goes out Tuesday 24 November: at least 2 reminders, €200.00"
    assert today_words(book, Today(2, more=True), office.today) == "Today: at least 2 reminders go out"


async def test_what_goes_out_is_of_today_also_on_the_digest_of_yesterday(store: SqlStore) -> None:
    office = ChatOffice(store)
    await office.open()
    await office.link(ANA)
    await office.owe("acme")
    old = Action(Name.SHOW_OUTGOING, (await office.book()).id, data={"day": "2026-11-23"})
    reply = await office.press(ANA, "slack", old)
    assert reply.card is not None
    assert reply.card.summary.startswith("Goes out Tuesday 24 November: 1 reminder")
