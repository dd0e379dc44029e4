"""The verb that shows a book and changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from adapters.letters.phrases import languages, sandbox
from bot.app import App
from bot.config import read_settings
from bot.verbs.options import JSON, a_channel, a_country, a_currency, a_mailbox, a_phone, a_slug, a_zone
from bot.verbs.terminal import QUESTION, polite, say, say_json, stop, with_app
from cards.clean import clean
from workflows.acting import record
from workflows.domain.account import Book
from workflows.domain.calendar import Place, holiday_regions
from workflows.domain.ids import BookId, new_id
from workflows.errors import NotKnown
from workflows.ports import UnitOfWork

Slug = Annotated[str, typer.Argument(parser=a_slug, metavar="BOOK", help="The book's short name; an unknown one is made.")]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="The seller, as customers and colleagues know it.")]
Zone = Annotated[str | None, typer.Option("--zone", parser=a_zone, metavar="ZONE", help="Its time zone, like Europe/Berlin.")]
Country = Annotated[str | None, typer.Option(parser=a_country, metavar="CODE", help="Its country, for public holidays, like DE.")]
Subdivision = Annotated[str | None, typer.Option(metavar="CODE", help="Its state or region, where holidays differ, like BY.")]
Currency = Annotated[str | None, typer.Option(parser=a_currency, metavar="CODE", help="Its own currency, like EUR.")]
Language = Annotated[str | None, typer.Option(metavar="CODE", help="The language of letters where a customer has none, like de.")]
Email = Annotated[str | None, typer.Option(parser=a_mailbox, metavar="EMAIL", help="Where customers' answers go.")]
Phone = Annotated[str | None, typer.Option(parser=a_phone, metavar="NUMBER", help="The number customers may call, like +49 30 5550 0177.")]
Pay = Annotated[str | None, typer.Option(metavar="TEXT", help="How to pay, as it stands in the letters.")]
_TO = "The Slack or Teams channel its cards go to, or an incoming webhook."
Channel = Annotated[str | None, typer.Option(parser=a_channel, metavar="ID", help=_TO)]

verbs = typer.Typer(rich_markup_mode=None)
verbs.callback()(lambda: None)


@verbs.command()
@polite
async def book(
    slug: Slug = "main",
    name: Name = None,
    zone_name: Zone = None,
    country: Country = None,
    subdivision: Subdivision = None,
    currency: Currency = None,
    language: Language = None,
    email: Email = None,
    phone: Phone = None,
    pay: Pay = None,
    channel: Channel = None,
    as_json: JSON = False,
) -> None:
    """Shows a book, or changes what is given.

    A book is one seller: whose invoices they are, where its days begin and end, how to pay, and where its cards go.
    """
    told = {"seller_email": email, "seller_phone": phone, "payment_instructions": pay, "chat_channel": channel}
    changes = _given({"name": name, "currency": currency, "language": language, **told})
    place = _given({"zone": zone_name, "country": country, "subdivision": subdivision})
    _must_be_written_in(language)

    async def run(app: App) -> None:
        async with app.store() as work:
            found = await _book(work, slug, new=bool(changes or place))
            if changes or place:
                found = await _changed(found, changes, place, work, app)
        _show_book(found, as_json=as_json)

    await with_app(run)


def _given(said: Mapping[str, str | None]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value is not None}


async def _changed(found: Book, changes: Mapping[str, Any], place: Mapping[str, Any], work: UnitOfWork, app: App) -> Book:
    """An incoming webhook is a secret: the book has only what it goes by."""
    now = app.clock.now()
    if changes.get("chat_channel", "").startswith("https://"):
        changes = {**changes, "chat_channel": f"slack_hook:{await work.add_webhook('slack_hook', changes['chat_channel'], now)}"}
    changed = replace(found, place=replace(found.place, **place), **changes)
    _must_have_holidays(changed.place)
    await work.change_book(changed)
    await record(work, "command line", now, "book.changed", {"book": found.slug, **changes, **place})
    return changed


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
