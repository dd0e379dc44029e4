"""A colleague has seen what a card tells; it goes from what needs doing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflows.acting import record, require, show
from workflows.domain.access import Right, User
from workflows.domain.ids import CardId
from workflows.errors import AlreadyDone, Refused
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, CardState, StaffCard

ONLY_TELL = frozenset(  # what a card is about that nothing else ends
    {"stray_answer", "opted_out", "unread_letter", "delivery_failed", "put_aside", "channel_refused", "broken_rule"}
)
SEEN_BY = "seen_by"


@dataclass(frozen=True, slots=True)
class DismissCard:
    card: CardId
    by: User


async def dismiss_card(ask: DismissCard, work: UnitOfWork, clock: Clock) -> StaffCard:
    """Raises `AlreadyDone` naming who saw it before, and `Refused` for a card that is ended by what it is about."""
    require(ask.by, Right.CHASE)
    card = await work.card(ask.card)
    if card.kind is not CardKind.PROBLEM or card.data.get("what") not in ONLY_TELL:
        raise Refused("That card goes by itself when what it is about is done.")
    if card.state is CardState.FROZEN:
        raise AlreadyDone(f"{card.data.get(SEEN_BY, 'Somebody')} has seen it before.")
    seen = replace(card, state=CardState.FROZEN, data={**card.data, SEEN_BY: ask.by.name})
    await work.set_card(seen)
    book = next(book for book in await work.books() if book.id == card.book)
    show(work, book, seen, clock.now(), acted=True)
    await record(work, str(ask.by.id), clock.now(), "card.dismissed", {"card": str(card.id), "what": str(card.data["what"])})
    return seen
