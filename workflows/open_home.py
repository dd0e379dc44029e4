"""Somebody looks at their home: from then on it is kept as fresh as any card that stands in a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from workflows.domain.access import User
from workflows.domain.ids import CardId, new_id
from workflows.errors import NotKnown
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, StaffCard

PLACES = "places"


async def open_home(user: User, place: Mapping[str, object], work: UnitOfWork, clock: Clock) -> StaffCard:
    """`place` is where it stands, as `bot.live.places` writes it; one per chat, the newest counts."""
    now = clock.now()
    card = await work.home_of(user.id)
    if card is None:
        books = await work.books()
        if not books:
            raise NotKnown("There is no book yet.")
        card = StaffCard(CardId(new_id()), CardKind.HOME, books[0].id, user.id, books[0].place.day(now), now)
        await work.add_card(card)
    else:
        card = await work.card(card.id)
    others = [one for one in card.data.get(PLACES, ()) if one["platform"] != place["platform"]]
    card = replace(card, at=now, data={**card.data, PLACES: [*others, dict(place)]})
    await work.set_card(card)
    return card


async def redraw_home(user: User, work: UnitOfWork, at: datetime) -> None:
    """At once: they did something and look at it."""
    card = await work.home_of(user.id)
    if card is not None:
        work.redraw(card.id, at, acted=True)
