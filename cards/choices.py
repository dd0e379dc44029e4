"""Several things fit what was asked, or none does and some come near: the person chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cards.actions import Action, Name
from cards.clean import bare
from cards.elements import Actions, Button, Card, Form, Heading, Row, Rows, Style, Text
from cards.format import cell, count, name, remark

SHOWN = 15
LONGEST = 300  # characters of a question; what is typed beyond them says nothing
NOTHING = UUID(int=0)  # a question is about no row of ours


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things a query may have meant. `detail` tells it from the others."""

    label: str
    detail: str
    open: Action | None = None


def asking(question: str, page: int = 0, *, of: str = "") -> Action:
    """What a button carries that asks as if it had been typed; `page` of a long answer, from 0; `of` is the colleague, by id, whose things
    are asked about where that is not who presses.
    """
    return Action(
        Name.ASK, NOTHING, data={"q": bare(question[:LONGEST])} | ({"page": str(page)} if page else {}) | ({"of": of} if of else {})
    )


def several(query: str, choices: Sequence[Choice], *, near: bool = False) -> Card:
    """Several customers, invoices or books match; with `near` none does, and these are spelt almost so."""
    fit = f"{count(len(choices), 'match', 'matches')} for “{name(query)}”"
    title = f"Nothing is called “{name(query)}”. Did you mean" if near else fit
    rows = tuple(Row((cell(choice.label), remark(choice.detail, 60)), open=choice.open) for choice in choices[:SHOWN])
    left = max(len(choices) - SHOWN, 0)
    hint = "Open one, or type it again." if near else "Open one, or say more of the name or the number."
    return Card(
        f"{title} {', '.join(cell(choice.label) for choice in choices[:3])}?" if near else title,
        (Heading(title), Rows(("Which", ""), rows, left=left), Text(hint, quiet=True)),
    )


def meant(questions: Sequence[str]) -> Actions:
    """Questions that may have been meant, one button each."""
    return Actions(tuple(Button(name(question), asking(question)) for question in questions))


def offered(form: Form, question: str) -> Card:
    """Of a form that was asked for in words where only a press can open it."""
    button = Button("Open the form", asking(question), Style.PRIMARY)
    told = f"“{name(question)}” is a form. It opens when you press the button."
    return Card(f"{form.title}. {told}", (Heading(form.title), Text(told), Actions((button,))))
