"""Where a card stands: one place per channel and chat, kept with the card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from adapters.chat.protocol import CardRef
from workflows.open_home import PLACES
from workflows.records import StaffCard


@dataclass(frozen=True, slots=True)
class Thread:
    """The line under a card that is still being added to: what the card heard of behind the first `since`, first told at `at`."""

    message: str
    since: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """`message` is empty until the card is posted there; `look` is how it was drawn last, at `at`; `heard` is how much of what the
    card heard of its thread was told, or needs not be; null: none was counted yet.

    `asked` is where it was to go, for a chat that calls it otherwise: a person, whose card stands in the conversation with them. `pictures`
    are those the chat holds, by what they are about.
    """

    platform: str
    channel: str
    message: str = ""
    look: str = ""
    at: datetime | None = None
    heard: int | None = None
    thread: Thread | None = None
    asked: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def ref(self) -> CardRef | None:
        return CardRef(self.platform, self.channel, self.message) if self.message else None

    @property
    def key(self) -> tuple[str, str]:
        return self.platform, self.asked or self.channel

    def shown(self, ref: CardRef, look: str, at: datetime) -> Place:
        """Posted or drawn anew; in a thread nothing before its posting is told."""
        kept = self if ref.message == self.message else replace(self, heard=None, thread=None)
        return replace(kept, channel=ref.channel, message=ref.message, look=look, at=at, asked=self.asked or self.channel)


def places_of(card: StaffCard) -> tuple[Place, ...]:
    """Those it was posted to, or is to be."""
    kept = tuple(_read(row) for row in card.data.get(PLACES, ()))
    if kept or not (card.platform and card.channel and card.message):
        return kept
    return (Place(card.platform, card.channel, card.message),)  # posted by the release before


def standing_in(card: StaffCard, places: Iterable[Place]) -> StaffCard:
    """The card with its places; the first posted one is the card's own."""
    rows = list(places)
    first = next((place for place in rows if place.message), None)
    card = replace(card, data={**card.data, PLACES: [written(place) for place in rows]})
    return card if first is None else replace(card, platform=first.platform, channel=first.channel, message=first.message)


def _read(row: Mapping[str, Any]) -> Place:
    line = row.get("line")  # `thread` and `told`, of the release before, counted moments
    thread = Thread(line["message"], line["since"], datetime.fromisoformat(line["at"])) if line else None
    at = datetime.fromisoformat(row["at"]) if row.get("at") else None
    return Place(
        row["platform"],
        row["channel"],
        row.get("message", ""),
        row.get("look", ""),
        at,
        row.get("heard"),
        thread,
        row.get("asked", ""),
        row.get("pictures", {}),
    )


def written(place: Place) -> dict[str, Any]:
    """As the card keeps it."""
    thread = place.thread
    return {
        "platform": place.platform,
        "channel": place.channel,
        "message": place.message,
        "look": place.look,
        "at": place.at.isoformat() if place.at else None,
        "heard": place.heard,
        "asked": place.asked,
        "pictures": dict(place.pictures),
        "line": {"message": thread.message, "since": thread.since, "at": thread.at.isoformat()} if thread else None,
    }
