"""Duebot in Microsoft's own local Teams client: message in, card out, presses as invokes, a form filled in and a wrong value refused."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import httpx
import uvicorn
from playwright.async_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from adapters.chat.teams.names import MESSAGES_PATH
from adapters.store import tables as t
from bot.app import App, running
from bot.config import Settings, TeamsSettings
from bot.http import inbox_app
from tests.e2e.service import SAMPLE, House, filled, set_up
from tests.fakes.clock import FixedClock
from tests.peers.playground import HOST, PERSON, Client, playground
from tests.peers.smtp import mail_server
from workflows.domain.access import Role, User
from workflows.domain.ids import UserId, new_id

BIRKENHOF = "Birkenhof Manufaktur GmbH"


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
    alex = User(UserId(new_id()), PERSON, "Alex Wilber", Role.COLLECTOR)
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(mail_server())
        settings = Settings(database_url=url, secret_key=key, teams=TeamsSettings(local=True))
        app = await stack.enter_async_context(running(settings, clock))
        await set_up(app, "teams:19:nowhere@thread.v2", [alex])
        endpoint = await stack.enter_async_context(on_this_machine(app))
        client = await stack.enter_async_context(playground(endpoint))
        http = await stack.enter_async_context(httpx.AsyncClient())
        yield House(app, mail, clock, http, {"alex": alex}), client


async def cards_go_to(house: House, room: str) -> None:
    """The book's channel is the conversation of that kind that was met."""
    async with house.app.store() as work:
        book = await work.book("main")
    found = await conversations(house.app)
    async with house.app.store() as work:
        await work.change_book(replace(book, chat_channel=f"teams:{found[room]}"))


async def conversations(app: App) -> dict[str, str]:
    """By kind, as the store learnt them."""
    async with app.store._engine.connect() as connection:  # ruff: ignore[private-member-access] - no use case asks for all of them
        rows = (await connection.execute(select(t.chat_addresses.c.key, t.chat_addresses.c.details))).all()
    return {details["room"]: key for key, details in rows if not details["user"]}


async def test_a_morning_in_microsofts_own_client(sqlite_url: str, clock: FixedClock) -> None:
    async with duebot(sqlite_url, clock) as (house, client):
        await client.sees("Nothing waits for you")  # the greeting that follows the installation
        await house.read_file(SAMPLE)
        await client.say("balance birkenhof")
        await client.sees("€10,750.40 overdue")

        await client.say("invoice AF-1031")
        await client.press("Flag")
        await client.sees("AF-1031: flagged")

        await client.say("snooze AF-1031")
        await client.page.get_by_role("radio", name="Until a date").last.check()
        await client.press("Snooze")
        await client.sees("Choose the day")
        await client.page.get_by_role("radio", name="1 week").last.check()
        await client.press("Snooze")
        await client.sees("snoozed")

        await client.go_to("Group Chat")
        await client.say("overdue", mention=True)
        await expect(client.cards()).to_have_count(0)  # answered in private
        await cards_go_to(house, "groupChat")
        await filled(house)
        await client.sees(BIRKENHOF)
        await client.press("Flag")
        await client.sees("flagged")
        await house.app.jobs.deliver()
        await client.sees("Alex Wilber")
