"""The history under a card in Slack, and on it in Teams: each thing that happens to the item once, whatever its date and whoever brought it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.live.live_cards import INTERVAL
from bot.live.threads import TOGETHER
from cards.actions import Name
from cards.elements import Quote
from tests.bot.chat_office import ChatOffice, in_both_chats
from tests.workflows.mail import answer
from tests.workflows.office import ANA
from workflows.confirm_reply import ConfirmReply, confirm_reply
from workflows.deliver_notices import note
from workflows.domain.account import Credit, NoticeState, Payment
from workflows.domain.arrivals import Bounce
from workflows.domain.contact import Meaning
from workflows.domain.money import Money
from workflows.erase_person import ErasePerson, erase_person
from workflows.open_home import PLACES
from workflows.records import CardKind, CustomerRow
from workflows.take_bounce import take_bounce
from workflows.take_reply import take_reply


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Acme's card stands in Slack, and in a group chat of Teams, which has no threads."""
    async with in_both_chats(one_url) as made:
        assert made.teams is not None
        made.teams.threaded = False
        yield made


async def pass_on(office: ChatOffice, by: timedelta = INTERVAL + TOGETHER) -> None:
    """So long later: what came meanwhile was decided, and is shown."""
    office.clock.advance(by)
    await office.tick()
    await office.jobs.show_cards()


async def sent(office: ChatOffice) -> str:
    """The first reminder left and the chats show it; what the vendor calls it."""
    await office.deliver()
    await pass_on(office)
    (arrived,) = office.mail.mailbox
    return f"<{arrived.key}>"


async def came(office: ChatOffice, words: str, refers: str = "") -> None:
    async with office.store() as work:
        await take_reply(answer(words, refers=(refers,) if refers else ()), work, office.clock)


async def became(office: ChatOffice, state: NoticeState, why: str = "") -> None:
    (notice,) = await office.notices("acme")
    async with office.store() as work:
        await note(notice.id, state, why, work, office.clock, f"notice.{state.value}")


async def paid(office: ChatOffice, amount: str, on: date, key: str = "bank:1") -> None:
    account = await office.account("acme")
    async with office.store() as work:
        await work.add_payment(Payment(Money.of(amount, "EUR"), on, account.items[0].id, key), account.customer.id, office.clock.now())


def thread(office: ChatOffice) -> list[str]:
    return office.slack.lines.get("1.0", [])


def fold(office: ChatOffice) -> list[str]:
    assert office.teams is not None
    said = [part.text for part in office.teams.standing["1.0"].body if isinstance(part, Quote)]
    return said[0].split("\n") if said else []


async def test_that_a_message_arrived_is_told_after_that_it_was_sent(office: ChatOffice) -> None:
    await sent(office)
    await became(office, NoticeState.DELIVERED)
    await pass_on(office)
    assert thread(office) == ["11:05 First reminder sent by e-mail", "11:26 First reminder delivered by e-mail"]
    assert fold(office) == thread(office)


async def test_that_a_message_came_back_is_told_when_it_did(office: ChatOffice) -> None:
    message = await sent(office)
    office.clock.advance(timedelta(hours=2))
    async with office.store() as work:
        bounce = Bounce("bounce:1", (message,), ("pay@acme.example",), "the mailbox is full", hard=False)
        await take_bounce(bounce, work, office.clock)
    await office.jobs.show_cards()
    back = "13:15 First reminder not delivered by e-mail (It came back: the mailbox is full)"
    assert thread(office) == ["11:05 First reminder sent by e-mail", back]
    assert fold(office) == thread(office)


async def test_an_answer_is_told_with_its_words(office: ChatOffice) -> None:
    await came(office, "We pay on Friday.\n\nBest regards", await sent(office))
    await office.jobs.show_cards()
    assert thread(office)[1:] == ["11:15 The customer answered by e-mail: “We pay on Friday. Best regards”"]
    assert fold(office)[1:] == thread(office)[1:]


async def test_an_answer_about_everything_is_told_under_each_of_the_customers_cards(office: ChatOffice) -> None:
    await came(office, "Our bookkeeper is ill.")
    await pass_on(office)
    assert thread(office) == ["11:05 The customer answered by e-mail: “Our bookkeeper is ill.”"]


async def test_a_long_answer_is_cut(office: ChatOffice) -> None:
    await came(office, "word " * 500)
    await pass_on(office)
    (line,) = thread(office)
    assert len(line) < 260
    assert line.endswith("…”")


async def test_erased_words_are_told_no_more(office: ChatOffice) -> None:
    await came(office, "I am in hospital.")
    await pass_on(office)
    assert "hospital" in fold(office)[0]
    account = await office.account("acme")
    async with office.store() as work:
        await erase_person(ErasePerson(account.customer.id), work, office.clock)
    office.clock.advance(INTERVAL)
    await office.jobs.show_cards()
    assert fold(office) == ["11:05 The customer answered by e-mail"]


async def test_what_the_law_keeps_of_the_erased_is_not_told_in_a_chat(office: ChatOffice) -> None:
    async with office.store() as work:
        consumer = CustomerRow("acme", "Acme", country="US", zone="America/New_York", party="consumer")
        await work.store_customer((await work.book("main")).id, consumer, office.clock.now())
    await came(office, "I am in hospital.")
    await pass_on(office)
    account = await office.account("acme")
    async with office.store() as work:
        await erase_person(ErasePerson(account.customer.id), work, office.clock)
        assert (await work.reply(account.replies[0].id))[2]
    await pass_on(office)
    assert fold(office) == ["11:05 The customer answered by e-mail"]


async def test_money_of_an_earlier_day_is_told_once_it_is_read(office: ChatOffice) -> None:
    await office.press(ANA, "slack", await office.button("acme", Name.FLAG))
    await pass_on(office)
    await paid(office, "40.00", office.today - timedelta(days=1))
    await pass_on(office)
    await pass_on(office)
    assert thread(office)[1:] == ["11:26 Paid €40.00 on Mon 23 Nov"]
    assert fold(office)[1:] == thread(office)[1:]


async def test_what_a_file_says_is_told_and_so_is_its_correction(office: ChatOffice) -> None:
    await office.pay("acme", "60.00")
    await pass_on(office)
    await office.pay("acme", "20.00")
    await pass_on(office)
    assert [line[6:] for line in thread(office)] == ["Paid €60.00 on Tue 24 Nov", "Payment of €40.00 taken back on Tue 24 Nov"]


async def test_a_credit_is_told(office: ChatOffice) -> None:
    account = await office.account("acme")
    async with office.store() as work:
        credit = Credit(Money.of("10.00", "EUR"), office.today, account.items[0].id, "note:1")
        await work.add_credit(credit, account.customer.id, office.clock.now())
    await pass_on(office)
    assert [line[6:] for line in thread(office)] == ["Credited €10.00 on Tue 24 Nov"]


async def test_money_that_a_colleague_noted_is_told_as_what_they_did(office: ChatOffice) -> None:
    note_it = await office.button("acme", Name.CONFIRM_PAYMENT)
    await office.press(ANA, "slack", note_it, {"amount": "40.00", "paid_on": office.today.isoformat()})
    await pass_on(office)
    assert [line[6:] for line in thread(office)] == ["Ana noted a payment of 40.00 EUR of Tue 24 Nov 2026"]


async def test_a_promise_in_an_answer_is_told_once(office: ChatOffice) -> None:
    await came(office, "We pay on Friday.", await sent(office))
    account = await office.account("acme")
    async with office.store() as work:
        by = office.today + timedelta(days=3)
        ask = ConfirmReply(account.replies[0].id, Meaning.PROMISE, ANA, (account.items[0].id,), until=by)
        await confirm_reply(ask, work, office.policies, office.clock)
    await pass_on(office)
    assert "promise" in thread(office)[1]
    assert thread(office)[1].count("Ana") == 1
    await pass_on(office, timedelta(days=20))
    assert "The promise was not kept" in thread(office)[-1]


async def test_what_the_card_itself_does_not_show_is_told_all_the_same(office: ChatOffice) -> None:
    await came(office, "Thank you for your letter.")
    await pass_on(office)
    drawn = office.slack.standing["1.0"]
    await came(office, "We are closed.")
    await pass_on(office)
    assert office.slack.standing["1.0"] == drawn
    assert "We are closed." in thread(office)[-1]


async def test_what_was_there_before_the_card_is_no_news(office: ChatOffice) -> None:
    await office.owe("brill")
    account = await office.account("brill")
    async with office.store() as work:
        payment = Payment(Money.of("40.00", "EUR"), office.today, account.items[0].id, "bank:1")
        await work.add_payment(payment, account.customer.id, office.clock.now())
    await pass_on(office)
    await office.press(ANA, "slack", await office.button("brill", Name.FLAG))
    await office.jobs.show_cards()
    assert ["Paid" in line for line in office.slack.lines["2.0"]] == [False]
    assert office.teams is not None
    assert "Paid" not in str([part for part in office.teams.standing["2.0"].body if isinstance(part, Quote)])


async def test_a_clock_that_is_behind_loses_nothing(office: ChatOffice) -> None:
    """Of several machines one hears of what happened a moment before another told of something else."""
    await office.press(ANA, "slack", await office.button("acme", Name.FLAG))
    await office.jobs.show_cards()
    office.clock.advance(-timedelta(minutes=1))
    await office.press(ANA, "slack", await office.button("acme", Name.UNFLAG))
    await office.jobs.show_cards()
    assert "took the flag away" in thread(office)[-1]


async def test_a_card_of_the_release_before_goes_on_with_what_comes_next(office: ChatOffice) -> None:
    (one,) = await office.cards(CardKind.ALERT)
    async with office.store() as work:
        card = await work.card(one.id)
        told = {
            "told": office.clock.now().isoformat(),
            "thread": {"message": "1.0/0", "since": one.at.isoformat(), "at": one.at.isoformat()},
        }
        places = [
            {name: value for name, value in {**place, **told}.items() if name not in {"heard", "line"}} for place in card.data[PLACES]
        ]
        await work.set_card(replace(card, data={PLACES: places}))
    for name in (Name.FLAG, Name.UNFLAG):
        await office.press(ANA, "slack", await office.button("acme", name))
        await pass_on(office)
    assert [line[6:] for line in thread(office)] == ["Ana took the flag away"]
