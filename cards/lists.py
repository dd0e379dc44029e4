"""Lists that `/due` answers with: items that carry a mark, and what somebody has to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.actions import Action, Name
from cards.elements import Card, Heading, Row, Rows, Text, Tone
from cards.format import amounts, cell, count, day, locale_of, money, name, remark
from cards.lines import following_line
from cards.standing import person
from workflows.domain.account import Account
from workflows.domain.decision import ItemDecision
from workflows.domain.ids import ItemId, UserId
from workflows.domain.money import totals
from workflows.domain.tasks import Task

_TITLES = {
    "promises": ("Promised", "Nothing is promised."),
    "plans": ("On a payment plan", "Nothing is on a plan."),
    "disputes": ("Disputed", "Nothing is disputed."),
}


def marked(
    what: str, items: Sequence[tuple[Account, ItemDecision]], now: datetime, people: Mapping[UserId, str], *, more: bool = False
) -> Card:
    """Promises, plans or disputes: an item a line, the oldest due first. `more` were left out by the caller."""
    title, none = _TITLES[what]
    if not items:
        return Card(none, (Heading(title), Text(none)))
    locale = locale_of(items[0][0].book)
    sums = amounts(totals(decided.open for _, decided in items), locale)
    rows = tuple(
        Row(
            (
                cell(account.customer.name),
                cell(decided.item.number),
                money(decided.open, locale_of(account.book)),
                remark(following_line(account, decided, now, people), 90),
            ),
            Tone.LATE if decided.overdue else Tone.QUIET,
            _open(account, decided.item.id),
        )
        for account, decided in items
    )
    table = Rows(("Customer", "Invoice", "Open", "How it stands"), rows, frozenset({2}), "more of them" if more else None)
    counted = f"more than {count(len(items), 'item')}" if more else count(len(items), "item")
    return Card(f"{title}: {counted}, {sums}", (Heading(title, None if more else sums, counted), table))


def tasks(tasks: Sequence[tuple[Task, Account]], now: datetime, people: Mapping[UserId, str]) -> Card:
    """What somebody has to do, the soonest due first."""
    if not tasks:
        return Card("No task is open", (Heading("Tasks"), Text("No task is open.")))
    rows = tuple(
        Row(
            (
                remark(task.what, 60),
                cell(account.customer.name),
                _due(task, account, now),
                name(person(people, task.owner)) if task.owner else "anybody",
            ),
            Tone.WARNING if task.due_on and task.due_on < account.book.place.day(now) else Tone.QUIET,
            _open(account, task.item),
        )
        for task, account in tasks
    )
    table = Rows(("What", "Customer", "Due", "Who"), rows)
    title = count(len(tasks), "open task")
    return Card(f"{title}. First: {remark(tasks[0][0].what, 60)}", (Heading("Tasks", badge=title), table))


def _due(task: Task, account: Account, now: datetime) -> str:
    return day(task.due_on, account.book.place.day(now), locale_of(account.book)) if task.due_on else "any day"


def _open(account: Account, item: ItemId) -> Action:
    return Action(Name.OPEN, item, len(account.acts_on(item)))
