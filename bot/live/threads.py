"""What a card's thread is told: what happened since the last line, those of ten minutes in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

import structlog

from adapters.chat.protocol import CardRef, ChatRoom
from bot.desk.colleagues import names
from bot.live.places import Place, Thread
from cards.elements import Card
from cards.thread import Told, happened, thread_line, with_history
from workflows.answer_query import see_item
from workflows.domain.calendar import Place as Zone
from workflows.domain.ids import ItemId
from workflows.errors import NotFound, OutsideError
from workflows.ports import Policies, UnitOfWork
from workflows.records import CardKind, StaffCard

TOGETHER = timedelta(minutes=10)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lines:
    """Everything that happened to the item since the earliest moment any of the threads asks about."""

    told: tuple[Told, ...]
    zone: Zone


async def lines_for(card: StaffCard, places: Sequence[Place], work: UnitOfWork, policies: Policies, now: datetime) -> Lines | None:
    """Only an item's own card has a thread, and only where it stands already."""
    since = [place.told if place.thread is None else place.thread.since for place in places if place.told is not None]
    if card.kind is not CardKind.ALERT or not since:
        return None
    account = (await see_item(ItemId(card.subject), work, policies, now)).account
    return Lines(happened(account, ItemId(card.subject), min(since), await names(work)), account.book.place)


async def folded(card: StaffCard, drawn: Card, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """The card with what happened since it was made, for a place that has no threads."""
    if card.kind is not CardKind.ALERT:
        return drawn
    account = (await see_item(ItemId(card.subject), work, policies, now)).account
    return with_history(drawn, happened(account, ItemId(card.subject), card.at, await names(work)), account.book, now)


class Line(Enum):
    """What a card's thread gets next."""

    NEW = auto()
    LONGER = auto()


def next_line(place: Place, lines: Lines, now: datetime) -> Line | None:
    """Null: there is nothing it was not told."""
    if place.ref is None or place.told is None or not any(one.at > place.told for one in lines.told):
        return None
    return Line.LONGER if place.thread and now - place.thread.at < TOGETHER else Line.NEW


async def tell(place: Place, lines: Lines, room: ChatRoom, now: datetime) -> Place:
    """The thread's trouble never keeps the card back: what was not told is told with the next line."""
    line = next_line(place, lines, now)
    if line is None or place.ref is None or place.told is None:
        return place
    thread = place.thread if line is Line.LONGER else None
    since = thread.since if thread else place.told
    told = [one for one in lines.told if one.at > since]
    try:
        message = await _put(place.ref, thread, told, lines.zone, room)
    except OutsideError as error:
        log.warning("thread not told", channel=place.channel, why=str(error))
        return place
    return replace(place, told=told[-1].at, thread=Thread(message, since, thread.at if thread else now))


async def _put(card: CardRef, thread: Thread | None, told: Sequence[Told], zone: Zone, room: ChatRoom) -> str:
    line = thread_line(told, zone)
    if thread is not None:
        try:
            await room.update(CardRef(card.platform, card.channel, thread.message), line)
        except NotFound:
            return (await room.reply(card, line)).message
        return thread.message
    return (await room.reply(card, line)).message
