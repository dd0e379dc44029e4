"""Duebot in Microsoft's own local Teams client: message in, card out, presses as invokes, a form filled in and a wrong value refused.

It knows no dialogs, which it says under every card that opens some: those are driven over HTTP in `test_teams_everything.py`.
"""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import uvicorn
from playwright.async_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from adapters.chat.protocol import Incoming, Person
from adapters.chat.teams.names import COMMANDS, MESSAGES_PATH
from adapters.store import tables as t
from bot.app import App, running
from bot.config import Settings, SMTPSettings, TeamsSettings
from bot.http import inbox_app
from cards.actions import Action, Name
from tests.e2e.service import SAMPLE, House, filled, set_up
from tests.fakes.clock import FixedClock
from tests.peers.playground import HOST, PERSON, Client, playground
from tests.peers.smtp import mail_server
from workflows.domain.access import Role, User
from workflows.domain.ids import ItemId, UserId, new_id

BIRKENHOF = "Birkenhof Manufaktur GmbH"
ALERT = "AF-1031 · due"  # stands on its alert card alone


@asynccontextmanager
async def on_this_machine(app: App) -> AsyncGenerator[str]:
    """Its private door, where Teams without tokens is served."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(inbox_app(app, port), log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server._serve([listener]))  # ruff: ignore[private-member-access] - `serve` would take the test's signals
        try:
            yield f"http://{HOST}:{port}{MESSAGES_PATH}"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def duebot(url: str, clock: FixedClock) -> AsyncGenerator[tuple[House, Client]]:
    """The sample book, and its cards in the group chat."""
    key = SecretStr(base64.b64encode(bytes(range(32))).decode())
    alex = User(UserId(new_id()), PERSON, "Alex Wilber", Role.MANAGER)
    bo = User(UserId(new_id()), "bo@alderfinch.example", "Bo Lindqvist", Role.COLLECTOR)
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(mail_server())
        smtp = SMTPSettings(host=HOST, port=mail.port, security="none", sender="receivables@alderfinch.example")
        settings = Settings(database_url=url, secret_key=key, teams=TeamsSettings(local=True), smtp=smtp)
        app = await stack.enter_async_context(running(settings, clock))
        await set_up(app, "teams:19:nowhere@thread.v2", [alex, bo])
        endpoint = await stack.enter_async_context(on_this_machine(app))
        client = await stack.enter_async_context(playground(endpoint))
        http = await stack.enter_async_context(httpx.AsyncClient())
        yield House(app, mail, clock, http, {"alex": alex, "bo": bo}), client


async def cards_go_to(house: House, room: str) -> None:
    """The book's channel is the conversation of that kind that was met."""
    async with house.app.store() as work:
        book = await work.book("main")
    found = await conversations(house.app)
    async with house.app.store() as work:
        await work.approve_channel(found[room], "test", house.clock.now())
        await work.change_book(replace(book, chat_channel=f"teams:{found[room]}"))


async def conversations(app: App) -> dict[str, str]:
    """By kind, as the store learnt them."""
    async with app.store._engine.connect() as connection:  # ruff: ignore[private-member-access] - no use case asks for all of them
        rows = (await connection.execute(select(t.chat_addresses.c.key, t.chat_addresses.c.details))).all()
    return {details["room"]: key for key, details in rows if not details["user"]}


# What is typed for each command of the app's menu, and what is then to be read.
ASKED = {
    "home": ("home", "You are told"),
    "overdue": ("overdue", "Calloway Interiors Ltd"),
    "balance": ("balance birkenhof", "€10,750.40 overdue"),
    "invoice": ("invoice AF-1031", "AF-1031 · due"),
    "remind": ("remind AF-1031", "The message as the customer gets it"),
    "mine": ("mine", "customers: nothing overdue"),
    "report": ("report", "Week to"),
    "help": ("help", "What you can ask"),
}
# The buttons of a card that act at once, those behind More too; the others open dialogs, which this client does not know.
PRESSED = (
    ("Flag", "flagged"),
    ("Unflag", "flag removed"),
    ("I take it", "Alex Wilber"),
    ("Let go", "nobody"),
    ("Says paid", "said to be paid"),
    ("Release", "released"),
)
# Those that stand there once a colleague filled in a form: which, with what, on what card, the button, what is then to be read.
TERMS = {"count": "2", "rhythm": "monthly", "first": "2026-12-01", "deposit": ""}  # of a plan, as its preview carries them
AFTER: tuple[tuple[Name | None, dict[str, str], str, str, str], ...] = (
    (Name.CONFIRM_SNOOZE, {"length": "3"}, ALERT, "Wake", "awake"),
    (Name.CONFIRM_PROMISE, {"amount": "100.00", "until": "2026-12-01"}, ALERT, "Cancel promise", "cancelled"),
    (Name.CONFIRM_TASK, {"what": "Call them", "owner": "nobody", "due_on": "2026-11-27"}, ALERT, "Done: Call them", "done"),
    (Name.CONFIRM_ESCALATE, {"to": "alex", "why": "large"}, ALERT, "Hand back", "handed back"),
    (Name.CONFIRM_PLAN, {"answer": "proposed", "reason": "They asked"}, "agree a payment plan", "Approve", "approved"),
    (None, {}, "", "Customer accepts", "accepted"),
)


async def say(house: House, client: Client, text: str, *, mention: bool = False) -> None:
    house.clock.advance(timedelta(seconds=1))
    await client.say(text, mention=mention)


async def acts(house: House) -> tuple[ItemId, int]:
    """The invoice, and how much was done about it."""
    async with house.app.store() as work:
        (found,) = await work.find_items("AF-1031")
        return found.item.id, len((await work.account_of(found.item.id)).acts_on(found.item.id))


async def fill_in(house: House, name: Name, values: dict[str, str]) -> None:
    """Bo does, in the inbox."""
    item, seen = await acts(house)
    given = {field: str(house.people[typed].id) if typed in house.people else typed for field, typed in values.items()}
    data = TERMS if name is Name.CONFIRM_PLAN else {}
    bo, key = Person("inbox", "", str(house.people["bo"].id)), f"inbox:{name}:{seen}"
    reply = await house.app.desk(Incoming(key, bo, Action(name, item, seen, data), values=given, at_once=True))
    assert reply.form is None, reply


async def test_every_command_and_a_form_in_the_personal_chat(sqlite_url: str, clock: FixedClock) -> None:
    assert set(ASKED) == set(COMMANDS)
    async with duebot(sqlite_url, clock) as (house, client):
        await client.sees("Nothing waits for you")  # the greeting that follows the installation
        await house.read_file(SAMPLE)
        for text, told in ASKED.values():
            await say(house, client, text)
            await client.sees(told)
        await say(house, client, "invoice AF-1031")
        await client.press("Flag")
        await client.sees("AF-1031: flagged")
        await say(house, client, "snooze AF-1031")
        await client.page.get_by_role("radio", name="Until a date").last.check()
        await client.press("Snooze")
        await client.sees("Choose the day")
        await client.page.get_by_role("radio", name="1 week").last.check()
        await client.press("Snooze")
        await client.sees("snoozed")


@pytest.mark.parametrize(("chat", "room"), [("Group Chat", "groupChat"), ("General", "channel")])
async def test_every_command_is_answered_in_private_and_every_button_changes_the_card(
    sqlite_url: str, clock: FixedClock, chat: str, room: str
) -> None:
    async with duebot(sqlite_url, clock) as (house, client):
        await client.sees("Nothing waits for you")
        await house.read_file(SAMPLE)
        await client.go_to(chat)
        for text, _ in ASKED.values():
            await say(house, client, text, mention=True)
        await expect(client.cards()).to_have_count(0)
        await client.go_to("Personal Chat")
        for _, told in ASKED.values():
            await client.sees(told)
        await cards_go_to(house, room)
        await filled(house)
        await client.go_to(chat)
        await client.sees(BIRKENHOF)
        for label, told in PRESSED:
            await client.press_on(ALERT, label)
            await client.sees(told)
            await house.deliver()  # the message is changed for everybody
            await expect(client.card(ALERT)).to_be_visible()
        for name, values, card, label, told in AFTER:
            if name is not None:
                await fill_in(house, name, values)
            house.clock.advance(timedelta(minutes=1))  # of what was done elsewhere a card tells a little later
            await house.deliver()
            _, before = await acts(house)
            await (client.press_on(card, label) if card else client.press(label))
            await client.sees(told)
            for _ in range(100):  # what it says may have stood there before
                if (await acts(house))[1] > before:
                    break
                await asyncio.sleep(0.1)
            else:
                pytest.fail(f"{label} was not done")
