"""A card for a place where nobody can press anything: the same words, without its buttons."""

from __future__ import annotations

from dataclasses import replace

from cards.elements import Actions, Card, Element, Rows


def without_buttons(card: Card) -> Card:
    return replace(card, body=tuple(_inert(element) for element in card.body if not isinstance(element, Actions)))


def _inert(element: Element) -> Element:
    if not isinstance(element, Rows):
        return element
    return replace(element, rows=tuple(replace(row, open=None) for row in element.rows), all=None)
