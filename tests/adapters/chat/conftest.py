"""Slack and Teams in front of a chat whose handler and inbound table are fakes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Route

from adapters.chat.slack.chat import SlackChat, build
from adapters.chat.slack.names import EVENTS_PATH
from adapters.chat.slack.settings import SlackSettings
from tests.adapters.chat.teams_desk import TeamsDesk
from tests.adapters.chat.teams_desk import desk as teams_desk
from tests.fakes.handler import FakeHandler, FakeInbound, FakeInstallations, SetClock
from tests.peers.slack import SECRET, Workspace, interactive, signed, slack
from tests.peers.slack_emulator import emulator
from tests.peers.teams import CHANNEL, GROUP


@pytest.fixture(scope="session")
def slack_server() -> Generator[str]:
    with emulator() as server:
        yield server


@pytest.fixture
async def workspace(slack_server: str, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Workspace]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)  # slack_sdk would take loopback through it as well
    async with slack(slack_server) as one:
        yield one


@dataclass(slots=True)
class Desk:
    """A chat in use: `post` is Slack calling over HTTP."""

    chat: SlackChat
    http: httpx.AsyncClient
    handler: FakeHandler
    inbound: FakeInbound
    clock: SetClock

    @property
    def now(self) -> int:
        return int(self.clock.at.timestamp())

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Waits until the answer that follows the acknowledgement has been given too."""
        answer = await self.acknowledged(body, headers)
        await self.chat.settled(10)
        return answer

    async def acknowledged(self, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return await self.http.post(EVENTS_PATH, content=body, headers=signed(body, timestamp=self.now) if headers is None else headers)

    async def interact(self, payload: Mapping[str, Any]) -> httpx.Response:
        return await self.post(interactive(payload))


def settings_for(api_url: str, *, secrets: tuple[str, ...] = (SECRET,), **more: Any) -> SlackSettings:
    return SlackSettings(more.pop("token", Workspace.bot_token), secrets, api_url=api_url, **more)


def serve(chat: SlackChat) -> httpx.AsyncClient:
    """The way the listener mounts it."""
    application = FastAPI(routes=[Route(EVENTS_PATH, chat.endpoint)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://duebot.example")


@pytest.fixture
async def desk(workspace: Workspace) -> AsyncGenerator[Desk]:
    handler, inbound, clock = FakeHandler(), FakeInbound(), SetClock()
    chat = build(settings_for(workspace.api_url), handler, inbound, FakeInstallations(), clock, patience=0.1, head_start=0.1)
    await chat.start()
    async with serve(chat) as http:
        yield Desk(chat, http, handler, inbound, clock)
    await chat.stop()


@pytest.fixture
async def lone() -> AsyncGenerator[Desk]:
    """A chat that never calls Slack: for what happens at the door."""
    handler, inbound, clock = FakeHandler(), FakeInbound(), SetClock()
    chat = build(settings_for("http://127.0.0.1:9/api/"), handler, inbound, FakeInstallations(), clock)
    async with serve(chat) as http:
        yield Desk(chat, http, handler, inbound, clock)


@pytest.fixture
async def met() -> AsyncGenerator[TeamsDesk]:
    """Ana has said something in the channel, in the group and to the app itself."""
    async with teams_desk(patience=0.3) as one:
        for at in (CHANNEL, GROUP, ""):
            await one.post(one.tenant.message("overdue", by="ana", at=at))
        await one.chat.settled(20)
        one.tenant.standing.clear()
        one.tenant.calls.clear()
        yield one
