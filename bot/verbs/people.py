"""The verbs of `duebot user`: who may do what."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.app import App
from bot.verbs.options import JSON, ROLES, a_mailbox, a_role
from bot.verbs.terminal import polite, say, say_json, with_app
from cards.clean import clean
from workflows.acting import record
from workflows.domain.access import Role, User
from workflows.domain.ids import UserId, new_id
from workflows.errors import NotKnown, Refused
from workflows.invite_person import invited
from workflows.ports import UnitOfWork

PLATFORM = "slack"

verbs = typer.Typer(rich_markup_mode=None)
user = typer.Typer(help="Adds colleagues and says who may do what.", no_args_is_help=True, rich_markup_mode=None)
verbs.add_typer(user, name="user")


Email = Annotated[
    str, typer.Argument(parser=a_mailbox, metavar="EMAIL", help="The person's e-mail, the one they use in chat.", show_default=False)
]


@user.command("add")
@polite
async def add_user(
    email: Email,
    name: Annotated[str, typer.Option(metavar="NAME", help="How colleagues know them.", show_default=False)],
    role: Annotated[Role, typer.Option(parser=a_role, metavar="ROLE", help=f"One of {ROLES}.", show_default="collector")] = Role.COLLECTOR,
) -> None:
    """Adds a colleague.

    Their chat account is linked by this e-mail the first time they press something.
    """
    new = User(UserId(new_id()), email, name, role)

    async def run(app: App) -> None:
        async with app.store() as work:
            if await work.user_by_email(email) is not None:
                raise Refused(f"{email} is a user already. To change their role, run: duebot user role {email} ROLE")
            await work.add_user(new)
            await record(work, "command line", app.clock.now(), "user.added", {"user": str(new.id), "role": new.role.word})
        say(clean(f"{name} is {_a(role)}."))

    await with_app(run)


@user.command("role")
@polite
async def set_role(
    email: Email, role: Annotated[Role, typer.Argument(parser=a_role, metavar="ROLE", help=f"One of {ROLES}.", show_default=False)]
) -> None:
    """Changes what a colleague may do."""

    async def run(app: App) -> None:
        async with app.store() as work:
            found = await _user(work, email)
            await work.set_role(found.id, role)
            changed = {"user": str(found.id), "from": found.role.word, "to": role.word}
            await record(work, "command line", app.clock.now(), "user.role", changed)
        say(clean(f"{found.name} is {_a(role)} now."))

    await with_app(run)


@user.command("limit")
@polite
async def set_limit(
    email: Email,
    amount: Annotated[
        int | None, typer.Argument(min=0, metavar="[AMOUNT]", help="In whole units of money; leave it out for none.", show_default=False)
    ] = None,
) -> None:
    """Says up to how much a manager approves write-offs and waivers.

    Without a limit a manager approves up to 1,000; above 10,000 it takes two people.
    """

    async def run(app: App) -> None:
        async with app.store() as work:
            found = await _user(work, email)
            await work.set_limit(found.id, amount)
            changed = {"user": str(found.id), "from": found.limit, "to": amount}
            await record(work, "command line", app.clock.now(), "user.limit", changed)
        say(
            clean(f"{found.name} approves up to {amount:,}." if amount is not None else f"{found.name} has no limit of their own any more.")
        )

    await with_app(run)


@user.command("link")
@polite
async def link(
    email: Email,
    person: Annotated[str, typer.Argument(metavar="CHAT-ID", help="Their id in Slack, like U0123456.", show_default=False)],
    team: Annotated[str, typer.Option(metavar="TEAM-ID", help="The workspace's id, like T0123456.", show_default=False)],
) -> None:
    """Links a Slack account that uses another e-mail."""

    async def run(app: App) -> None:
        async with app.store() as work:
            found = await _user(work, email)
            await work.link(found.id, PLATFORM, team, person)
            linked = {"user": str(found.id), "platform": PLATFORM, "person": person}
            await record(work, "command line", app.clock.now(), "user.linked", linked)
        say(clean(f"{person} acts as {found.name}."))

    await with_app(run)


@user.command("invite")
@polite
async def invite(email: Email, as_json: JSON = False) -> None:
    """Makes a code that links a chat account with another e-mail.

    They type it to Duebot in their chat, as in /due link CODE. It works once, for a week; a new code ends the one before.
    """

    async def run(app: App) -> None:
        async with app.store() as work:
            done = await invited(await _user(work, email), "command line", work, app.clock)
        if as_json:
            say_json({"email": done.user.email, "code": done.code, "until": done.until.isoformat()})
        else:
            say(clean(f"{done.user.name} types, until {done.until:%Y-%m-%d %H:%M} UTC: /due link {done.code}"))

    await with_app(run)


@user.command("list")
@polite
async def list_users(as_json: JSON = False) -> None:
    """Lists everybody with their role."""

    async def run(app: App) -> None:
        async with app.store.reading() as work:
            users = await work.users()
        if as_json:
            say_json([{"email": one.email, "name": one.name, "role": one.role.word, "limit": one.limit} for one in users])
        elif users:
            width = max(len(one.email) for one in users) + 2
            say("\n".join(clean(f"{one.role.word:15}{one.email:{width}}{one.name}{_up_to(one)}") for one in users))
        else:
            say('Nobody yet. Add yourself with: duebot user add EMAIL --name "YOUR NAME" --role administrator')

    await with_app(run)


async def _user(work: UnitOfWork, email: str) -> User:
    found = await work.user_by_email(email)
    if found is None:
        raise NotKnown(f"No user has the e-mail {email}. To add one, run: duebot user add {email} --name NAME")
    return found


def _up_to(one: User) -> str:
    return "" if one.limit is None else f", approves up to {one.limit:,}"


def _a(role: Role) -> str:
    return f"{'an' if role is Role.ADMINISTRATOR else 'a'} {role.word}"
