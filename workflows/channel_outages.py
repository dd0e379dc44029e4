"""A way to customers that does not work: one word to the administrators when it has lasted, and one when it is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import NAMESPACE_URL, UUID, uuid5

from workflows.acting import show
from workflows.domain.ids import CardId, new_id
from workflows.errors import NeedsReconnect, NotFound, OutsideError, Rejected
from workflows.ports import Clock, UnitOfWork
from workflows.records import TO_ADMINISTRATORS, CardKind, CardState, Outage, OutageKind, StaffCard

PATIENCE = timedelta(minutes=5)  # what passes sooner is nobody's business
OUTAGE = "outage"  # what a card is about, in its data


@dataclass(slots=True)
class Tried:
    """What came of one pass over a channel. A vendor that refuses a message answers all the same."""

    channel: str
    answers: bool = False
    trouble: OutsideError | None = None

    def met(self, error: OutsideError | None) -> None:
        """One call; null when it went well."""
        if error is None or isinstance(error, Rejected | NotFound):
            self.answers = True
        else:
            self.trouble = error


class Turn(Enum):
    """An outage is told of: it began, or it is over."""

    BEGAN = auto()
    OVER = auto()


async def note_outage(tried: Tried, work: UnitOfWork, clock: Clock) -> Turn | None:
    """One card, which stands until the channel works and then says so. Null when there is nothing to tell.

    It is told of after five minutes in which nothing went through, and at once where an administrator has to connect anew.
    """
    now = clock.now()
    if tried.answers:
        ended = await work.end_outage(_new(tried, now).key, lasting=True)
        return None if ended is None or ended.told_at is None else await _over(ended, work, now)
    if tried.trouble is None:
        return None
    begins = _new(tried, now)
    await work.note_outage(begins)
    outage = next((one for one in await work.outages() if one.key == begins.key), begins)
    lasts = outage.kind is OutageKind.RECONNECT or now - outage.since >= PATIENCE
    return await _begun(outage, work, now) if lasts and await work.told_outage(outage.key, now) else None


def _new(tried: Tried, now: datetime) -> Outage:
    kind = OutageKind.RECONNECT if isinstance(tried.trouble, NeedsReconnect) else OutageKind.DOWN
    return Outage(tried.channel, "", kind, str(tried.trouble), now)


async def _begun(outage: Outage, work: UnitOfWork, now: datetime) -> Turn:
    book = (await work.books())[0]
    data = {"what": OUTAGE, "channel": outage.platform, "because": outage.why, "since": outage.since.isoformat(), TO_ADMINISTRATORS: True}
    card = StaffCard(CardId(new_id()), CardKind.PROBLEM, book.id, _subject(outage), book.place.day(now), now, data=data)
    await work.add_card(card)
    for standing in await work.live_cards(book.id, card.subject):  # what was down and now wants to be connected anew has its card
        await work.set_card(replace(standing, data={**standing.data, "because": outage.why}))
        show(work, book, standing, now)
    return Turn.BEGAN


async def _over(outage: Outage, work: UnitOfWork, now: datetime) -> Turn:
    book = (await work.books())[0]
    for card in await work.live_cards(book.id, _subject(outage)):
        await work.set_card(replace(card, state=CardState.FROZEN, data={**card.data, "until": now.isoformat()}))
        show(work, book, card, now)
    return Turn.OVER


def _subject(outage: Outage) -> UUID:
    return uuid5(NAMESPACE_URL, f"outage:{outage.key}:{outage.since.isoformat()}")
