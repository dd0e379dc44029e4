"""What the tests of a conversation in Slack press, open and send off."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from adapters.chat.protocol import Reply
from cards.actions import Action, Name
from cards.elements import Button, ChoiceField, DateField, Form, Option, TextField
from tests.adapters.chat.conftest import Desk
from tests.peers.slack import Workspace

ITEM = UUID(int=7)


def element(name: Name) -> dict[str, Any]:
    return {"type": "button", "action_id": name.value, "value": Action(name, ITEM, seen=3).encode()}


def form(title: str = "Snooze", name: Name = Name.CONFIRM_SNOOZE) -> Form:
    options = (Option("1", "1 day"), Option("7", "1 week"))
    fields = (
        ChoiceField("span", "For", options, value="1"),
        DateField("until", "Until", required=False),
        TextField("why", "Why", required=False),
    )
    return Form(title, Button("Save", Action(name, ITEM)), fields=fields)


def words(blocks: object) -> str:
    return json.dumps(blocks, ensure_ascii=False)


async def press(desk: Desk, workspace: Workspace, name: Name, by: str = "ana") -> dict[str, Any]:
    payload = workspace.press(element(name), by=by, trigger=await workspace.trigger(by))
    assert (await desk.interact(payload)).status_code == 200
    return payload


async def opened(desk: Desk, workspace: Workspace) -> dict[str, Any]:
    """The window of the snooze form, as Slack holds it."""
    desk.handler.replies[Name.SNOOZE] = Reply(form=form())
    await press(desk, workspace, Name.SNOOZE)
    (view,) = workspace.windows().values()
    return view


async def submit(desk: Desk, workspace: Workspace, view: dict[str, Any], **values: str) -> dict[str, Any]:
    answer = await desk.interact(workspace.submission(view, values, by="ana", trigger=await workspace.trigger("ana")))
    assert answer.status_code == 200
    return dict(answer.json()) if answer.text else {}
