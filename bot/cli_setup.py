"""Verbs of setting up and keeping: book, user, policy, manifest, check, audit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import App
from bot.check import findings
from bot.config import read_settings
from bot.manifest import slack_manifest
from bot.policies import BadPolicy, read_policy, schema
from bot.terminal import FAILED, QUESTION, polite, say, say_json, stop, with_app
from workflows.acting import record
from workflows.domain.access import Role, User
from workflows.domain.account import Book
from workflows.domain.calendar import Place, zone
from workflows.domain.ids import BookId, UserId, new_id
from workflows.domain.money import exponent
from workflows.errors import NotKnown, Refused
from workflows.ports import UnitOfWork

JSON = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Email = Annotated[str, typer.Argument(help="The person's e-mail, the one they use in chat.")]
ROLES = ", ".join(role.word for role in Role)


def attach(main: typer.Typer) -> None:
    """Adds the verbs to the command."""
    main.command("check")(polite(check))
    main.command("book")(polite(book))
    groups: tuple[tuple[str, str, Mapping[str, Callable[..., Any]]], ...] = (
        ("user", "Who may do what.", {"add": add_user, "role": set_role, "link": link, "list": list_users}),
        ("policy", "Policy files.", {"check": check_policy, "schema": policy_schema}),
        ("audit", "The trail of everything that was done.", {"verify": verify_audit}),
        ("manifest", "What a chat needs to know of this app.", {"slack": manifest}),
    )
    for name, words, verbs in groups:
        group = typer.Typer(help=words, no_args_is_help=True, rich_markup_mode=None)
        group.callback()(_group)
        for verb, body in verbs.items():
            group.command(verb)(polite(body))
        main.add_typer(group, name=name)


def _group() -> None:
    """Keeps a group with one verb a group."""


async def check(
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody outside this machine.")] = False, as_json: JSON = False
) -> None:
    """Is everything in order? Each finding says what it means and how to mend it; exit code 1 if there is one."""
    found = await findings(read_settings(), offline=offline)
    if as_json:
        say_json({"ok": not found, "findings": [{"what": one.what, "fix": one.fix, "name": one.name} for one in found]})
    elif not found:
        say("Everything is in order.")
    else:
        for one in found:
            say(f"{one.what}\n  {one.fix}")
    raise typer.Exit(FAILED if found else 0)


async def book(
    slug: Annotated[str, typer.Argument(help="The book's short name; a new one is made.")] = "main",
    name: Annotated[str | None, typer.Option(help="The seller, as customers and colleagues know it.")] = None,
    zone_name: Annotated[str | None, typer.Option("--zone", help="Its time zone, e.g. Europe/Berlin.")] = None,
    country: Annotated[str | None, typer.Option(help="Its country, for public holidays, e.g. DE.")] = None,
    subdivision: Annotated[str | None, typer.Option(help="Its state or region, where holidays differ, e.g. BY.")] = None,
    currency: Annotated[str | None, typer.Option(help="Its own currency, e.g. EUR.")] = None,
    language: Annotated[str | None, typer.Option(help="The language of letters to customers with none of their own, e.g. de.")] = None,
    email: Annotated[str | None, typer.Option(help="Where customers' answers go.")] = None,
    phone: Annotated[str | None, typer.Option(help="Whom customers may call.")] = None,
    pay: Annotated[str | None, typer.Option(help="How to pay, in a sentence of the letters.")] = None,
    channel: Annotated[str | None, typer.Option(help="The chat channel its cards go to, e.g. C0123456.")] = None,
    as_json: JSON = False,
) -> None:
    """Shows a book, or sets what is given: zone, country, names, how to pay, its chat channel."""
    given = {
        "name": name,
        "currency": currency,
        "language": language,
        "seller_email": email,
        "seller_phone": phone,
        "payment_instructions": pay,
        "chat_channel": channel,
    }
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    place: dict[str, Any] = {
        key: value for key, value in (("zone", zone_name), ("country", country), ("subdivision", subdivision)) if value is not None
    }
    _sensible(zone_name, currency)

    async def run(app: App) -> None:
        async with app.store() as work:
            found = await _book(work, slug, new=bool(changes or place))
            found = replace(found, place=replace(found.place, **place), **changes)
            if changes or place:
                await work.change_book(found)
                await record(work, "command line", app.clock.now(), "book.changed", {"book": slug, **changes, **place})
        _show_book(found, as_json=as_json)

    await with_app(run)


def _sensible(zone_name: str | None, currency: str | None) -> None:
    try:
        if zone_name is not None:
            zone(zone_name)
        if currency is not None:
            exponent(currency)
    except ValueError as wrong:
        stop(QUESTION, f"{wrong}.")


async def _book(work: UnitOfWork, slug: str, *, new: bool) -> Book:
    try:
        return await work.book(slug)
    except NotKnown:
        if not new:
            raise
    made = Book(BookId(new_id()), slug, slug, Place("UTC"))
    await work.add_book(made)
    return made


def _show_book(found: Book, *, as_json: bool) -> None:
    facts = {
        "book": found.slug,
        "name": found.name,
        "zone": found.place.zone,
        "country": found.place.country,
        "subdivision": found.place.subdivision,
        "currency": found.currency,
        "language": found.language,
        "email": found.seller_email,
        "phone": found.seller_phone,
        "pay": found.payment_instructions,
        "channel": found.chat_channel,
        "read_through": found.read_through.isoformat() if found.read_through else None,
    }
    if as_json:
        say_json(facts)
    else:
        say("\n".join(f"{key + ':':14}{value if value is not None else '-'}" for key, value in facts.items()))


def _role(word: str) -> Role:
    try:
        return Role[word.upper()]
    except KeyError:
        stop(QUESTION, f"“{word}” is no role; choose one of {ROLES}.")


async def add_user(
    email: Email,
    name: Annotated[str, typer.Option(help="How colleagues know them.")],
    role: Annotated[str, typer.Option(help=f"One of {ROLES}.")] = "collector",
) -> None:
    """Adds a colleague. Their chat account links itself by this e-mail."""
    new = User(UserId(new_id()), email, name, _role(role))

    async def run(app: App) -> None:
        async with app.store() as work:
            if await work.user_by_email(email) is not None:
                raise Refused(f"{email} is a user already.")
            await work.add_user(new)
            await record(work, "command line", app.clock.now(), "user.added", {"user": str(new.id), "role": new.role.word})
        say(f"{name} is a {new.role.word}.")

    await with_app(run)


async def _user(work: UnitOfWork, email: str) -> User:
    found = await work.user_by_email(email)
    if found is None:
        raise NotKnown(f"No user has the e-mail {email}. Add one with: duebot user add {email} --name NAME")
    return found


async def set_role(email: Email, role: Annotated[str, typer.Argument(help=f"One of {ROLES}.")]) -> None:
    """Changes what a colleague may do."""
    new = _role(role)

    async def run(app: App) -> None:
        async with app.store() as work:
            user = await _user(work, email)
            await work.set_role(user.id, new)
            await record(work, "command line", app.clock.now(), "user.role", {"user": str(user.id), "from": user.role.word, "to": new.word})
        say(f"{user.name} is a {new.word} now.")

    await with_app(run)


async def link(
    email: Email,
    person: Annotated[str, typer.Argument(help="Their id in the chat, e.g. U0123456.")],
    team: Annotated[str, typer.Option(help="The workspace's id, e.g. T0123456.")],
    platform: Annotated[str, typer.Option(help="Which chat.")] = "slack",
) -> None:
    """Links a chat account whose e-mail is another one."""

    async def run(app: App) -> None:
        async with app.store() as work:
            user = await _user(work, email)
            await work.link(user.id, platform, team, person)
            await record(
                work, "command line", app.clock.now(), "user.linked", {"user": str(user.id), "platform": platform, "person": person}
            )
        say(f"{person} acts as {user.name}.")

    await with_app(run)


async def list_users(as_json: JSON = False) -> None:
    """Everybody, with their role."""

    async def run(app: App) -> None:
        async with app.store() as work:
            users = await work.users()
        if as_json:
            say_json([{"email": user.email, "name": user.name, "role": user.role.word} for user in users])
        else:
            say(
                "\n".join(f"{user.role.word:14}{user.email:34}{user.name}" for user in users)
                or "Nobody yet. Add one with: duebot user add EMAIL --name NAME --role administrator"
            )

    await with_app(run)


def check_policy(file: Annotated[Path, typer.Argument(help="A policy file.")], as_json: JSON = False) -> None:
    """Reads a policy file and names every mistake with its line; exit code 1 if there is one."""
    try:
        found = read_policy(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as error:
        stop(QUESTION, f"{file} cannot be read: {error}.")
    except BadPolicy as bad:
        if as_json:
            say_json({"ok": False, "errors": [{"line": one.line, "where": one.where, "words": one.words} for one in bad.errors]})
            raise typer.Exit(FAILED) from None
        stop(FAILED, str(bad))
    if as_json:
        say_json({"ok": True, "name": found.name, "steps": [step.name for step in found.steps]})
    else:
        say(f"{file.name} is in order: policy {found.name} with the steps {', '.join(step.name for step in found.steps)}.")


def policy_schema() -> None:
    """The JSON Schema of policy files, for an editor that completes and explains."""
    say(json.dumps(schema(), indent=2))


async def verify_audit(as_json: JSON = False) -> None:
    """Reads the trail from its start; a changed, missing or reordered entry is named. Exit code 1 if there is one."""

    async def run(app: App) -> None:
        found = await app.store.audit.verify()
        if as_json:
            say_json({"ok": found.first_bad is None, "entries": found.count, "head": found.head, "first_bad": found.first_bad})
        elif found.first_bad is None:
            say(f"{found.count:,} entries, none changed, missing or out of order. Head: {found.head}")
        if found.first_bad is not None:
            stop(FAILED, f"The trail breaks at entry {found.first_bad}: it was changed, is missing or stands in another place.")

    await with_app(run)


def manifest() -> None:
    """A Slack app manifest to paste when creating the app; with DUEBOT_PUBLIC_URL for HTTP, without for Socket Mode."""
    say(json.dumps(slack_manifest(read_settings().public_url), indent=2))
