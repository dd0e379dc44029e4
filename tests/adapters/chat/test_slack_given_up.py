"""What failed in Slack is given up once the person was told, and stays where they could not be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from adapters.chat.protocol import Reply
from cards.actions import Name
from tests.adapters.chat.conftest import Desk
from tests.adapters.chat.slack_desk import opened, press, submit, words
from tests.fakes.handler import line
from tests.peers.slack import Fault, Workspace, interactive

FAILED = Reply(line("It failed."), failed=True)
DOWN = Fault(503, body="down")


def cut_off(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack takes no answer in any way."""
    monkeypatch.setattr(workspace, "response_url", lambda *_: "")
    for method in ("chat.postEphemeral", "chat.postMessage", "views.publish", "views.update"):
        workspace.fail(method, *[DOWN] * 5)


async def say(desk: Desk, workspace: Workspace) -> None:
    await desk.post(workspace.command("overdue", by="ana", trigger=await workspace.trigger("ana")))


async def press_flag(desk: Desk, workspace: Workspace) -> None:
    await press(desk, workspace, Name.FLAG)


async def press_snooze(desk: Desk, workspace: Workspace) -> None:
    await press(desk, workspace, Name.SNOOZE)


async def open_home(desk: Desk, workspace: Workspace) -> None:
    await desk.post(json.dumps(workspace.home_opened(by="ana", event_id="Ev1")).encode())


@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("do", [say, press_flag, press_snooze, open_home])
async def test_what_failed_is_given_up_once_the_person_was_told(
    desk: Desk,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    do: Callable[[Desk, Workspace], Awaitable[None]],
    *,
    reached: bool,
) -> None:
    desk.handler.replies = dict.fromkeys(("overdue", Name.FLAG, Name.SNOOZE, Name.HOME), FAILED)
    if not reached:
        cut_off(workspace, monkeypatch)
    await do(desk, workspace)
    assert desk.inbound.given_up == [one.key for one in desk.handler.handled if reached]


@pytest.mark.parametrize("reached", [True, False])
async def test_a_form_that_failed_late_is_given_up_once_the_person_was_told(
    desk: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, *, reached: bool
) -> None:
    view = await opened(desk, workspace)
    desk.handler.gate, desk.handler.replies[Name.CONFIRM_SNOOZE] = asyncio.Event(), FAILED
    if not reached:
        cut_off(workspace, monkeypatch)
    sent = workspace.submission(view, {"span": "7"}, by="ana", trigger=await workspace.trigger("ana"))
    assert "Working" in (await desk.acknowledged(interactive(sent))).text
    assert desk.inbound.given_up == []
    desk.handler.gate.set()
    await desk.chat.settled(10)
    assert desk.inbound.given_up == ([desk.handler.handled[-1].key] if reached else [])


async def test_a_form_that_failed_is_given_up_with_its_acknowledgement(desk: Desk, workspace: Workspace) -> None:
    view = await opened(desk, workspace)
    desk.handler.replies[Name.CONFIRM_SNOOZE] = FAILED
    assert "It failed." in words(await submit(desk, workspace, view, span="7"))
    assert desk.inbound.given_up == [desk.handler.handled[-1].key]
