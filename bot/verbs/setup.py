"""Verbs of setting up: book, manifest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.letters.phrases import languages, sandbox
from bot.app import App
from bot.app_package import package
from bot.config import read_settings
from bot.manifest import slack_manifest, teams_manifest
from bot.verbs.options import JSON, a_channel, a_country, a_currency, a_mailbox, a_slug, a_zone
from bot.verbs.terminal import QUESTION, polite, say, say_json, stop, with_app
from cards.clean import clean
from workflows.acting import record
from workflows.domain.account import Book
from workflows.domain.calendar import Place, holiday_regions
from workflows.domain.ids import BookId, new_id
from workflows.errors import NotKnown
from workflows.ports import UnitOfWork

verbs = typer.Typer(rich_markup_mode=None)


def _group(name: str, words: str) -> typer.Typer:
    group = typer.Typer(help=words, no_args_is_help=True, rich_markup_mode=None)
    group.callback()(_stays_a_group)
    verbs.add_typer(group, name=name)
    return group


def _stays_a_group() -> None:
    """Keeps a group with one verb a group."""


manifest = _group("manifest", "Prints what a chat needs to know of this app.")


@verbs.command()
@polite
async def book(
    slug: Annotated[str, typer.Argument(parser=a_slug, metavar="BOOK", help="The book's short name; an unknown one is made.")] = "main",
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The seller, as customers and colleagues know it.")] = None,
    zone_name: Annotated[
        str | None, typer.Option("--zone", parser=a_zone, metavar="ZONE", help="Its time zone, like Europe/Berlin.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(parser=a_country, metavar="CODE", help="Its country, for public holidays, like DE.")
    ] = None,
    subdivision: Annotated[str | None, typer.Option(metavar="CODE", help="Its state or region, where holidays differ, like BY.")] = None,
    currency: Annotated[str | None, typer.Option(parser=a_currency, metavar="CODE", help="Its own currency, like EUR.")] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="The language of letters where a customer has none, like de.")
    ] = None,
    email: Annotated[str | None, typer.Option(parser=a_mailbox, metavar="EMAIL", help="Where customers' answers go.")] = None,
    phone: Annotated[str | None, typer.Option(metavar="NUMBER", help="The number customers may call.")] = None,
    pay: Annotated[str | None, typer.Option(metavar="TEXT", help="How to pay, as it stands in the letters.")] = None,
    channel: Annotated[
        str | None, typer.Option(parser=a_channel, metavar="ID", help="The Slack or Teams channel its cards go to, or an incoming webhook.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Shows a book, or changes what is given.

    A book is one seller: whose invoices they are, where its days begin and end, how to pay, and where its cards go.
    """
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
    where = {"zone": zone_name, "country": country, "subdivision": subdivision}
    place: dict[str, Any] = {key: value for key, value in where.items() if value is not None}
    _must_be_written_in(language)

    async def run(app: App) -> None:
        async with app.store() as work:
            found = await _book(work, slug, new=bool(changes or place))
            if channel is not None and channel.startswith("https://"):
                changes["chat_channel"] = f"slack_hook:{await work.add_webhook('slack_hook', channel, app.clock.now())}"
            found = replace(found, place=replace(found.place, **place), **changes)
            if changes or place:
                _must_have_holidays(found.place)
                await work.change_book(found)
                await record(work, "command line", app.clock.now(), "book.changed", {"book": slug, **changes, **place})
        _show_book(found, as_json=as_json)

    await with_app(run)


def _must_be_written_in(language: str | None) -> None:
    known = languages(sandbox(read_settings().letters))
    if language is not None and language not in known:
        stop(QUESTION, f"There are no letters in “{language}”; there are some in {', '.join(sorted(known))}.")


def _must_have_holidays(place: Place) -> None:
    """A region nobody knows the holidays of would quietly be treated as having none of its own."""
    if place.subdivision is None:
        return
    regions = holiday_regions(place.country) if place.country else ()
    if place.subdivision not in regions:
        known = f"has {', '.join(regions)}" if regions else "has none whose holidays are known"
        stop(QUESTION, f"“{place.subdivision}” is no region of {place.country or 'a country that is not set'}, which {known}.")


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
        say("\n".join(clean(f"{key.replace('_', ' ') + ':':14}{'-' if value is None else value}") for key, value in facts.items()))


@manifest.command("slack")
@polite
def print_manifest() -> None:
    """Prints an app manifest to paste into Slack.

    With DUEBOT_PUBLIC_URL it is for HTTP, without for Socket Mode.
    """
    say(json.dumps(slack_manifest(read_settings().public_url), indent=2))


@manifest.command("teams")
@polite
def write_package(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.", dir_okay=False)] = Path("duebot-teams.zip"),
) -> None:
    """Writes the app package to upload to Teams.

    It needs DUEBOT_TEAMS__APP_ID and DUEBOT_PUBLIC_URL.
    """
    settings = read_settings()
    if settings.teams.app_id is None or settings.public_url is None:
        stop(QUESTION, "Set DUEBOT_TEAMS__APP_ID and DUEBOT_PUBLIC_URL first: the package names both.")
    out.write_bytes(package(teams_manifest(settings.teams.app_id, settings.public_url)))
    say(f"Wrote {out}. Upload it in the Teams admin centre, or in Teams under Apps, Manage your apps.")
