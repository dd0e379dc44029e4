"""What managers ask for in chat, and what the summary's buttons open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.chat.protocol import Incoming, Person
from adapters.store.unit_of_work import SqlStore
from cards.actions import Action, Name
from cards.elements import Actions, Card, Row, Rows
from cards.plain.render import render
from cards.summary_lists import PAGE
from tests.workflows.office import ANA, ANY_HOUR, Office, opened, policies
from workflows.domain.account import Account
from workflows.domain.contact import Meaning, Reply
from workflows.domain.ids import ReplyId, TaskId, new_id
from workflows.domain.money import Money
from workflows.domain.tasks import Task
from workflows.record_promise import RecordPromise, record_promise


async def asked(office: Office, asking: str | Action) -> Card:
    person, action = Person("inbox", "", str(ANA.id)), asking if isinstance(asking, Action) else None
    incoming = Incoming(str(new_id()), person, action, None if action else str(asking))
    await office.store.inbound(office.clock).accept(incoming)
    reply = await office.jobs.handler(incoming)
    assert reply.card is not None
    return reply.card


def pressed(card: Card, label: str) -> Action:
    return next(button.action for part in card.body if isinstance(part, Actions) for button in part.buttons if button.label == label)


def rows(card: Card) -> list[Row]:
    return [row for part in card.body if isinstance(part, Rows) for row in part.rows]


async def disputed(office: Office, account: Account) -> None:
    """In an answer to a mail."""
    said = Reply(ReplyId(new_id()), "r1", "email", "pay@acme.example", office.clock.now(), Meaning.DISPUTE, (account.items[0].id,))
    async with office.store() as work:
        await work.add_reply(said, account.customer.id, "It never came.")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("report", "Week to Tue 24 Nov · Northwind"),
        ("forecast", "Due-date baseline: if everybody pays on the day it is due"),
        ("metrics", "DSO, countback"),
        ("aging", "Aging of Northwind"),
    ],
)
async def test_figures_are_answered_in_chat(store: SqlStore, question: str, says: str) -> None:
    office = await opened(store, "acme", "brill")
    text = render(await asked(office, question))
    assert says in text
    assert "€" in text


async def test_all_debtors_come_page_by_page_and_each_once(store: SqlStore) -> None:
    office = await opened(store, *(f"c{n}" for n in range(PAGE + 5)))
    first = await asked(office, pressed(await asked(office, "report"), "All debtors"))
    second = await asked(office, pressed(first, "Next"))
    assert [len(rows(card)) for card in (first, second)] == [PAGE, 5]
    assert len({row.cells[0] for card in (first, second) for row in rows(card)}) == PAGE + 5
    assert rows(await asked(office, pressed(second, "Back"))) == rows(first)


@pytest.mark.parametrize("page", ["-1", "²", "99999", "999999999999", "x", ""])
async def test_a_page_that_is_none_is_an_answer(store: SqlStore, page: str) -> None:
    office = await opened(store, "acme")
    shown = await asked(office, Action(Name.SHOW_DEBTORS, (await office.book()).id, data={"day": "2026-11-24", "page": page}))
    assert "Debtors of Northwind" in render(shown)


async def test_what_waits_for_us_opens_the_oldest_first(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    now, acme, brill = office.clock.now(), await office.account("acme"), await office.account("brill")
    await disputed(office, acme)
    async with store() as work:
        await work.add_task(Task(TaskId(new_id()), "t1", brill.items[0].id, "call them", now - timedelta(hours=1)))
    shown = rows(await asked(office, pressed(await asked(office, "report"), "Waiting")))
    assert [row.cells[:2] for row in shown] == [("Brill", "task: call them"), ("Acme", "answered: dispute")]
    assert [row.open and row.open.id for row in shown] == [brill.items[0].id, acme.items[0].id]


async def test_of_much_that_waits_the_number_is_true_and_every_page_is_reached(store: SqlStore) -> None:
    office = await opened(store, "acme")
    item, now = (await office.account("acme")).items[0].id, office.clock.now()
    async with store() as work:
        for n in range(120):
            await work.add_task(Task(TaskId(new_id()), f"t{n}", item, f"call {n}", now + timedelta(minutes=n)))
    shown, seen = await asked(office, Action(Name.SHOW_WAITING, (await office.book()).id)), list[str]()
    while True:
        assert shown.summary == "Waits for us, Northwind: 120"
        seen += [row.cells[1] for row in rows(shown)]
        if len(seen) == 120:
            break
        shown = await asked(office, pressed(shown, "Next"))
    assert seen == [f"task: call {n}" for n in range(120)]
    beyond = await asked(office, Action(Name.SHOW_WAITING, (await office.book()).id, data={"page": "99"}))
    assert rows(beyond) == rows(shown)


async def test_nothing_waits_is_said(store: SqlStore) -> None:
    office = await opened(store, "acme")
    assert "No answer, task or approval waits." in render(await asked(office, Action(Name.SHOW_WAITING, (await office.book()).id)))


async def test_the_figures_of_a_summary_lead_to_what_is_behind_them(store: SqlStore) -> None:
    office = await opened(store, "acme")
    menu = next(part for part in (await asked(office, "report")).body if isinstance(part, Actions)).more
    opens = {button.label: (await asked(office, button.action)).summary for button in menu}
    assert {label: said for label, said in opens.items() if "do not understand" in said or "no " in said[:3]} == {}
    behind = ["Collected", "Sent", "Answers", "Promises due", "Overdue", "By age", "DSO and more", "Promises", "Plans", "Expected in"]
    assert list(opens) == [*behind, "Goes out today", "Next week"]
    assert "Acme" in render(await asked(office, menu[behind.index("Overdue")].action))


async def test_what_was_answered_promised_and_comes_is_listed(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    acme, brill = await office.account("acme"), await office.account("brill")
    await disputed(office, acme)
    async with store() as work:
        promised = RecordPromise(brill.items[0].id, Money.of("100.00", "EUR"), office.today, ANA, seen=0)
        await record_promise(promised, work, office.jobs.policies, office.clock)
    office.clock.advance(timedelta(days=5))
    menu = {
        button.label: button.action for part in (await asked(office, "report")).body if isinstance(part, Actions) for button in part.more
    }
    found = {label: [row.cells for row in rows(await asked(office, menu[label]))] for label in ("Answers", "Promises due", "Next week")}
    assert [cells[:2] for cells in found["Answers"]] == [("Acme", "dispute, waits for us")]
    assert found["Promises due"] == [("Brill", "broken, €0.00 of €100.00")]
    assert {cells[0] for cells in found["Next week"]} <= {"Acme", "Brill"}
    assert found["Next week"]


async def test_what_came_in_and_what_was_sent_are_listed_page_by_page(store: SqlStore) -> None:
    office = await opened(store, *(f"c{n}" for n in range(PAGE + 2)), policies=policies(ANY_HOUR))
    await office.tick()
    await office.deliver()
    for n in range(PAGE + 2):
        await office.pay(f"c{n}", "40.00")
    menu = {
        button.label: button.action for part in (await asked(office, "report")).body if isinstance(part, Actions) for button in part.more
    }
    for label, what in (("Collected", "€40.00"), ("Sent", "first reminder, sent")):
        first = await asked(office, menu[label])
        second = await asked(office, pressed(first, "Next"))
        assert [len(rows(card)) for card in (first, second)] == [PAGE, 2]
        assert len({row.cells[0] for card in (first, second) for row in rows(card)}) == PAGE + 2
        assert {row.cells[1] for card in (first, second) for row in rows(card)} == {what}
        assert rows(await asked(office, pressed(second, "Back"))) == rows(first)


@pytest.mark.parametrize("name", [Name.SHOW_COLLECTED, Name.SHOW_SENT, Name.SHOW_ANSWERS, Name.SHOW_JUDGED])
@pytest.mark.parametrize(("first", "day"), [("", ""), ("x", "2026-11-24"), ("2026-12-31", "2026-11-01"), ("2020-01-01", "2020-01-02")])
async def test_a_time_in_which_nothing_was_is_an_answer(store: SqlStore, name: Name, first: str, day: str) -> None:
    office = await opened(store, "acme")
    shown = await asked(office, Action(name, (await office.book()).id, data={"first": first, "day": day}))
    assert "Nothing in that time." in render(shown)
