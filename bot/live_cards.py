"""Cards on their way to a chat: drawn at the moment they leave, so a burst of changes ends on the newest state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from adapters.chat.protocol import CardRef, ChatRoom
from bot.draw import draw
from cards.elements import Card
from workflows.domain.ids import CardId
from workflows.errors import NeedsReconnect, NotFound, OutcomeUnknown, OutsideError, RateLimited
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.records import CardState, Effect, OutboxRow, OutboxState, StaffCard

LEASE = timedelta(minutes=2)
SOON = timedelta(seconds=10)
LONGEST_PAUSE = 900  # seconds
LOOK = "look"  # what a card keeps of its last drawing
BUSY = "busy_until"  # and while a worker is at it, up to when that counts


@dataclass(frozen=True, slots=True)
class Waiting:
    """A card that changed. `rows` are the outbox rows that say so, all settled by one drawing."""

    card: CardId
    rows: tuple[OutboxRow, ...]


@dataclass(frozen=True, slots=True)
class Showing:
    """A card to post, or to update where it stands (`ref`)."""

    card: StaffCard
    drawn: Card
    channel: str
    ref: CardRef | None

    @property
    def look(self) -> str:
        """Two drawings that look the same have the same."""
        return blake2b(repr(self.drawn).encode(), digest_size=12).hexdigest()


async def claim_cards(work: UnitOfWork, clock: Clock, limit: int) -> Sequence[Waiting]:
    """Several changes of one card are one drawing."""
    left = await work.abandoned(Effect.CARD, clock.now(), limit, LEASE)
    by_card: dict[CardId, list[OutboxRow]] = {}
    for row in [*left, *await work.claim(Effect.CARD, clock.now(), limit, LEASE)]:
        by_card.setdefault(CardId(UUID(str(row.payload["card"]))), []).append(row)
    return [Waiting(card, tuple(rows)) for card, rows in by_card.items()]


async def prepare(waiting: Waiting, work: UnitOfWork, policies: Policies, clock: Clock) -> Showing | None:
    """The card drawn as it is now, held for this worker: else two would post it twice, or the older drawing might land last.

    Let go are cards that froze before they were posted, those whose book has no chat, and those that look as they do already.
    """
    now, card = clock.now(), await work.card(waiting.card)
    book = next(book for book in await work.books() if book.id == card.book)
    channel = card.channel or book.chat_channel
    if channel is None or (card.state is CardState.FROZEN and card.message is None):
        await _let_go(waiting, work, clock)
        return None
    if BUSY in card.data and now < datetime.fromisoformat(card.data[BUSY]):
        await _again(waiting, SOON, "", work, clock)
        return None
    ref = CardRef(card.platform, channel, card.message) if card.platform and card.message else None
    showing = Showing(card, await draw(card, work, policies, now), channel, ref)
    if ref is not None and card.data.get(LOOK) == showing.look:
        await _let_go(waiting, work, clock)
        return None
    await work.set_card(replace(card, data={**card.data, BUSY: (now + LEASE).isoformat()}))
    return showing


async def _let_go(waiting: Waiting, work: UnitOfWork, clock: Clock) -> None:
    for row in waiting.rows:
        await work.settle(row.id, OutboxState.SUPPRESSED, clock.now())


async def _again(waiting: Waiting, pause: timedelta, why: str, work: UnitOfWork, clock: Clock) -> None:
    for row in waiting.rows:
        await work.settle(row.id, OutboxState.QUEUED, clock.now(), not_before=clock.now() + pause, error=why)


async def show(showing: Showing, room: ChatRoom) -> CardRef:
    """Posts or updates. A card whose message was deleted is posted anew. Raises the errors of `workflows.errors`."""
    if showing.ref is None:
        return await room.post(showing.channel, showing.drawn)
    try:
        await room.update(showing.ref, showing.drawn)
    except NotFound:
        return await room.post(showing.channel, showing.drawn)
    return showing.ref


async def note_shown(waiting: Waiting, showing: Showing, ref: CardRef, work: UnitOfWork, clock: Clock) -> None:
    card = _free(await work.card(waiting.card))
    data = {**card.data, LOOK: showing.look}
    await work.set_card(replace(card, platform=ref.platform, channel=ref.channel, message=ref.message, data=data))
    for row in waiting.rows:
        await work.settle(row.id, OutboxState.SENT, clock.now(), reference=ref.message)


async def note_not_shown(waiting: Waiting, error: Exception, work: UnitOfWork, clock: Clock) -> None:
    """Colleagues' cards are shown at least once: what may have arrived is shown again, and a chat that is down is waited for."""
    await work.set_card(_free(await work.card(waiting.card)))
    if may_pass(error):
        longest = min(5 * 2 ** min(row.attempts for row in waiting.rows), LONGEST_PAUSE)
        pause = max(error.retry_after, 1) if isinstance(error, RateLimited) else longest
        await _again(waiting, timedelta(seconds=pause), str(error), work, clock)
        return
    for row in waiting.rows:
        await work.settle(row.id, OutboxState.FAILED, clock.now(), error=str(error))


def may_pass(error: Exception) -> bool:
    """Whether showing it again may succeed: everything but a refusal of this very card, or a mistake of ours."""
    return isinstance(error, OutcomeUnknown | NeedsReconnect) or (isinstance(error, OutsideError) and error.retryable)


def _free(card: StaffCard) -> StaffCard:
    return replace(card, data={name: value for name, value in card.data.items() if name != BUSY})


def room_for(rooms: Mapping[str, ChatRoom]) -> ChatRoom | None:
    """The chat cards go to: the first that is connected."""
    return next(iter(rooms.values()), None)
