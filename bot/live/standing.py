"""The card a press came from, as it is now: what a chat shows the person at once, before the message itself is updated."""

from __future__ import annotations

from adapters.chat.protocol import Incoming
from bot.live.draw import draw
from bot.live.places import places_of
from cards.elements import Card
from workflows.ports import Clock, Policies, Store


async def standing_card(incoming: Incoming, store: Store, policies: Policies, clock: Clock) -> Card | None:
    """Null for a card that is not kept up to date, such as an answer to a question."""
    if incoming.card is None or incoming.action is None:
        return None
    async with store() as work:
        for card in await work.cards_about(incoming.action.id):
            if any(place.ref == incoming.card for place in places_of(card)):
                return await draw(card, work, policies, clock.now())
    return None
