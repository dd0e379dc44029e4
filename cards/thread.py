"""The history of a card: in its thread, where those of ten minutes are one message, else on the card itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cards.elements import Actions, Card, Quote, Text
from cards.format import clock, locale_of, moment, remark
from cards.history import Event
from workflows.domain.account import Book
from workflows.domain.calendar import Place

MOST_KEPT = 6  # lines of a card's history; older ones are in the customer's timeline
QUOTED = 200  # characters of an answer


def quoting(answer: Event, text: str) -> Event:
    """With its words; as it is where erasure took them."""
    return replace(answer, detail=f"“{remark(text, QUOTED)}”" if text else "")


def thread_line(told: Sequence[Event], place: Place) -> Card:
    """`10:02 Ana snoozed until Mon 30 Nov`, a line each."""
    lines = [f"{clock(one.at, place)} {_words(one)}" for one in told]
    return Card(" · ".join(lines), tuple(Text(line) for line in lines))


def with_history(card: Card, told: Sequence[Event], book: Book, now: datetime) -> Card:
    """For where no thread stands below: the newest lines above the buttons."""
    if not told:
        return card
    lines = [f"{moment(one.at, now, book.place, locale_of(book))} {_words(one)}" for one in told[-MOST_KEPT:]]
    at = next((number for number, part in enumerate(card.body) if isinstance(part, Actions)), len(card.body))
    return replace(card, body=(*card.body[:at], Quote("\n".join(lines), "What happened"), *card.body[at:]))


def _words(event: Event) -> str:
    return ": ".join(part for part in (event.words, event.detail) if part)
