"""What waits to be shown, given to the chats it goes to: a queue for each, so that one that hangs holds up no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from adapters.chat.protocol import ChatRoom
from adapters.core.cause import caused_by
from bot.live.live_cards import LEASE, LONGEST_PAUSE, card_of
from bot.live.routing import Routing, everywhere
from workflows.domain.ids import new_id
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.records import Effect, OutboxRow, OutboxState

log = structlog.get_logger(__name__)


async def sort_cards(
    work: UnitOfWork, seen: UnitOfWork, policies: Policies, clock: Clock, rooms: Mapping[str, ChatRoom], routing: Routing, limit: int
) -> Sequence[str]:
    """Each row is given to its card's first chat, and for each further one there is a new row. Returns those chats; empty for what goes to none.

    No chat is asked anything here. One that is not connected any more is waited for. `seen` only reads: where cards go hangs on accounts,
    in no order of theirs, and whoever changes one holds it and wants the card.
    """
    now, given = clock.now(), list[str]()
    left = await work.abandoned(Effect.CARD, now, limit, LEASE)  # by a process of the release before
    rows = [*left, *await work.reserve(Effect.CARD, "", now, limit, LEASE)]
    for row in sorted(rows, key=card_of):  # all lock the cards in one order
        try:
            card = await work.card(card_of(row))
            chats = {place.platform for place in await everywhere(card, rooms, routing, seen, policies, now)}
        except Exception as error:  # a mistake of ours about one card must not keep the others back
            log.exception("card not sorted", card=str(card_of(row)))
            await work.settle(row.id, OutboxState.FAILED, now, error=str(error))
            continue
        with caused_by(row.cause):
            given += await _give(row, sorted(chats & rooms.keys()), work, now)
            for _ in chats - rooms.keys():
                await _again(row, "", now + timedelta(seconds=LONGEST_PAUSE), work)
    return given


async def _give(row: OutboxRow, chats: Sequence[str], work: UnitOfWork, now: datetime) -> Sequence[str]:
    if not chats:
        await work.settle(row.id, OutboxState.SUPPRESSED, now)
        return ("",)
    if row.state is OutboxState.SENDING:
        await work.settle(row.id, OutboxState.QUEUED, now)
    await work.give(row.id, chats[0])
    for chat in chats[1:]:
        await _again(row, chat, now, work)
    return chats


async def _again(row: OutboxRow, chat: str, at: datetime, work: UnitOfWork) -> None:
    await work.enqueue(Effect.CARD, f"card:{card_of(row)}:{new_id()}", row.payload, at, chat)
