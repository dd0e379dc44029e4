"""One page of the inbox, read from the store and ready for its template."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from markupsafe import Markup

from bot.answers import answer as answer_to
from bot.answers import meant
from bot.commands import AskInvoice, parse
from bot.draw import draw, item_card
from bot.web.counts import Counts
from bot.web.listings import KINDS, PAGE, Listing, listing, standing
from bot.web.panel import Panel, book_panel, customer_panel
from bot.web.place import Place, View
from bot.web.presses import Answer
from cards.elements import Card, Form, Quote
from cards.format import clock, day, locale_of, name
from cards.html.render import render, render_form
from cards.problems import refused
from workflows.answer_query import see_item
from workflows.domain.access import User
from workflows.domain.account import Book
from workflows.domain.ids import ItemId
from workflows.errors import Refused
from workflows.ports import Policies, UnitOfWork
from workflows.records import CardKind, StaffCard

PRESS, ANSWER = "/inbox/press", "/inbox/answer"
TODAYS = (View.NEEDS_ME, View.FIRST_CONTACT, View.ANSWERS, View.PROBLEMS, View.TODAY)
OPEN_ITEMS = (View.OVERDUE, View.ON_PLAN, View.SNOOZED, View.ESCALATED, View.FLAGGED)


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


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Page:
    """`notice` is the answer to the press just made. `back` and `onward` are addresses of neighbouring pages."""

    place: Place
    user: User
    book: Book
    books: Sequence[tuple[str, str]]
    day: str
    at: str
    title: str
    todays: Sequence[Link]
    open_items: Sequence[Link]
    slots: Sequence[Slot]
    panel: Panel
    notice: Markup | None = None
    listing: Listing | None = None
    back: str = ""
    onward: str = ""
    range: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What every part of a page is read with."""

    work: UnitOfWork
    policies: Policies
    counts: Counts
    now: datetime

    async def page(self, place: Place, user: User, answer: Answer | None) -> Page:
        """Raises `NotKnown` for an item or a book that does not exist."""
        books = await self.work.books()
        book = await self._book(place, books)
        cards = await self.work.live_cards(book.id)
        shown = standing(cards, place.view) if place.view in KINDS and not place.search else []
        first, today = place.page * PAGE, book.place.day(self.now)
        on_page = shown[first : first + PAGE]
        lines = None if place.view in KINDS or place.search else await listing(place, book, self.work, self.policies, self.now)
        chosen = place.item or _first_item(on_page)
        counts = await self.counts.of(book, cards, self.work, self.policies, self.now)
        follows = lines.more if lines else len(shown) > first + PAGE
        return Page(
            place=place,
            user=user,
            book=book,
            books=[(one.slug, name(one.name)) for one in books],
            day=day(today, today, locale_of(book)),
            at=clock(self.now, book.place),
            title=f"Search: {place.search}" if place.search else place.view.label,
            todays=_links(TODAYS, place, counts),
            open_items=_links(OPEN_ITEMS, place, counts),
            slots=await self._slots(place, on_page, answer, user),
            panel=await self._panel(chosen, book, place),
            notice=Markup(render(answer.reply.card)) if answer and answer.reply.card else None,  # ruff: ignore[unsafe-markup-use] - the renderer escapes
            listing=lines,
            back=place.url(page=place.page - 1, item=None, answer="") if place.page else "",
            onward=place.url(page=place.page + 1, item=None, answer="") if follows else "",
            range=_range(first, len(lines.lines) if lines else len(on_page)) if place.page or follows else "",
        )

    async def _book(self, place: Place, books: Sequence[Book]) -> Book:
        if place.item is not None:
            return (await self.work.account_of(place.item)).book
        if place.book is None and books:
            return books[0]
        return await self.work.book(place.book or "main")

    async def _slots(self, place: Place, on_page: Sequence[StaffCard], answer: Answer | None, user: User) -> list[Slot]:
        form = answer.reply.form if answer else None
        about = form.submit.action.id if form else None
        slots = [] if form is None or answer is None else [_form_slot(form, answer, place)]
        standing_items = {card.subject for card in on_page if card.kind is CardKind.ALERT}
        if place.item is not None and place.item not in standing_items and place.item != about:
            slots.append(_slot(await item_card(place.item, self.work, self.policies, self.now), place.item, place))
        if place.search:
            slots.append(_slot(await self._found(place.search, user), None, place))
        below = [await self._standing(card, place) for card in on_page if card.subject != about or card.kind is not CardKind.ALERT]
        return _in_place_of(about, on_page, slots, below)

    async def _standing(self, card: StaffCard, place: Place) -> Slot:
        item = ItemId(card.subject) if card.kind is CardKind.ALERT else None
        try:
            return _slot(await draw(card, self.work, self.policies, self.now), item, place)
        except Refused as trouble:
            return _slot(refused(str(trouble)), item, place)

    async def _found(self, search: str, by: User) -> Card:
        return await answer_to(parse(search), self.work, self.policies, self.now, by)

    async def _panel(self, chosen: ItemId | None, book: Book, place: Place) -> Panel:
        if chosen is None:
            return book_panel(book, await self.work.aging(book.id, book.place.day(self.now)))
        seen = await see_item(chosen, self.work, self.policies, self.now)
        return customer_panel(seen, chosen, place, {user.id: user.name for user in await self.work.users()})


async def only_item(search: str, work: UnitOfWork) -> ItemId | None:
    """The invoice that is meant, when it is one."""
    asked = await meant(parse(search), work)
    found = await work.find_items(asked.number) if isinstance(asked, AskInvoice) else ()
    return found[0].item.id if len(found) == 1 else None


def _first_item(cards: Sequence[StaffCard]) -> ItemId | None:
    return next((ItemId(card.subject) for card in cards if card.kind is CardKind.ALERT), None)


def _links(views: Sequence[View], place: Place, counts: Mapping[View, int]) -> list[Link]:
    return [Link(view.label, counts[view], place.of_view(view), view is place.view and not place.search) for view in views]


def _slot(card: Card, item: ItemId | None, place: Place) -> Slot:
    html = Markup(render(card))  # ruff: ignore[unsafe-markup-use] - the renderer escapes
    chosen = item is not None and item == place.item
    return Slot(html, PRESS, item, chosen, place.of_item(item) if item else "", chosen and bool(place.answer))


def _form_slot(form: Form, answer: Answer, place: Place) -> Slot:
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


def _in_place_of(about: UUID | None, on_page: Sequence[StaffCard], slots: list[Slot], below: list[Slot]) -> list[Slot]:
    """A form stands where its item's card stood; without such a card it stands on top."""
    alerts = [card.subject if card.kind is CardKind.ALERT else None for card in on_page]
    if about is None or about not in alerts:
        return slots + below
    at = alerts.index(about)
    return slots[1:] + below[:at] + slots[:1] + below[at:]


def _range(first: int, count: int) -> str:
    return f"{first + 1:,} to {first + count:,}"
