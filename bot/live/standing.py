"""The card a press came from, as it is now: what a chat shows the person at once, before the message itself is updated."""

from __future__ import annotations

from datetime import datetime

from adapters.chat.protocol import CardRef
from bot.live.draw import draw
from bot.live.places import Place, places_of
from bot.live.threads import folded, lines_of
from cards.actions import Action, Name
from cards.elements import Card
from workflows.domain.ids import CardId, TaskId
from workflows.errors import NotKnown
from workflows.ports import Policies, UnitOfWork
from workflows.records import StaffCard


async def standing_card(
    ref: CardRef, action: Action, work: UnitOfWork, policies: Policies, now: datetime, *, threaded: bool
) -> Card | None:
    """Null for a card that is not kept up to date, such as an answer to a question. `threaded`: what happened stands below it."""
    pressed = await pressed_card(ref, action, work)
    if pressed is None:
        return None
    drawn = await draw(pressed, work, policies, now)
    return drawn if threaded else folded(drawn, await lines_of(pressed, work, policies, now), now)


async def pressed_card(ref: CardRef, action: Action, work: UnitOfWork) -> StaffCard | None:
    """The one of ours that stands in that message, live or frozen."""
    try:
        if action.name is Name.SEEN:
            about = [await work.card(CardId(action.id))]
        else:
            subject = (await work.task(TaskId(action.id)))[0].item if action.name is Name.COMPLETE_TASK else action.id
            about = [*await work.cards_about(subject)]
    except NotKnown:
        return None
    return next((card for card in about if any(_is(place, ref) for place in places_of(card))), None)


def _is(place: Place, ref: CardRef) -> bool:
    """The channel of a place may be written with its workspace."""
    return (place.platform, place.message) == (ref.platform, ref.message) and f"/{place.channel}".endswith(f"/{ref.channel}")
