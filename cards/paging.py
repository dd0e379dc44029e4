"""A long list in one answer, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cards.actions import Action
from cards.elements import Actions, Button, Card, Element, Rows, Text

PAGE = 15


def paged(card: Card, page: int, turn: Callable[[int], Action]) -> Card:
    """The page, from 0, of the card's first list that is longer than one; a page beyond the last shows the last. `turn` leads to a page."""
    found = next((part for part in card.body if isinstance(part, Rows) and (part.of or len(part.rows)) > PAGE), None)
    if found is None:
        return card
    count = found.of or len(found.rows)
    pages = -(-count // PAGE)
    page = min(max(page, 0), pages - 1)
    first, last = page * PAGE, page + 1 == pages
    rows = found.rows if found.of else found.rows[first : first + PAGE]
    shown = replace(found, rows=rows, rest=found.rest if last else None, left=found.left if last else 0, all=found.all if last else None)
    more = " and more" if found.further() and not last else ""
    where = Text(f"{first + 1:,} to {first + len(shown.rows):,} of {count:,}{more}", quiet=True)
    back = (Button("Back", turn(page - 1)),) if page else ()
    onward = () if last else (Button("Next", turn(page + 1)),)
    at = card.body.index(found)
    body: tuple[Element, ...] = (*card.body[:at], shown, where, Actions((*back, *onward)), *card.body[at + 1 :])
    return replace(card, body=body)
