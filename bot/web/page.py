"""One page of the inbox, read from the store and ready for its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from bot.commands import AskInvoice, parse
from bot.desk.answers import answer as answer_to
from bot.desk.answers import meant
from bot.live.draw import draw, item_card
from bot.web.backstage import Behind
from bot.web.counts import Counts
from bot.web.customer import CustomerPage, customer_page
from bot.web.filters import STATES
from bot.web.listings import KINDS, PAGE, Listing, listing, standing
from bot.web.panel import Panel, book_panel, customer_panel
from bot.web.place import Place, View
from bot.web.presses import Answer
from bot.web.screens import SCREENS, WIDE, Screen, screen
from bot.web.slots import Slot, form_slot, in_place_of, slot
from cards.elements import Card
from cards.format import clock, day, locale_of, name
from cards.html.render import render
from cards.problems import refused
from workflows.answer_query import see, see_item
from workflows.domain.access import Role, User
from workflows.domain.account import Book
from workflows.domain.ids import ItemId, UserId
from workflows.errors import Refused
from workflows.ports import Policies, UnitOfWork
from workflows.records import CardKind, StaffCard
from workflows.stops import Stop, StopKind

TODAYS = (View.NEEDS_ME, View.APPROVALS, View.ANSWERS, View.TASKS, View.FIRST_CONTACT, View.PROBLEMS, View.TODAY)
OPEN_ITEMS = (
    *(View.OVERDUE, View.PROMISED, View.ON_PLAN, View.DISPUTED, View.SNOOZED, View.HELD),
    *(View.ESCALATED, View.FLAGGED),
)
SEE = (View.REPORTS, View.POLICIES, View.ENTER, View.SETTINGS)


@dataclass(frozen=True, slots=True)
class Link:
    """`count` is null for what is not counted."""

    label: str
    count: int | None
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What the worklist can be narrowed by: ids and names of colleagues, states and their words."""

    owners: Sequence[tuple[str, str]]
    states: Sequence[tuple[str, str]]
    wrong: str


@dataclass(frozen=True, slots=True)
class Page:
    """`notice` is the answer to the press just made. `back` and `onward` are addresses of neighbouring pages. `today` is the book's day.

    `banner` says why nothing leaves at the moment.
    """

    place: Place
    user: User
    book: Book
    books: Sequence[tuple[str, str]]
    today: date
    day: str
    at: str
    title: str
    todays: Sequence[Link]
    open_items: Sequence[Link]
    see: Sequence[Link]
    slots: Sequence[Slot]
    panel: Panel | None
    notice: Markup | None = None
    listing: Listing | None = None
    customer: CustomerPage | None = None
    screen: Screen | None = None
    choices: Choices | None = None
    back: str = ""
    onward: str = ""
    range: str = ""
    banner: str = ""


@dataclass(frozen=True, slots=True)
class Middle:
    """What stands between the lists and the panel; `more` says that another page of it follows, `count` how many things stand on this one."""

    on_page: Sequence[StaffCard] = ()
    listing: Listing | None = None
    screen: Screen | None = None
    customer: CustomerPage | None = None
    count: int = 0
    more: bool = False


def _said(stop: Stop) -> str:
    if stop.kind is StopKind.MAINTENANCE:
        return "Duebot is being maintained: for some minutes nothing is sent, and what is pressed is not taken."
    copied = datetime.fromisoformat(stop.data["copied_at"])
    return f"This is a restored copy of {copied:%Y-%m-%d %H:%M} UTC. Nothing is sent before an administrator releases it: duebot release --restored"


@dataclass(frozen=True, slots=True)
class Reading:
    """What every part of a page is read with."""

    work: UnitOfWork
    policies: Policies
    counts: Counts
    behind: Behind
    now: datetime

    async def page(self, place: Place, user: User, answer: Answer | None) -> Page:
        """Raises `NotKnown` for an item, a customer or a book that does not exist."""
        books = await self.work.books()
        book = await self._book(place, books)
        cards, people = await self.work.live_cards(book.id), {one.id: one.name for one in await self.work.users()}
        middle = await self._middle(place, book, user, cards, people)
        counts = await self.counts.of(book, cards, self.work, self.policies, self.now)
        first, today = place.page * PAGE, book.place.day(self.now)
        return Page(
            place=place,
            user=user,
            book=book,
            books=[(one.slug, name(one.name)) for one in books],
            today=today,
            day=day(today, today, locale_of(book)),
            at=clock(self.now, book.place),
            title=_title(place, middle),
            todays=_links(TODAYS, place, counts),
            open_items=_links(OPEN_ITEMS, place, counts),
            see=_links(SEE, place, {}),
            slots=await self._slots(place, middle, answer, user),
            panel=await self._panel(place, middle, book, people),
            notice=Markup(render(answer.reply.card)) if answer and answer.reply.card else None,  # ruff: ignore[unsafe-markup-use] - the renderer escapes
            listing=middle.listing,
            customer=middle.customer,
            screen=middle.screen,
            choices=await self._choices(place) if place.view is View.OVERDUE and middle.listing else None,
            back=place.url(page=place.page - 1, item=None, answer="") if place.page and not middle.customer else "",
            onward=place.url(page=place.page + 1, item=None, answer="") if middle.more else "",
            range=_range(first, middle.count) if (place.page and not middle.customer) or middle.more else "",
            banner=" ".join(_said(stop) for stop in await self.work.stops(self.now)),
        )

    async def _middle(self, place: Place, book: Book, user: User, cards: Sequence[StaffCard], people: Mapping[UserId, str]) -> Middle:
        if place.customer is not None:
            seen = await see(place.customer, self.work, self.policies, self.now)
            return Middle(customer=await customer_page(seen, place, people, self.work))
        if place.search:
            return Middle()
        if place.view in KINDS:
            shown, first = standing(cards, place.view), place.page * PAGE
            on_page = shown[first : first + PAGE]
            return Middle(on_page, count=len(on_page), more=len(shown) > first + PAGE)
        if place.view in SCREENS:
            made = await screen(place, book, user, self.work, self.policies, self.behind, self.now, PAGE)
            return Middle(screen=made, count=len(made.cards), more=made.more)
        lines = await listing(place, book, self.work, self.policies, self.now)
        return Middle(listing=lines, count=len(lines.lines), more=lines.more)

    async def _book(self, place: Place, books: Sequence[Book]) -> Book:
        if place.item is not None:
            return (await self.work.account_of(place.item)).book
        if place.customer is not None:
            return (await self.work.account(place.customer)).book
        if place.book is None and books:
            return books[0]
        return await self.work.book(place.book or "main")

    async def _choices(self, place: Place) -> Choices:
        owners = [(str(user.id), name(user.name)) for user in await self.work.users() if user.role >= Role.COLLECTOR]
        return Choices(owners, [(state.value, state.value.replace("_", " ").capitalize()) for state in STATES], place.only.wrong)

    async def _slots(self, place: Place, middle: Middle, answer: Answer | None, user: User) -> list[Slot]:
        form = answer.reply.form if answer else None
        about = form.submit.action.id if form else None
        slots = [] if form is None or answer is None else [form_slot(form, answer, place)]
        standing_items = {card.subject for card in middle.on_page if card.kind is CardKind.ALERT}
        if place.item is not None and place.item not in standing_items and place.item != about:
            slots.append(slot(await item_card(place.item, self.work, self.policies, self.now), place.item, place))
        if place.search and place.customer is None:
            slots.append(slot(await self._found(place.search, user), None, place))
        if middle.screen is not None:
            slots += [slot(card, None, place) for card in middle.screen.cards]
        below = [await self._standing(card, place) for card in middle.on_page if card.subject != about or card.kind is not CardKind.ALERT]
        return in_place_of(about, middle.on_page, slots, below)

    async def _standing(self, card: StaffCard, place: Place) -> Slot:
        item = ItemId(card.subject) if card.kind is CardKind.ALERT else None
        try:
            return slot(await draw(card, self.work, self.policies, self.now), item, place)
        except Refused as trouble:
            return slot(refused(str(trouble)), item, place)

    async def _found(self, search: str, by: User) -> Card:
        return await answer_to(parse(search), self.work, self.policies, self.now, by)

    async def _panel(self, place: Place, middle: Middle, book: Book, people: Mapping[UserId, str]) -> Panel | None:
        """Of a customer's own page only what the page does not say itself."""
        if place.customer is not None:
            return customer_panel(await see(place.customer, self.work, self.policies, self.now), None, place, people)
        chosen = place.item or _first_item(middle.on_page)
        if chosen is not None:
            return customer_panel(await see_item(chosen, self.work, self.policies, self.now), chosen, place, people)
        if place.view in WIDE and not place.search:
            return None
        return book_panel(book, await self.work.aging(book.id, book.place.day(self.now)))


async def only_item(search: str, work: UnitOfWork) -> ItemId | None:
    """The invoice that is meant, when it is one."""
    asked = await meant(parse(search), work)
    found = await work.find_items(asked.number) if isinstance(asked, AskInvoice) else ()
    return found[0].item.id if len(found) == 1 else None


def _title(place: Place, middle: Middle) -> str:
    if middle.customer:
        return middle.customer.name
    return f"Search: {place.search}" if place.search else place.view.label


def _first_item(cards: Sequence[StaffCard]) -> ItemId | None:
    return next((ItemId(card.subject) for card in cards if card.kind is CardKind.ALERT), None)


def _links(views: Sequence[View], place: Place, counts: Mapping[View, int]) -> list[Link]:
    here = not place.search and place.customer is None
    return [Link(view.label, counts.get(view), place.of_view(view), here and view is place.view) for view in views]


def _range(first: int, count: int) -> str:
    return f"{first + 1:,} to {first + count:,}"
