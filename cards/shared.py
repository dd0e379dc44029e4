"""An answer that somebody shows to everybody in the channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cards.actions import Action
from cards.elements import Actions, Card, Rows, Text
from cards.format import clock, long_day, name
from cards.paging import PAGE
from workflows.domain.calendar import Place


def shared(card: Card, again: Action, by_name: str, at: datetime, place: Place) -> Card:
    """As it was answered, with who shared it and when, and without buttons that act: nothing draws it anew when things change.

    Of a long list its first page; `again` asks for all of it, for whoever presses that.
    """
    kept = tuple(_first_page(part, again) if isinstance(part, Rows) else part for part in card.body if not isinstance(part, Actions))
    said = f"{name(by_name)} shared this. As it stood {long_day(place.day(at))}, {clock(at, place)}."
    return replace(card, summary=f"{card.summary}. {said}", body=(*kept, Text(said, quiet=True)))


def _first_page(rows: Rows, again: Action) -> Rows:
    if len(rows.rows) <= PAGE:
        return rows
    left = len(rows.rows) - PAGE + rows.left
    counted = {"rest": f"at least {left:,} more", "left": 0} if rows.rest else {"left": left}
    return replace(rows, rows=rows.rows[:PAGE], all=again, **counted)


def posted() -> Card:
    words = "Shared: everybody in the channel sees it in a moment."
    return Card(words, (Text(words),))
