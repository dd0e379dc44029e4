"""The card that was pressed, drawn anew whether it changed or not: the chat took its buttons away when one of them was pressed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from adapters.chat.protocol import CardRef
from bot.live.places import Place, places_of
from cards.actions import Action, Name
from workflows.acting import ACTED
from workflows.domain.ids import CardId, TaskId, new_id
from workflows.errors import NotKnown
from workflows.ports import UnitOfWork
from workflows.records import Effect, StaffCard

ANEW = "anew"  # in an outbox row: to be drawn also where nothing changed


async def draw_anew(ref: CardRef, action: Action, work: UnitOfWork, at: datetime) -> bool:
    """False for a message that is no standing card of ours."""
    pressed = next((card for card in await _about(action, work) if any(_is(place, ref) for place in places_of(card))), None)
    if pressed is None:
        return False
    return await work.enqueue(Effect.CARD, f"card:{pressed.id}:{new_id()}", {"card": str(pressed.id), ACTED: True, ANEW: True}, at)


async def _about(action: Action, work: UnitOfWork) -> Sequence[StaffCard]:
    """Cards that may carry a button with that action."""
    try:
        if action.name is Name.SEEN:
            return [await work.card(CardId(action.id))]
        subject = (await work.task(TaskId(action.id)))[0].item if action.name is Name.COMPLETE_TASK else action.id
    except NotKnown:
        return []
    return await work.live_cards(subject=subject)


def _is(place: Place, ref: CardRef) -> bool:
    """The channel of a place may be written with its workspace."""
    return (place.platform, place.message) == (ref.platform, ref.message) and f"/{place.channel}".endswith(f"/{ref.channel}")
