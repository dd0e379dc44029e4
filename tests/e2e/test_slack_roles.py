"""Every action and every role, each pressed in Slack by a really signed request."""

from __future__ import annotations

from functools import partial
from typing import Any

from cards.actions import OPENS, Action
from cards.elements import Button, Form, TextField
from cards.slack.modal import render_form
from tests.e2e.roles import TYPED, VALUES, WHO, every_role_is_held_to
from tests.e2e.service import CHANNEL, Service, words
from tests.peers.slack import Workspace, interactive
from workflows.domain.access import Role


def sent(action: Action, role: Role, workspace: Workspace, trigger: str) -> dict[str, Any]:
    """A button of a card; of what a form sends off, the form with every answer that any of them asks for."""
    if action.name in OPENS:
        element = {"type": "button", "action_id": action.name.value, "value": action.encode()}
        return workspace.press(element, by=WHO[role], trigger=trigger, channel=CHANNEL)
    values = VALUES | TYPED.get(action.name, {})
    fields = tuple(TextField(name, name) for name in values)
    view = {"id": "V1", **render_form(Form("All of it", Button("Send", action), fields=fields))}
    return workspace.submission(view, values, by=WHO[role], trigger=trigger)


async def told(duebot: Service, role: Role, action: Action) -> str:
    """All that came back to the person: in lines, in windows, at the form."""
    heard, shown = len(duebot.workspace.whispers()), len(duebot.workspace.calls)
    answer = await duebot.post(interactive(sent(action, role, duebot.workspace, await duebot.workspace.trigger(WHO[role]))))
    assert answer.status_code == 200
    views = [call.arguments["view"]["blocks"] for call in duebot.workspace.calls[shown:] if call.method.startswith("views.")]
    orders = answer.json() if answer.text else {}
    said = [*views, *(one["blocks"] for one in duebot.workspace.whispers()[heard:]), orders.get("view", {}).get("blocks", [])]
    return f"{words(said)} {orders.get('errors', '')}".strip()


async def test_each_role_is_refused_what_it_may_not_and_nothing_else_and_a_refusal_changes_nothing(duebot: Service) -> None:
    await every_role_is_held_to(duebot, partial(told, duebot))
