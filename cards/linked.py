"""A card for a place where nobody can press anything: the same words, with links in place of its buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from cards.actions import Action, Name
from cards.buttons import OF_ITEM
from cards.choices import NOTHING
from cards.elements import Actions, Button, Card, Element, FileRef, Rows, Text

Link = Callable[[FileRef], str | None]  # the address a file has for now; null where this service has none
Way = Callable[[UUID | None], str]  # the address at which one acts on an item, or null on everything


def with_links(card: Card, way: Way | None) -> Card:
    """All buttons are one link: to their item, if they are about one. Rows lead to theirs. Without a `way` words say where to go."""
    onward = _onward(card)
    last = Actions((Button("Open in Duebot", onward),)) if way else Text("Open Duebot's inbox to act on it.", quiet=True)
    body = (_led(part, onward, way) for part in card.body if not isinstance(part, Actions))
    return replace(card, body=(*body, last))


def address_of(action: Action, way: Way) -> str:
    return way(action.id if action.name in OF_ITEM else None)


def _onward(card: Card) -> Action:
    rows = [part for part in card.body if isinstance(part, Actions)]
    items = {button.action.id for row in rows for button in (*row.buttons, *row.more) if button.action.name in OF_ITEM}
    return Action(Name.OPEN, items.pop()) if len(items) == 1 else Action(Name.HOME, NOTHING)


def _led(part: Element, onward: Action, way: Way | None) -> Element:
    """A row that leads where the whole card does needs no link of its own."""
    if not isinstance(part, Rows):
        return part
    rows = (
        row if way and row.open and address_of(row.open, way) != address_of(onward, way) else replace(row, open=None) for row in part.rows
    )
    return replace(part, rows=tuple(rows), all=None)
