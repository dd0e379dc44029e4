"""Verbs about what customers read: letters preview, letters check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.letters.template_letters import TemplateLetters
from adapters.outreach.mime import email_of
from bot.app import App
from bot.config import read_settings
from bot.desk.answers import several
from bot.verbs.options import JSON, OnlyBook
from bot.verbs.terminal import FAILED, NAME_BOOK, OTHER_NUMBER, QUESTION, polite, say, say_json, stop, with_app
from cards.plain.render import render
from workflows.answer_query import Choices, Seen, invoice
from workflows.domain.ids import ItemId
from workflows.domain.messages import Message
from workflows.errors import Refused
from workflows.preview_letter import preview_letter

verbs = typer.Typer(rich_markup_mode=None)
letters = typer.Typer(help="Shows a letter before anybody gets it, and checks templates.", no_args_is_help=True, rich_markup_mode=None)
verbs.add_typer(letters, name="letters")


@letters.command()
@polite
async def preview(
    number: Annotated[str, typer.Argument(metavar="INVOICE", help="The invoice's number.", show_default=False)],
    template: Annotated[
        str | None, typer.Option(metavar="NAME", help="The letter, like second or receipt; else the one whose turn it is.")
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Like de or fr-CA, instead of the customer's own.")] = None,
    book: OnlyBook = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there: .html, .eml, or else the text part.", dir_okay=False)
    ] = None,
    as_json: JSON = False,
) -> None:
    """Shows what a customer would get now, with their real data.

    Nothing is sent or kept. Exit code 1: there is no such invoice or letter; 2: several invoices have that number.
    """

    async def run(app: App) -> None:
        seen, item = await _found(app, number, book)
        message = preview_letter(seen.policy, seen.account, item, app.letters, app.clock, template, language)
        if out is not None:
            out.write_bytes(_file(message, out.suffix, app))
        if as_json:
            say_json(_facts(message))
        elif out is None:
            say(f"To: {', '.join(message.to) or '-'}\nSubject: {message.subject}\n\n{message.text}")

    await with_app(run)


async def _found(app: App, number: str, book: str | None) -> tuple[Seen, ItemId]:
    async with app.store.reading() as work:
        chosen = None if book is None else (await work.book(book)).id
        found = await invoice(number, work, app.policies, app.clock.now(), chosen)
    if isinstance(found, Choices):
        say(render(several(found, (), "invoice")))
        stop(QUESTION, OTHER_NUMBER if found.near else NAME_BOOK)
    seen, decided = found
    return seen, decided.item.id


def _file(message: Message, kind: str, app: App) -> bytes:
    match kind.lower():
        case ".html":
            return (message.html or "").encode()
        case ".eml":
            return email_of(message, "preview", sender=app.settings.smtp.sender or "receivables@localhost", now=app.clock.now())
        case _:
            return f"Subject: {message.subject}\n\n{message.text}".encode()


def _facts(message: Message) -> dict[str, object]:
    return {
        "to": message.to,
        "subject": message.subject,
        "language": message.language,
        "text": message.text,
        "html": message.html,
        "documents": [document.name for document in message.attachments],
    }


@letters.command()
@polite
def check(as_json: JSON = False) -> None:
    """Names every mistake in letter templates of your own.

    They lie in the folder of DUEBOT_LETTERS; a mistake has its line. Each is tried with made-up invoices. Exit code 1 if there is a mistake.
    """
    folder = read_settings().letters
    try:
        names = sorted(TemplateLetters(folder).names)
    except Refused as wrong:
        if as_json:
            say_json({"ok": False, "errors": str(wrong).splitlines()})
            raise typer.Exit(FAILED) from None
        stop(FAILED, str(wrong))
    if as_json:
        say_json({"ok": True, "letters": names})
    else:
        of = f"Those of {folder} are in order. " if folder else "No folder of your own is set (DUEBOT_LETTERS). "
        say(f"{of}Letters: {', '.join(names)}.")
