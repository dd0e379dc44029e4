"""What a card's thread is told: what the card heard of since the last line, those of ten minutes in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

import structlog

from adapters.chat.protocol import CardRef, ChatRoom
from bot.desk.colleagues import names
from bot.live.places import Place, Thread
from cards.elements import Card
from cards.history import Event, happenings
from cards.thread import quoting, thread_line, with_history
from workflows.answer_query import see_item
from workflows.domain.account import Book
from workflows.domain.ids import ItemId
from workflows.errors import NotFound, OutsideError
from workflows.ports import Policies, UnitOfWork
from workflows.records import CardKind, StaffCard

TOGETHER = timedelta(minutes=10)
HEARD = "heard"  # of an item's card: what it heard of, in that order, each with when; null: it was there before the card stood
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lines:
    """What happened to an item, in the order in which its card heard of it: a payment is often dated before the last line, and news all the same.

    Of what is no longer the item's the place in that order stays.
    """

    heard: tuple[tuple[str, datetime | None], ...]
    events: Mapping[str, Event]
    book: Book

    def after(self, count: int) -> list[Event]:
        """All but so many, oldest first; when it was heard of stands for a moment that nobody kept."""
        found = [(self.events[key], at) for key, at in self.heard[count:] if key in self.events]
        return sorted((event if event.timed or at is None else replace(event, at=at) for event, at in found), key=lambda event: event.at)

    def kept_on(self, card: StaffCard) -> StaffCard:
        return replace(card, data={**card.data, HEARD: [[key, at and at.isoformat()] for key, at in self.heard]})


async def lines_of(card: StaffCard, work: UnitOfWork, policies: Policies, now: datetime) -> Lines | None:
    """Only an item's own card has a history."""
    if card.kind is not CardKind.ALERT:
        return None
    account = (await see_item(ItemId(card.subject), work, policies, now)).account
    events = {event.key: event for event in happenings(account, ItemId(card.subject), now, await names(work)) if event.words}
    heard = _heard(card, events, now)
    said = {events[key].message: key for key, at in heard if at is not None and key in events}
    answers = [reply.id for reply in account.replies if reply.id in said]
    if answers and await work.erasure(account.customer.id) is None:  # what the law has us keep of the erased is not for a chat
        for reply in answers:
            _, _, words = await work.reply(reply)
            events[said[reply]] = quoting(events[said[reply]], words)
    return Lines(heard, events, account.book)


def _heard(card: StaffCard, events: Mapping[str, Event], now: datetime) -> tuple[tuple[str, datetime | None], ...]:
    """What the card knows, and what is new to it: at first only what came to pass since it stands."""
    kept = {key: at and datetime.fromisoformat(at) for key, at in card.data.get(HEARD, ())}
    new = {key: now if HEARD in card.data or event.at > card.at else None for key, event in events.items() if key not in kept}
    return (*kept.items(), *new.items())


def folded(drawn: Card, lines: Lines | None, now: datetime) -> Card:
    """The card with what happened since it was made, for a place that has no threads."""
    if lines is None:
        return drawn
    before = sum(at is None for _, at in lines.heard)
    return with_history(drawn, lines.after(before), lines.book, now)


class Line(Enum):
    """What a card's thread gets next."""

    NEW = auto()
    LONGER = auto()


def next_line(place: Place, lines: Lines, now: datetime) -> Line | None:
    """Null: there is nothing it was not told."""
    if place.ref is None or place.heard is None or not lines.after(place.heard):
        return None
    return Line.LONGER if place.thread and now - place.thread.at < TOGETHER else Line.NEW


async def tell(place: Place, lines: Lines, room: ChatRoom, now: datetime) -> Place:
    """The thread's trouble never keeps the card back: what was not told is told with the next line. Of a card just posted nothing is news."""
    if place.heard is None:
        return replace(place, heard=len(lines.heard))
    line = next_line(place, lines, now)
    if line is None or place.ref is None:
        return place
    thread = place.thread if line is Line.LONGER else None
    since = thread.since if thread else place.heard
    try:
        message = await _put(place.ref, thread, thread_line(lines.after(since), lines.book.place), room)
    except OutsideError as error:
        log.warning("thread not told", channel=place.channel, why=str(error))
        return place
    return replace(place, heard=len(lines.heard), thread=Thread(message, since, thread.at if thread else now))


async def _put(card: CardRef, thread: Thread | None, line: Card, room: ChatRoom) -> str:
    if thread is not None:
        try:
            await room.update(CardRef(card.platform, card.channel, thread.message), line)
        except NotFound:
            return (await room.reply(card, line)).message
        return thread.message
    return (await room.reply(card, line)).message
