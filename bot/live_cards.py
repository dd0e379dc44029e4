"""Cards on their way to a chat: drawn at the moment they leave, so a burst of changes ends on the newest state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b
from uuid import UUID

from adapters.chat.protocol import CardRef, ChatRoom
from bot.draw import draw
from cards.elements import Card
from workflows.domain.account import Book
from workflows.domain.ids import CardId
from workflows.errors import NotFound, OutcomeUnknown, OutsideError, RateLimited
from workflows.ports import CardState, Clock, Effect, OutboxRow, OutboxState, Policies, StaffCard, UnitOfWork

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 12
LOOK = "look"  # what a card keeps of its last drawing


@dataclass(frozen=True, slots=True)
class Showing:
    """A card to post, or to update where it stands (`ref`). `rows` are the outbox rows it settles."""

    rows: tuple[OutboxRow, ...]
    card: StaffCard
    drawn: Card
    channel: str
    ref: CardRef | None

    @property
    def look(self) -> str:
        """Two drawings that look the same have the same."""
        return blake2b(repr(self.drawn).encode(), digest_size=12).hexdigest()


async def claim_cards(work: UnitOfWork, policies: Policies, clock: Clock, limit: int) -> Sequence[Showing]:
    """Several changes of one card are one drawing.

    Let go are cards that froze before they were posted, those whose book has no chat, and those that look as they do already.
    """
    while rows := await _claim(work, clock, limit):
        if showing := await _worth_showing(rows, work, policies, clock):
            return showing
    return ()


async def _claim(work: UnitOfWork, clock: Clock, limit: int) -> Sequence[OutboxRow]:
    left = await work.abandoned(Effect.CARD, clock.now(), limit, LEASE)
    return [*left, *await work.claim(Effect.CARD, clock.now(), limit, LEASE)]


async def _worth_showing(rows: Sequence[OutboxRow], work: UnitOfWork, policies: Policies, clock: Clock) -> Sequence[Showing]:
    by_card: dict[UUID, list[OutboxRow]] = {}
    for row in rows:
        by_card.setdefault(UUID(str(row.payload["card"])), []).append(row)
    books = {book.id: book for book in await work.books()}
    showing = []
    for card_id, mine in by_card.items():
        card = await work.card(CardId(card_id))
        found = await _showing(card, tuple(mine), books[card.book], work, policies, clock)
        if found is not None:
            showing.append(found)
    return showing


async def _showing(
    card: StaffCard, rows: tuple[OutboxRow, ...], book: Book, work: UnitOfWork, policies: Policies, clock: Clock
) -> Showing | None:
    channel = card.channel or book.chat_channel
    if channel is None or (card.state is CardState.FROZEN and card.message is None):
        await _let_go(rows, work, clock)
        return None
    ref = CardRef(card.platform, channel, card.message) if card.platform and card.message else None
    showing = Showing(rows, card, await draw(card, work, policies, clock.now()), channel, ref)
    if ref is not None and card.data.get(LOOK) == showing.look:
        await _let_go(rows, work, clock)
        return None
    return showing


async def _let_go(rows: tuple[OutboxRow, ...], work: UnitOfWork, clock: Clock) -> None:
    for row in rows:
        await work.settle(row.id, OutboxState.SUPPRESSED, clock.now())


async def show(showing: Showing, room: ChatRoom) -> CardRef:
    """Posts or updates. A card whose message was deleted is posted anew. Raises the errors of `workflows.errors`."""
    if showing.ref is None:
        return await room.post(showing.channel, showing.drawn)
    try:
        await room.update(showing.ref, showing.drawn)
    except NotFound:
        return await room.post(showing.channel, showing.drawn)
    return showing.ref


async def note_shown(showing: Showing, ref: CardRef, work: UnitOfWork, clock: Clock) -> None:
    current = await work.card(showing.card.id)
    data = {**current.data, LOOK: showing.look}
    await work.set_card(replace(current, platform=ref.platform, channel=ref.channel, message=ref.message, data=data))
    for row in showing.rows:
        await work.settle(row.id, OutboxState.SENT, clock.now(), reference=ref.message)


async def note_not_shown(showing: Showing, error: OutsideError, work: UnitOfWork, clock: Clock) -> None:
    """Colleagues' cards are shown at least once: what may or may not have arrived is shown again."""
    now = clock.now()
    for row in showing.rows:
        if row.attempts >= MOST_ATTEMPTS or not (error.retryable or isinstance(error, OutcomeUnknown)):
            await work.settle(row.id, OutboxState.FAILED, now, error=str(error))
        else:
            pause = (
                timedelta(seconds=error.retry_after) if isinstance(error, RateLimited) else timedelta(seconds=min(5 * 2**row.attempts, 900))
            )
            await work.settle(row.id, OutboxState.QUEUED, now, not_before=now + pause, error=str(error))


def room_for(rooms: Mapping[str, ChatRoom]) -> ChatRoom | None:
    """The chat cards go to: the first that is connected."""
    return next(iter(rooms.values()), None)
