"""An answer that somebody shows to everybody in the channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cards.elements import Actions, Card, Text
from cards.format import clock, long_day, name
from workflows.domain.calendar import Place


def shared(card: Card, by_name: str, at: datetime, place: Place) -> Card:
    """As it was answered, with who shared it and when, and without buttons that act: nothing draws it anew when things change."""
    kept = tuple(part for part in card.body if not isinstance(part, Actions))
    said = f"{name(by_name)} shared this. As it stood {long_day(place.day(at))}, {clock(at, place)}."
    return replace(card, summary=f"{card.summary}. {said}", body=(*kept, Text(said, quiet=True)))


def posted() -> Card:
    return Card("Shared: everybody in the channel sees it.", (Text("Shared: everybody in the channel sees it."),))
