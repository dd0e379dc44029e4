"""Files under their card, in rooms that hold files themselves; made at the moment they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from adapters.chat.protocol import ChatRoom, File, TakesFiles
from adapters.core.cause import caused_by
from bot.file_making import FileMaker
from bot.live.places import Place, places_of
from cards.elements import FileKind, FileRef
from workflows.domain.ids import CardId
from workflows.domain.summary import Period
from workflows.errors import NotKnown, OutsideError
from workflows.ports import UnitOfWork
from workflows.records import CardKind, Effect, OutboxRow, OutboxState, StaffCard

LEASE = timedelta(minutes=5)
AT_ONCE = 8
MOST_ATTEMPTS = 60  # a minute apart: a card waits for the end of quiet hours, or for its chat, at most so long
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Files:
    """Cards elsewhere have links to the same files (`bot.file_links`)."""

    maker: FileMaker
    rooms: Mapping[str, ChatRoom]

    async def attach(self) -> int:
        """How many cards got theirs."""
        now = self.maker.packing.clock.now()
        async with self.maker.packing.store() as work:
            rows = [*await work.abandoned(Effect.FILE, now, AT_ONCE, LEASE), *await work.claim(Effect.FILE, now, AT_ONCE, LEASE)]
        done = 0
        for row in rows:
            with caused_by(row.cause):
                done += await self._under_its_card(row)
        return done

    async def _under_its_card(self, row: OutboxRow) -> bool:
        """One that is not posted yet is waited for; what was shared and not noted is shared again."""
        async with self.maker.packing.store() as work:
            card = await _card(row, work)
        standing = [place for place in places_of(card) if place.message] if card else []
        taking = [place for place in standing if isinstance(self.rooms.get(place.platform), TakesFiles)]
        if card is None or not taking:
            await self._settle(row, OutboxState.SUPPRESSED if card is None or standing else OutboxState.QUEUED)
            return False
        try:
            files = await self._made(row, card)
            for place in taking:
                await self._put(place, files)
        except OutsideError as error:
            log.warning("files not attached", card=str(card.id), why=str(error))
            await self._settle(row, OutboxState.QUEUED if error.retryable else OutboxState.FAILED, str(error))
            return False
        await self._settle(row, OutboxState.SENT)
        return True

    async def _put(self, place: Place, files: Sequence[File]) -> None:
        room = self.rooms[place.platform]
        if isinstance(room, TakesFiles) and place.ref is not None:
            await room.attach(place.ref, files)

    async def _settle(self, row: OutboxRow, state: OutboxState, error: str = "") -> None:
        now = self.maker.packing.clock.now()
        if state is OutboxState.QUEUED and row.attempts >= MOST_ATTEMPTS:
            state = OutboxState.FAILED
        again = now + timedelta(minutes=1) if state is OutboxState.QUEUED else None
        async with self.maker.packing.store() as work:
            await work.settle(row.id, state, now, not_before=again, error=error)

    async def _made(self, row: OutboxRow, card: StaffCard) -> tuple[File, ...]:
        now = self.maker.packing.clock.now()
        if card.kind is not CardKind.SUMMARY:
            pack = FileRef(FileKind.EVIDENCE, UUID(str(row.payload["item"])), now.date())
            return (await self.maker.make(pack, by=str(row.payload["by"])),)
        period = Period(card.data["period"])
        about = f"{period} {period.last_day(card.day)}"
        kinds = (FileKind.CHART, FileKind.SHEET)
        return tuple([await self.maker.make(FileRef(kind, card.book, now.date(), about), by="") for kind in kinds])


async def _card(row: OutboxRow, work: UnitOfWork) -> StaffCard | None:
    """The summary's own, or the item's; null when it is gone."""
    try:
        if "card" in row.payload:
            return await work.card(CardId(UUID(str(row.payload["card"]))))
        about = await work.live_cards(subject=UUID(str(row.payload["item"])), kind=CardKind.ALERT)
        return about[0] if about else None
    except NotKnown:
        return None
