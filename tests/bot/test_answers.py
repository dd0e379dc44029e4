"""What is typed in a chat is answered, in words, with choices, or with the form it asks for; whatever the text is, nothing breaks."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.commands import VERBS, parse
from bot.desk.answers import answer
from cards.actions import Action, Name
from cards.choices import asking
from cards.elements import Actions, Card, Rows
from cards.html import render as html
from cards.paging import paged
from cards.plain.render import render
from cards.request_forms import handle
from cards.slack.render import render as slack
from tests.bot.chat_office import ChatOffice
from tests.conftest import SECRET_KEY
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, MAX, VERA
from workflows.domain.account import Book
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, TaskId, new_id
from workflows.domain.tasks import Task


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Birkenhof owes for forty days, Acme 100 and 5,000 for three."""
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    made = ChatOffice(store)
    await made.open(ANA, MAX, VERA, chat=True)
    for user in (ANA, MAX, VERA):
        await made.link(user)
    await made.owe("birkenhof", late=40)
    await made.owe("acme")
    await made.owe("acme/2", amount="5000.00")
    yield made
    await store.close()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("overdue", "2 customers"),
        ("overdue 30", "Northwind: overdue, 30 days and more"),
        ("overdue 90", "nothing overdue, 90 days and more"),
        ("overdue >1000", "Northwind: overdue, €1,000.00 and more · €5,100.00"),
        ("overdue acme", "Acme · €5,100.00 · overdue"),
        ("overdue >1000.00 acme", "Acme · €5,000.00 · overdue, €1,000.00 and more"),
        ("overdue 30 acme", "Acme: nothing overdue, 30 days and more"),
        ("overdue >1,234", "can be read in two ways"),
        ("balance acme", "€5,100.00"),
        ("balance 'Acme'", "€5,100.00"),
        ("acme", "€5,100.00"),
        ("INV-acme", "Not reminded yet"),
        ("acme/2", "€5,000.00 · 3 days late"),
        ("V-acme", "Did you mean"),
        ("customer acme", "pay@acme.example"),
        ("invoice inv-acme/2", "€5,000.00"),
        ("why INV-acme", "Because:"),
        ("mine", "Ana's customers: nothing overdue"),
        ("promises", "Nothing is promised."),
        ("plans", "Nothing is on a plan."),
        ("disputes", "Nothing is disputed."),
        ("tasks", "No task is open."),
        ("aging", "31-60"),
        ("settings", "You are Ana, collector."),
        ("help", "What you can ask"),
        ("balance", "Say the customer too"),
        ("balance birkenhoff", "Did you mean"),
        ("customer brikenhof", "Did you mean"),
        ("invoice INV-birkenhoff", "Did you mean"),
        ("balance zzz", "No customer is called"),
        ("invoice zzz", "No invoice has the number"),
        ("remind INV-nobody-has 7", "No invoice has the number"),
        ("remind INV-acme please", "I do not know what to do with “please”"),
        ("snooze INV-acme someday", "is no day"),
        ("aging nowhere", "There is no book “nowhere”; there is: main."),
    ],
)
async def test_a_question_is_answered(office: ChatOffice, text: str, told: str) -> None:
    assert told in await office.told(ANA, text)


def choices(card: Card | None) -> list[Action]:
    assert card is not None
    rows = [row.open for part in card.body if isinstance(part, Rows) for row in part.rows]
    buttons = [button.action for part in card.body if isinstance(part, Actions) for button in part.buttons]
    return [action for action in (*rows, *buttons) if action is not None]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("balance birkenhoff", "Birkenhof · €100.00"),
        ("overdue birkenhoff", "Birkenhof · €100.00 · overdue"),
        ("overdue 30 >1000 EUR birkenhoff", "Birkenhof: nothing overdue, 30 days and more, €1,000.00 and more"),
        ("customer brikenhof", "pay@birkenhof.example"),
        ("invoice INV-brikenhof", "INV-birkenhof"),
        ("why INV-brikenhof", "Why: Birkenhof"),
        ("balanec birkenhof", "Birkenhof · €100.00"),
        ("remnid INV-birkenhof", "INV-birkenhof"),
    ],
)
async def test_a_misspelt_word_or_name_offers_buttons_that_ask_it_right(office: ChatOffice, text: str, told: str) -> None:
    first, *_ = choices((await office.type(ANA, text)).card)
    answer = (await office.press(ANA, "slack", first)).card
    assert answer is not None
    assert told in " ".join(render(answer).split())


async def test_an_act_is_done_or_its_form_opened_as_if_it_had_been_pressed(office: ChatOffice) -> None:
    assert (await office.type(ANA, "remind INV-acme")).form is not None
    assert (await office.type(ANA, "escalate INV-acme")).form is not None
    assert (await office.type(ANA, "snooze INV-acme")).form is not None
    assert "flagged" in await office.told(ANA, "flag INV-acme")
    assert "snoozed until Fri 27 Nov" in await office.told(ANA, "snooze inv-acme 3d")
    assert "snoozed until Mon 30 Nov" in await office.told(ANA, 'snooze "INV-acme" until Monday')


async def test_an_act_needs_its_right(office: ChatOffice) -> None:
    for text in ("flag INV-acme", "remind INV-acme", "snooze INV-acme 3d"):
        assert "Your role is viewer" in await office.told(VERA, text)


async def test_the_same_command_delivered_twice_acts_once(office: ChatOffice) -> None:
    await office.type(ANA, "flag INV-acme")
    assert "already flagged" in await office.told(MAX, "flag INV-acme")
    assert len((await office.account("acme")).flags) == 1


async def test_mine_are_the_customers_whose_owner_asks(office: ChatOffice) -> None:
    account = await office.account("acme")
    async with office.store() as work:
        await work.assign(account.customer.id, ANA.id, office.clock.now())
    assert "Acme" in await office.told(ANA, "mine")
    assert "nothing overdue" in await office.told(MAX, "mine")


async def test_tasks_say_what_for_whom_and_by_when(office: ChatOffice) -> None:
    item = (await office.account("acme")).items[0].id
    async with office.store() as work:
        due = office.today + timedelta(days=1)
        await work.add_task(Task(TaskId(new_id()), "task:1", item, "call them", office.clock.now(), ANA.id, due))
    told = await office.told(MAX, "tasks")
    assert all(words in told for words in ("call them", "Acme", "Wed 25 Nov", "Ana"))


async def test_a_thing_that_stands_in_two_books_is_asked_about(office: ChatOffice) -> None:
    book = Book(BookId(new_id()), "south", "Southwind", Place("Europe/Berlin"))
    row = office.row("acme", office.today, "7.00")
    async with office.store() as work:
        await work.add_book(book)
        await work.store_rows(book.id, [row], office.clock.now())
    assert "Southwind" in await office.told(ANA, "invoice INV-acme")
    assert "C-" not in await office.told(ANA, "balance acme")
    assert "Southwind" in await office.told(ANA, "balance acme")
    assert "south" in await office.told(ANA, "aging")
    opened = (await office.press(ANA, "slack", choices((await office.type(ANA, "aging")).card)[1])).card
    assert opened is not None
    assert "Southwind" in opened.summary


async def test_a_list_may_be_of_one_book(office: ChatOffice) -> None:
    """As the buttons of a summary ask for it: two books have a customer each who owes, promised, and is to be called."""
    book = Book(BookId(new_id()), "south", "Southwind", Place("Europe/Berlin"))
    async with office.store() as work:
        await work.add_book(book)
        await work.store_rows(book.id, [office.row("carlo", office.today - timedelta(days=9), "7.00")], office.clock.now())
    for number in ("INV-acme", "INV-carlo"):
        async with office.store() as work:
            item = (await work.find_items(number))[0].item.id
            await work.add_task(Task(TaskId(new_id()), f"task:{number}", item, "call them", office.clock.now(), ANA.id))
        typed = {"amount": "5", "until": (office.today + timedelta(days=2)).isoformat()}
        await office.press(ANA, "slack", Action(Name.CONFIRM_PROMISE, item), typed)
    for asked in ("overdue", "promises", "tasks"):
        told = {name: await office.told(ANA, f"{asked} {name}".strip()) for name in ("", "main", "South")}
        assert {name: ("Acme" in said, "Carlo" in said) for name, said in told.items()} == {
            "": (True, True),
            "main": (True, False),
            "South": (False, True),
        }, asked
    assert "There is no book “nowhere”" in await office.told(ANA, "plans nowhere")


async def test_a_chat_by_another_name_answers_the_same(office: ChatOffice) -> None:
    office.teams = FakeRoom("teams")
    await office.link(ANA, "teams")
    for text in ("overdue", "balance acme", "balance birkenhoff", "customer acme", "settings"):  # help says what is typed there
        assert (await office.type(ANA, text)).card == (await office.type(ANA, text, "teams")).card


async def test_a_customer_who_wants_no_more_mail_is_not_said_to_be_written_to(office: ChatOffice) -> None:
    typed = {"address": handle("pay@acme.example"), "how": "by phone"}
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_OPT_OUT), typed)
    assert "Written to: pay@acme.example (wants no more messages)" in await office.told(ANA, "customer acme")


NASTY = [
    "<!channel>", "<@U1>", "@here", "*b*", "_i_", "`x`", "<b>", "</script><script>alert(1)</script>", "{{7*7}}", "{% x %}", "${x}", "=1+1",
    "';DROP TABLE items;--", "%", "_", "\\", "\x00", "\u202e", "\u2066", "\ud800", "🧾", "ﷺ", "a\u0301" * 9, "9" * 400, "=" + "0" * 32,
    "=00000000-0000-0000-0000-000000000000", "-1", "0x1f", "1e999", "NaN", ">", ">=", "€", "EUR", "'", '"', "“", "»", "acme", "INV-acme", "3d", "\n", "\t", "share", "south",
]  # fmt: skip


def hostile(number: int) -> list[str]:
    """The same texts on every run: verbs, misspelt verbs, and pieces that mean something to some machine or other."""
    chance = random.Random(20261124)
    texts = []
    for _ in range(number):
        verb = chance.choice([*VERBS, ""])
        if verb and chance.random() < 0.2:
            at = chance.randrange(len(verb))
            verb = verb[:at] + verb[at + 1 :]
        pieces = [chance.choice(NASTY) for _ in range(chance.randrange(4))]
        texts.append(chance.choice([" ", "", "  "]).join([f"{verb} " if verb else "", *pieces]))
    return texts


async def test_every_overdue_customer_stands_on_one_page_however_many_there_are(office: ChatOffice) -> None:
    for late in range(4, 59):
        await office.owe(f"c{late}", late=late)
    await office.tick()
    await office.owe("new", late=70)  # what changed since the tick stands in its place too
    listed, page = list[str](), 0
    while True:
        async with office.store() as work:
            card = paged(
                await answer(parse("overdue"), work, office.policies, office.clock.now(), page=page), page, partial(asking, "overdue")
            )
        assert card.summary == "Northwind: overdue: 58 customers"
        listed += [row.cells[0] for part in card.body if isinstance(part, Rows) for row in part.rows]
        if not any(button.label == "Next" for part in card.body if isinstance(part, Actions) for button in part.buttons):
            break
        page += 1
    assert listed == ["New", *(f"C{late}" for late in range(58, 40, -1)), "Birkenhof", "C40", *(f"C{n}" for n in range(39, 3, -1)), "Acme"]
    assert page == 3


async def test_who_owes_next_to_nothing_is_no_overdue_customer_once_looked_at(office: ChatOffice) -> None:
    await office.tick()
    await office.pay("acme", "99.95")
    await office.pay("acme/2", "4999.95", of="5000.00")
    await office.tick()
    reply = await office.type(VERA, "overdue")
    assert reply.card is not None
    assert reply.card.summary == "Northwind: overdue: 1 customer, €100.00"


async def test_ten_thousand_hostile_texts_change_nothing_and_are_all_answered(office: ChatOffice) -> None:
    before = await office.account("acme")
    async with office.store() as work:
        for asked, text in {parse(text): text for text in hostile(10_000)}.items():
            card = await answer(asked, work, office.policies, office.clock.now(), VERA)
            drawn = str(slack(card).blocks)
            assert "<script" not in html.render(card), text
            assert '"mrkdwn"' not in drawn, text
            assert "49" not in card.summary, text
    assert await office.account("acme") == before


async def test_what_is_hostile_goes_through_the_door_without_an_apology(office: ChatOffice) -> None:
    with capture_logs() as logged:
        for text in (*NASTY, *hostile(60)):
            reply = await office.type(VERA, text)
            assert reply.form is None, text
            assert reply.card is not None, text
            assert not [mention for mention in ("<!channel>", "<@U1>") if mention in slack(reply.card).text], text
    assert office.slack.standing == {}
    assert not [entry for entry in logged if entry["log_level"] == "error"]
