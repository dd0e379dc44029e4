"""A task as a card: what, for whom, by when, and the button that says it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, Heading, Style, Text, Tone
from cards.format import day, locale_of, money, name, remark
from cards.standing import person
from workflows.domain.account import Account
from workflows.domain.decision import ItemDecision
from workflows.domain.ids import UserId
from workflows.domain.tasks import Task


def task_card(task: Task, account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> Card:
    """What is to be done first: a task is read by its words, not by its customer."""
    locale, today = locale_of(account.book), account.book.place.day(now)
    late = task.due_on is not None and task.due_on < today
    due = f"by {day(task.due_on, today, locale)}" if task.due_on else "any day"
    tone = Tone.LATE if late else Tone.QUIET
    who = name(person(people, task.owner)) if task.owner else "anybody"
    asked = f", asked by {name(person(people, task.by))}" if task.by else ""
    about = f"{name(account.customer.name)} · {name(decided.item.number)} · {money(decided.open, locale)} open"
    body = (
        Heading(remark(task.what), badge=f"{due}{', late' if late else ''}", tone=tone),
        Text(about),
        Text(f"For {who}{asked}", quiet=True),
        Actions(
            (
                Button("Done", Action(Name.COMPLETE_TASK, task.id), Style.PRIMARY),
                Button("Open", Action(Name.OPEN, task.item, len(account.acts_on(task.item)))),
            )
        ),
    )
    return Card(f"Task {due}: {remark(task.what)}, {about}", body, tone)
