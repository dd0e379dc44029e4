"""Colleagues and what each may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, ChoiceField, Element, Field, Form, Heading, Option, Row, Rows, Style, Text, TextField
from cards.format import count, day, name
from cards.forms import filled, general_error
from cards.outcome import answer
from cards.problems import NOBODY
from workflows.domain.access import Right, Role, User

_MAY = {
    Role.VIEWER: "sees everything, changes nothing",
    Role.COLLECTOR: "chases: reminds, snoozes, notes promises and money",
    Role.MANAGER: "also approves, releases and enters invoices",
    Role.ADMINISTRATOR: "also says who may do what",
}
_ROLES = tuple(Option(role.word, f"{role.word.capitalize()}: {words}") for role, words in _MAY.items())


def people_card(users: Sequence[User], reader: User) -> Card:
    """Everybody; an administrator may change them from here, except themselves."""
    title = f"{count(len(users), 'colleague')}"
    rows = tuple(Row((name(user.name), f"{user.role.word}{_limit(user)}", name(user.email))) for user in sorted(users, key=_by_role))
    body: list[Element] = [Heading("Colleagues", badge=title), Rows(("Name", "Role", "E-mail"), rows)]
    if reader.may(Right.ADMINISTER):
        body.append(
            Actions(
                (
                    Button("Change a role", Action(Name.ROLE, reader.id)),
                    Button("Add a colleague", Action(Name.NEW_USER, reader.id)),
                    Button("Invite", Action(Name.INVITE, reader.id)),
                )
            )
        )
    else:
        body.append(Text("An administrator changes roles.", quiet=True))
    return Card(f"Colleagues: {title}", tuple(body))


def _by_role(user: User) -> tuple[int, str]:
    return -user.role, user.name.casefold()


def _limit(user: User) -> str:
    return f", approves up to {user.limit:,}" if user.limit is not None and user.role >= Role.MANAGER else ""


def role_form(users: Sequence[User], reader: User, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """Answers: `user` (an id) and `role`."""
    others = tuple(Option(str(user.id), f"{name(user.name)}, {user.role.word}") for user in users if user.id != reader.id)
    fields: tuple[Field, ...] = (ChoiceField("user", "Who", others), ChoiceField("role", "May do", _ROLES))
    submit = Button("Change role", Action(Name.CONFIRM_ROLE, reader.id), Style.PRIMARY)
    return Form(
        "Change a role", submit, general_error(errors), filled(fields, values), (Text("It holds from their next press.", quiet=True),)
    )


def user_form(reader: User, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """Answers: `email`, `name`, `role`."""
    fields: tuple[Field, ...] = (
        TextField("email", "E-mail", hint="The one they use in chat; it links their account there", max_length=254),
        TextField("name", "Name", max_length=100),
        ChoiceField("role", "May do", _ROLES, Role.COLLECTOR.word),
    )
    submit = Button("Add", Action(Name.ADD_USER, reader.id), Style.PRIMARY)
    return Form("Add a colleague", submit, general_error(errors), filled(fields, values))


def role_changed(user: User) -> Card:
    return answer(
        f"{name(user.name)} is {'an' if user.role is Role.ADMINISTRATOR else 'a'} {user.role.word} now", _MAY[user.role].capitalize()
    )


def user_added(user: User) -> Card:
    return answer(f"{name(user.name)} was added as {user.role.word}", "Their chat account is linked when they first press something.")


def invite_form(users: Sequence[User], reader: User, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """Answers: `user` (an id)."""
    everybody = tuple(Option(str(user.id), f"{name(user.name)}, {user.role.word}") for user in users)
    submit = Button("Make a code", Action(Name.CONFIRM_INVITE, reader.id), Style.PRIMARY)
    outro = Text("For colleagues whose chat account has another e-mail. The code works once, for a week.", quiet=True)
    return Form("Invite", submit, general_error(errors), filled((ChoiceField("user", "Whom", everybody),), values), (outro,))


def invited(user: User, code: str, until: date, today: date) -> Card:
    """For the administrator alone."""
    return answer(
        f"{name(user.name)}'s code: {code}", f"Give it to them. They type “link {code}” to Duebot in chat, once, until {day(until, today)}."
    )


def link_form(errors: Mapping[str, str] | None = None) -> Form:
    """Answers: `code`."""
    submit = Button("Link", Action(Name.CONFIRM_LINK, NOBODY), Style.PRIMARY)
    field = TextField("code", "Code", hint="As your administrator gave it to you", max_length=40)
    return Form("Your invitation", submit, general_error(errors or {}), (field,))


def linked(user: User) -> Card:
    return answer(f"You are {name(user.name)} here from now on", f"Your role is {user.role.word}: {_MAY[user.role]}.")
