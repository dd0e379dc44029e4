"""The audit trail's length and last hash, told once a day to places outside the database: without that a cut-off end is invisible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.acting import show
from workflows.domain.ids import CardId, new_id
from workflows.ports import Clock, Store
from workflows.records import CardKind, StaffCard


@dataclass(frozen=True, slots=True)
class Head:
    """What the trail was at an instant: how many entries, and the hash of the last one."""

    at: datetime
    entries: int
    hash: str


class SealedTrail(Protocol):
    async def head(self) -> tuple[int, str]:
        """Seals first: the number and the hash of the last entry there is."""
        ...


class HeadLog(Protocol):
    """A place outside the database that only grows. Raises the errors of `workflows.errors`."""

    async def last(self) -> Head | None: ...
    async def add(self, head: Head) -> None: ...


@dataclass(frozen=True, slots=True)
class HeadPlaces:
    """A file, and a chat channel by its id; either may be missing."""

    log: HeadLog | None = None
    channel: str | None = None


async def publish_head(trail: SealedTrail, places: HeadPlaces, store: Store, clock: Clock) -> bool:
    """Once per day of UTC and place, however often it is asked; true when something was told."""
    told = False
    now = clock.now()
    if places.log is not None:
        last = await places.log.last()
        if last is None or last.at.date() < now.date():
            await places.log.add(Head(now, *await trail.head()))
            told = True
    if places.channel is not None:
        told = await _tell_channel(places.channel, trail, store, now) or told
    return told


async def _tell_channel(channel: str, trail: SealedTrail, store: Store, now: datetime) -> bool:
    async with store() as work:
        book = (await work.books())[0]
        if any(_is_todays(card, now) for card in await work.live_cards(book.id, book.id)):
            return False
    entries, last = await trail.head()
    data = {"entries": entries, "hash": last, "at": now.isoformat()}
    card = StaffCard(CardId(new_id()), CardKind.AUDIT_HEAD, book.id, book.id, now.date(), now, data=data, channel=channel)
    async with store() as work:
        if not await work.add_card(card):
            return False
        show(work, book, card, now)
    return True


def _is_todays(card: StaffCard, now: datetime) -> bool:
    return card.kind is CardKind.AUDIT_HEAD and card.day == now.date()


def missing_from(published: Sequence[Head], hashes: dict[int, str], entries: int) -> int | None:
    """The first entry that a published head says was there and that is gone or another now; null: none.

    `hashes` of the entries the heads name, `entries` how many there are.
    """
    bad = [entries + 1 if head.entries > entries else head.entries for head in published if hashes.get(head.entries) != head.hash]
    return min(bad, default=None)
