"""How Duebot is set up, as far as everybody who uses it may know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.clean import bare
from cards.elements import Card, Element, Facts, Heading, Text
from cards.format import day, locale_of, name
from workflows.domain.access import User
from workflows.domain.account import Book


def settings(books: Sequence[Book], user: User | None, now: datetime) -> Card:
    """Who is asking, and each book: its place, its currency, where its cards go, how fresh its balances are. No secrets."""
    who = f"{name(user.name)}, {user.role.word}" if user else "the command line"
    body: list[Element] = [Heading("Settings"), Text(f"You are {who}.")]
    for book in books:
        body += [Heading(name(book.name)), _of(book, now)]
    body.append(
        Text("An administrator changes them with the duebot command: duebot book, duebot user, duebot channel, duebot check.", quiet=True)
    )
    return Card(f"Settings. You are {who}. Books: {', '.join(name(book.name) for book in books)}", tuple(body))


def _of(book: Book, now: datetime) -> Facts:
    read = day(book.read_through, book.place.day(now), locale_of(book)) if book.read_through else "nothing yet"
    return Facts(
        (
            ("Short name", book.slug),
            ("Zone", f"{book.place.zone}{', ' + book.place.country if book.place.country else ''}"),
            ("Currency", book.currency or "as the invoices say"),
            ("Cards go to", bare(book.chat_channel) if book.chat_channel else "the inbox only"),
            ("Balances as of", read if book.fed_by_files else "the last reading of its connection"),
        )
    )
