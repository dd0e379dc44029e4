"""Slack asks for a pause (429) while somebody waits for an answer: it is kept, what still makes sense is done after it, and nothing else waits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.chat.protocol import Reply
from adapters.chat.slack.chat import build
from adapters.chat.slack.pauses import TRIES
from cards.actions import Action, Name
from tests.adapters.chat.conftest import Desk, serve, settings_for
from tests.adapters.chat.slack_desk import ITEM, element, form, words
from tests.fakes.handler import FakeHandler, FakeInbound, FakeInstallations, SetClock, line
from tests.peers.slack import Fault, Workspace, interactive


@dataclass(slots=True)
class Resting:
    """Passes seconds on the clock; while there is a `gate` nobody wakes before it opens."""

    clock: SetClock
    rested: list[float] = field(default_factory=list)
    gate: asyncio.Event | None = None
    asleep: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.rested.append(seconds)
        self.asleep.set()
        if self.gate is not None:
            await self.gate.wait()
        else:
            self.clock.at += timedelta(seconds=seconds)


@dataclass(slots=True)
class Slow:
    desk: Desk
    rest: Resting


@pytest.fixture
async def slow(workspace: Workspace) -> AsyncGenerator[Slow]:
    handler, inbound, clock = FakeHandler(), FakeInbound(), SetClock()
    rest = Resting(clock)
    settings = settings_for(workspace.api_url)
    chat = build(settings, handler, inbound, FakeInstallations(), clock, patience=0.1, head_start=5, rest=rest)
    await chat.start()
    async with serve(chat) as http:
        yield Slow(Desk(chat, http, handler, inbound, clock), rest)
    await chat.stop()


def limited(seconds: int) -> Fault:
    return Fault(429, {"Retry-After": str(seconds)}, '{"ok": false, "error": "ratelimited"}')


async def ask(slow: Slow, workspace: Workspace, text: str, channel: str, *, number: int) -> None:
    """A question where only an ephemeral message can answer it."""
    event = workspace.mention(text, by="ana", event_id=f"Ev{number}", channel=channel)
    assert (await slow.desk.acknowledged(json.dumps(event).encode())).status_code == 200


def told(workspace: Workspace) -> list[str]:
    return [str(one["channel"]) for one in workspace.whispers() if "channel" in one]


async def test_a_window_is_filled_after_the_pause(slow: Slow, workspace: Workspace) -> None:
    slow.desk.handler.replies[Name.SNOOZE] = Reply(form=form())
    workspace.fail("views.update", limited(7), limited(3))
    await slow.desk.interact(workspace.press(element(Name.SNOOZE), by="ana", trigger=await workspace.trigger("ana")))
    assert [view["title"]["text"] for view in workspace.windows().values()] == ["Snooze"]
    assert slow.rest.rested == [7, 3]


async def test_a_window_opens_after_a_pause_its_trigger_outlives_and_else_the_person_is_told(slow: Slow, workspace: Workspace) -> None:
    slow.desk.handler.replies[Name.SNOOZE] = Reply(form=form())
    workspace.fail("views.open", limited(1))
    await slow.desk.interact(workspace.press(element(Name.SNOOZE), by="ana", trigger=await workspace.trigger("ana")))
    assert len(workspace.windows()) == 1
    workspace.fail("views.open", limited(30))
    await slow.desk.interact(workspace.press(element(Name.SNOOZE), by="ana", trigger=await workspace.trigger("ana")))
    assert (len(workspace.windows()), slow.rest.rested) == (1, [1])
    assert "did not open" in words(workspace.whispers())


async def test_a_home_is_shown_after_the_pause(slow: Slow, workspace: Workspace) -> None:
    workspace.fail("views.publish", limited(20))
    await slow.desk.post(json.dumps(workspace.home_opened(by="ana", event_id="Ev1")).encode())
    assert workspace.home("ana")["type"] == "home"
    assert slow.rest.rested == [20]


async def test_a_private_answer_waits_for_its_own_channel_only(slow: Slow, workspace: Workspace) -> None:
    slow.rest.gate = asyncio.Event()
    workspace.fail("chat.postEphemeral", limited(30))
    credit, lobby = workspace.channels["credit"], workspace.channels["lobby"]
    await ask(slow, workspace, "overdue", "credit", number=1)
    await asyncio.wait_for(slow.rest.asleep.wait(), 5)
    slow.rest.asleep.clear()
    await ask(slow, workspace, "aging", "credit", number=2)
    await asyncio.wait_for(slow.rest.asleep.wait(), 5)
    await ask(slow, workspace, "overdue", "lobby", number=3)
    async with asyncio.timeout(5), workspace.went_through:
        await workspace.went_through.wait_for(lambda: told(workspace) == [lobby])
    assert slow.rest.rested == [30, 30], "the second of the channel did not even ask"
    slow.rest.gate.set()
    await slow.desk.chat.settled(5)
    assert sorted(told(workspace)) == sorted([lobby, credit, credit])


async def test_a_form_that_is_typed_in_is_shown_as_it_is_by_then(slow: Slow, workspace: Workspace) -> None:
    live = Action(Name.SNOOZE, ITEM)
    slow.desk.handler.replies[Name.SNOOZE] = Reply(form=replace(form("First"), live=live))
    await slow.desk.interact(workspace.press(element(Name.SNOOZE), by="ana", trigger=await workspace.trigger("ana")))
    (view,) = workspace.windows().values()
    slow.rest.gate = asyncio.Event()
    workspace.fail("views.update", limited(5))
    await typed(slow, workspace, view, "1")
    await asyncio.wait_for(slow.rest.asleep.wait(), 5)
    slow.desk.handler.replies[Name.SNOOZE] = Reply(form=replace(form("Second"), live=live))
    await typed(slow, workspace, view, "7")
    updates = len(workspace.asked("views.update"))
    slow.rest.gate.set()
    await slow.desk.chat.settled(5)
    assert [call.answer["view"]["title"]["text"] for call in workspace.asked("views.update")[updates:]] == ["Second"]


async def typed(slow: Slow, workspace: Workspace, view: dict[str, Any], span: str) -> None:
    payload = workspace.change(view, "span", {"span": span}, by="ana", trigger=await workspace.trigger("ana"))
    slow.desk.handler.called.clear()
    assert (await slow.desk.acknowledged(interactive(payload))).status_code == 200
    await asyncio.wait_for(slow.desk.handler.called.wait(), 5)


async def test_pause_after_pause_ends_in_a_word_elsewhere(slow: Slow, workspace: Workspace) -> None:
    workspace.fail("chat.postEphemeral", *(limited(1) for _ in range(TRIES)))
    slow.desk.handler.replies["overdue"] = Reply(line("Acme owes €1.00"))
    await ask(slow, workspace, "overdue", "credit", number=1)
    await slow.desk.chat.settled(5)
    assert len(slow.rest.rested) == TRIES - 1
    (said,) = workspace.asked("chat.postMessage")
    assert said.arguments["channel"] == workspace.users["ana"]
