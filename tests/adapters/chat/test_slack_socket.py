"""The same listeners over Socket Mode: Slack's side of the socket is played by the front of the emulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

import pytest
from aiohttp.web import WebSocketResponse

from adapters.chat.protocol import Reply
from adapters.chat.slack.chat import SlackChat, build
from cards.actions import Action, Name
from cards.elements import Button, Form, TextField
from tests.adapters.chat.conftest import settings_for
from tests.fakes.handler import FakeHandler, FakeInbound, FakeInstallations, SetClock, line
from tests.peers.slack import Workspace

FORM = Form("Snooze", Button("Save", Action(Name.CONFIRM_SNOOZE, UUID(int=7))), fields=(TextField("why", "Why"),))


class Plugged:
    """A chat connected by socket."""

    def __init__(
        self,
        chat: SlackChat,
        workspace: Workspace,
        handler: FakeHandler,
        inbound: FakeInbound,
        socket: WebSocketResponse,
        waits: Sequence[float],
    ) -> None:
        self.chat, self.workspace, self.handler, self.inbound, self.socket, self.waits = chat, workspace, handler, inbound, socket, waits

    async def send(self, kind: str, payload: dict[str, Any], envelope: str = "e1") -> dict[str, Any]:
        """The acknowledgement; the answer that follows it has been given too."""
        await self.socket.send_json({"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True})
        async with asyncio.timeout(5):
            acknowledgement = await self.workspace.acknowledged.get()
        await self.chat.settled(5)
        return acknowledgement

    async def press(self, name: Name, trigger: str) -> dict[str, Any]:
        element = {"type": "button", "action_id": name.value, "value": Action(name, UUID(int=7)).encode()}
        return await self.send("interactive", self.workspace.press(element, by="ana", trigger=trigger))


@pytest.fixture
async def plugged(workspace: Workspace) -> AsyncGenerator[Plugged]:
    handler, inbound = FakeHandler(), FakeInbound()
    chat = build(settings_for(workspace.api_url, app_token=workspace.app_token), handler, inbound, FakeInstallations(), SetClock())
    waits: list[float] = []
    await chat.start(waits.append)
    async with asyncio.timeout(5):
        socket = await workspace.sockets.get()
    yield Plugged(chat, workspace, handler, inbound, socket, waits)
    await chat.stop()


async def test_a_command_comes_through_the_socket(plugged: Plugged, workspace: Workspace) -> None:
    fields = workspace.command_fields("overdue", by="ana", trigger=await workspace.trigger("ana"))
    assert await plugged.send("slash_commands", dict(fields)) == {"envelope_id": "e1"}
    assert [one.text for one in plugged.handler.handled] == ["overdue"]
    assert len(workspace.whispers()) == 1


async def test_an_event_comes_through_the_socket_once(plugged: Plugged, workspace: Workspace) -> None:
    event = workspace.mention("overdue", by="ana", event_id="Ev1")
    for envelope in ("e1", "e2"):
        assert await plugged.send("events_api", event, envelope) == {"envelope_id": envelope}
    assert (len(plugged.handler.handled), len(plugged.waits)) == (1, 2)


async def test_a_form_is_opened_sent_and_answered_through_the_socket(plugged: Plugged, workspace: Workspace) -> None:
    plugged.handler.replies = {Name.SNOOZE: Reply(form=FORM), Name.CONFIRM_SNOOZE: Reply(errors={"why": "Say why."})}
    assert await plugged.press(Name.SNOOZE, await workspace.trigger("ana")) == {"envelope_id": "e1"}
    (view,) = workspace.windows().values()
    submission = workspace.submission(view, {"why": "?"}, by="ana", trigger=await workspace.trigger("ana"))
    assert await plugged.send("interactive", submission) == {
        "envelope_id": "e1",
        "payload": {"response_action": "errors", "errors": {"why": "Say why."}},
    }
    plugged.handler.replies[Name.CONFIRM_SNOOZE] = Reply(line("Silent."))
    again = workspace.submission(view, {"why": "asked"}, by="ana", trigger=await workspace.trigger("ana"))
    assert (await plugged.send("interactive", again))["payload"]["response_action"] == "update"


async def test_what_could_not_be_kept_is_not_acknowledged(plugged: Plugged, workspace: Workspace) -> None:
    plugged.inbound.refuse = True
    event = workspace.mention("overdue", by="ana", event_id="Ev1")
    await plugged.socket.send_json({"type": "events_api", "envelope_id": "e1", "payload": event})
    async with asyncio.timeout(5):
        await plugged.inbound.refused.wait()
    plugged.inbound.refuse = False
    other = workspace.mention("help", by="ana", event_id="Ev2")
    assert await plugged.send("events_api", other, "e2") == {"envelope_id": "e2"}


def test_the_socket_is_opened_with_the_app_token_and_the_bot_token_stays_out_of_it(plugged: Plugged, workspace: Workspace) -> None:
    assert workspace.tokens["apps.connections.open"] == [workspace.app_token]


async def test_a_new_connection_takes_over_when_slack_asks_for_it(plugged: Plugged, workspace: Workspace) -> None:
    await plugged.socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
    async with asyncio.timeout(5):
        plugged.socket = await workspace.sockets.get()
    assert await plugged.send("events_api", workspace.mention("help", by="ana", event_id="Ev1")) == {"envelope_id": "e1"}
