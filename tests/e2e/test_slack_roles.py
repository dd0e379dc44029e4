"""Every action and every role, each pressed in Slack by a really signed request."""

from __future__ import annotations

from itertools import product
from typing import Any

from bot.desk import entry_forms
from cards.actions import OPENS, Action, Name
from cards.elements import Button, Form, TextField
from cards.slack.modal import render_form
from tests.bot.test_handle import CLAIMS, ESCALATION, TABLE, TERMS, WORD
from tests.bot.test_rights import COLLECTORS, MANAGERS, WHY
from tests.e2e.rows import row_counts
from tests.e2e.service import CHANNEL, ROLES, Service, words
from tests.peers.slack import Workspace, interactive
from workflows.domain.access import Role, least_role

WHO = {role: name for name, role in reversed(ROLES.items())}
OTHERS = {Name.ANSWER, Name.CONFIRM_ANSWER, Name.SEEN, Name.STOP, Name.CONFIRM_STOP}
OF_BOOK = {Name.SHOW_ALL, Name.SHOW_OUTGOING, Name.SHOW_DEBTORS, Name.SHOW_WAITING, Name.RELEASE}
VALUES = {**WHY, **CLAIMS, **WORD, **ESCALATION, **TERMS, "length": "3", "answer": "phone", "paid_on": "2026-11-24", "role": "viewer"}
CARRIED = {name: data for name, _, data, *_ in TABLE if data} | {Name.ASK: {"q": "overdue"}}
TYPED = {name: typed for name, _, _, typed, _ in COLLECTORS if typed}
FACTS = ("acts", "flags", "snoozes", "promises", "disputes", "holds", "plans", "approvals", "tasks", "fees", "payments", "notices", "users")


def least() -> dict[Name, Role]:
    """From the tables the desk is tested by; what stands in none may be looked at by everybody."""
    found = dict.fromkeys(Name, Role.VIEWER)
    for name, role, *_ in TABLE:
        found[name] = max(found[name], role) if name is not Name.ASK else Role.VIEWER
    found |= (
        {name: Role.COLLECTOR for name, *_ in COLLECTORS} | dict.fromkeys(MANAGERS, Role.MANAGER) | dict.fromkeys(OTHERS, Role.COLLECTOR)
    )
    found |= {Name.RELEASE: Role.MANAGER, Name.ENTERED_ALL: Role.MANAGER}
    for form, (answer, right) in entry_forms.FORMS.items():
        found |= {form: least_role(right), answer: least_role(right)}
    return found


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
    needs, url = least(), duebot.app.settings.database_url
    async with duebot.app.store() as work:
        book = await work.book("main")
        items = [item.id async for account in work.all_accounts(book.id) for item in account.items]
    wrong, told_so = [], 0
    for number, (name, role) in enumerate(product(Name, Role)):
        before, refusals = row_counts(url, FACTS), len(await duebot.audit("refused"))
        thing = book.id if name in OF_BOOK else items[number % len(items)]
        said = await told(duebot, role, Action(name, thing, 999, {**TERMS, **CARRIED.get(name, {})}))
        refused = f"Your role is {role.word}" in said
        if (refused and role >= needs[name]) or not said:
            wrong.append((name, role, said))
        if role < needs[name] and row_counts(url, FACTS) != before:
            wrong.append((name, role, "changed something"))
        if refused and len(await duebot.audit("refused")) != refusals + 1:
            wrong.append((name, role, "is not in the trail"))
        told_so += refused
    assert wrong == [], "\n".join(f"{one[0]} {one[1].name} {one[2][:110]}" for one in wrong)
    assert told_so > 60, "most refusals are for the role, not for what does not exist"
