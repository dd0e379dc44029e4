"""Cards and forms at their places in the middle of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from bot.web.place import Place
from bot.web.presses import Answer
from cards.elements import Card, Form, Quote
from cards.html.render import render, render_form
from workflows.domain.ids import ItemId
from workflows.records import CardKind, StaffCard

PRESS, ANSWER = "/inbox/press", "/inbox/answer"


@dataclass(frozen=True, slots=True)
class Slot:
    """A card or a form at its place in the middle, inside a `<form>` of its own that posts to `action`.

    `noticed` is true for the card just acted on: the answer stands right above it, where the reader was.
    `focused` has the keyboard as a whole, where there is something to read before its first field.
    """

    html: Markup
    action: str = PRESS
    item: ItemId | None = None
    chosen: bool = False
    url: str = ""
    noticed: bool = False
    focused: bool = False


def slot(card: Card, item: ItemId | None, place: Place) -> Slot:
    html = Markup(render(card))  # ruff: ignore[unsafe-markup-use] - the renderer escapes
    chosen = item is not None and item == place.item
    return Slot(html, PRESS, item, chosen, place.of_item(item) if item else "", chosen and bool(place.answer))


def form_slot(form: Form, answer: Answer, place: Place) -> Slot:
    """Typed words are put back only where something was wrong with them; otherwise the form is a new one."""
    errors = answer.reply.errors
    html = render_form(form, answer.typed if errors else None, errors)
    to_read = any(isinstance(part, Quote) for part in form.intro)
    html = html if to_read else _focused(html)
    return Slot(Markup(html), ANSWER, place.item, chosen=True, focused=to_read)  # ruff: ignore[unsafe-markup-use] - the renderer escapes


_FIELD = re.compile(r"<(?:input|select|textarea)\b([^>]*)")


def _focused(html: str) -> str:
    """The first field that is wrong, else the first, has the keyboard when the page opens; of choices the one that is chosen."""
    fields = list(_FIELD.finditer(html))
    if not fields:
        return html
    wrong = [field for field in fields if 'aria-invalid="true"' in field[1]]
    first = (wrong or fields)[0]
    name = re.search(r' name="[^"]*"', first[1])
    chosen = [field for field in fields if name and name[0] in field[1] and " checked" in field[1]]
    at = (chosen or [first])[0].end()
    return f"{html[:at]} autofocus{html[at:]}"


def in_place_of(about: UUID | None, on_page: Sequence[StaffCard], slots: list[Slot], below: list[Slot]) -> list[Slot]:
    """A form stands where its item's card stood; without such a card it stands on top."""
    alerts = [card.subject if card.kind is CardKind.ALERT else None for card in on_page]
    if about is None or about not in alerts:
        return slots + below
    at = alerts.index(about)
    return slots[1:] + below[:at] + slots[:1] + below[at:]
