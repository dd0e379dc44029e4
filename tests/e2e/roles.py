"""Every action and every role: who may what, and whether a chat keeps to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import product

from bot.desk import entry_forms
from cards.actions import Action, Name
from tests.bot.test_handle import CLAIMS, ESCALATION, TABLE, TERMS, WORD
from tests.bot.test_rights import COLLECTORS, MANAGERS, WHY
from tests.e2e.rows import row_counts
from tests.e2e.service import ROLES, House
from workflows.domain.access import Role, least_role

WHO = {role: name for name, role in reversed(ROLES.items())}
OTHERS = {Name.ANSWER, Name.CONFIRM_ANSWER, Name.SEEN, Name.STOP, Name.CONFIRM_STOP}
OF_BOOK = {
    Name.SHOW_ALL,
    Name.SHOW_OUTGOING,
    Name.SHOW_DEBTORS,
    Name.SHOW_WAITING,
    Name.SHOW_COLLECTED,
    Name.SHOW_SENT,
    Name.SHOW_ANSWERS,
    Name.SHOW_JUDGED,
    Name.SHOW_COMING,
    Name.RELEASE,
}
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


async def every_role_is_held_to(house: House, told: Callable[[Role, Action], Awaitable[str]]) -> None:
    """`told` sends an action off in a chat as somebody of that role, a form's with everything any form asks for, and says what came back.

    Each role is refused what it may not and nothing else; a refusal changes nothing, and is in the trail.
    """
    needs, url = least(), house.app.settings.database_url
    async with house.app.store() as work:
        book = await work.book("main")
        items = [item.id async for account in work.all_accounts(book.id) for item in account.items]
    wrong, told_so = [], 0
    for number, (name, role) in enumerate(product(Name, Role)):
        before, refusals = row_counts(url, FACTS), len(await house.audit("refused"))
        thing = book.id if name in OF_BOOK else items[number % len(items)]
        said = await told(role, Action(name, thing, 999, {**TERMS, **CARRIED.get(name, {})}))
        refused = f"Your role is {role.word}" in said
        if (refused and role >= needs[name]) or not said:
            wrong.append((name, role, said))
        if role < needs[name] and row_counts(url, FACTS) != before:
            wrong.append((name, role, "changed something"))
        if refused and len(await house.audit("refused")) != refusals + 1:
            wrong.append((name, role, "is not in the trail"))
        told_so += refused
    assert wrong == [], "\n".join(f"{one[0]} {one[1].name} {one[2][:110]}" for one in wrong)
    assert told_so > 60, "most refusals are for the role, not for what does not exist"
