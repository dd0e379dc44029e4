"""Files under their card, in rooms that hold files themselves; made at the moment they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from adapters.chat.protocol import ChatRoom, File, TakesFiles
from adapters.core.cause import caused_by
from bot.file_making import FileMaker
from bot.live.draw import draw
from bot.live.live_cards import pause_after
from bot.live.places import Place, places_of, standing_in
from cards.elements import FileKind, FileRef, files_of
from workflows.domain.ids import CardId
from workflows.errors import NotKnown, OutsideError
from workflows.ports import UnitOfWork
from workflows.records import CardKind, Effect, OutboxRow, OutboxState, StaffCard

LEASE = timedelta(minutes=5)
TAKEN_IN = timedelta(minutes=1)  # Slack shares what it was given a moment later, and shows no picture before
AT_ONCE = 8
MOST_ATTEMPTS = 100  # up to a quarter of an hour apart: most of a day
AGAIN = timedelta(minutes=1)
PATIENCE = timedelta(days=7)  # with a card that waits for the end of quiet hours, for its chat, or for an administrator's approval
STANDS_WITHIN = timedelta(hours=1)  # what a policy escalates has a card after the tick, or only a line of the digest
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Files:
    """Cards elsewhere have links to the same files (`bot.file_links`)."""

    maker: FileMaker
    rooms: Mapping[str, ChatRoom]

    async def attach(self) -> int:
        """How many cards got theirs. However many wait for theirs, they keep the others back no longer than it takes to look."""
        now, done = self.maker.packing.clock.now(), 0
        while rows := await self._claim(now):
            for row in rows:
                with caused_by(row.cause):
                    done += await self._under_its_card(row)
        return done

    async def _claim(self, now: datetime) -> Sequence[OutboxRow]:
        async with self.maker.packing.store() as work:
            return [*await work.abandoned(Effect.FILE, now, AT_ONCE, LEASE), *await work.claim(Effect.FILE, now, AT_ONCE, LEASE)]

    async def _under_its_card(self, row: OutboxRow) -> bool:
        """One that is not posted yet is waited for; what was shared and not noted is shared again."""
        async with self.maker.packing.store() as work:
            card = await _card(row, work)
        places = places_of(card) if card else ()
        able = [place for place in places if isinstance(self.rooms.get(place.platform), TakesFiles)]
        taking = [place for place in able if place.message]
        if card is None or not taking:
            await (
                self._settle(row, OutboxState.SUPPRESSED) if places and not able else self._wait(row, PATIENCE if card else STANDS_WITHIN)
            )
            return False
        try:
            files = await self._made(row, card)
            for place in taking:
                await self._put(card, place, files)
        except OutsideError as error:
            log.warning("files not attached", card=str(card.id), why=str(error))
            await self._failed(row, error)
            return False
        except Exception as error:  # a mistake of ours about one must not keep the others back
            log.exception("files not made", card=str(card.id))
            await self._settle(row, OutboxState.FAILED, f"an error of Duebot itself ({type(error).__name__})")
            return False
        await self._settle(row, OutboxState.SENT)
        return True

    async def _put(self, card: StaffCard, place: Place, files: Mapping[FileRef, File]) -> None:
        """What is a picture is shown on the card too, once the chat has had time to take it in."""
        room = self.rooms[place.platform]
        if not isinstance(room, TakesFiles) or place.ref is None:
            return
        called = dict(zip(files, await room.attach(place.ref, list(files.values())), strict=False))
        pictures = {file.about: name for file, name in called.items() if file.kind is FileKind.CHART}
        if not pictures:
            return
        now = self.maker.packing.clock.now()
        async with self.maker.packing.store() as work:
            card = await work.card(card.id)
            held = [replace(one, pictures=pictures) if one.key == place.key else one for one in places_of(card)]
            await work.set_card(standing_in(card, held))
            work.redraw(card.id, now + TAKEN_IN)

    async def _wait(self, row: OutboxRow, patience: timedelta) -> None:
        """For the card to be posted: nothing has been tried."""
        now, asked_at = self.maker.packing.clock.now(), row.payload.get("asked_at")
        if asked_at is None or now >= datetime.fromisoformat(asked_at) + patience:
            await self._settle(row, OutboxState.SUPPRESSED, "Its card was not posted.")
            return
        async with self.maker.packing.store() as work:
            await work.hand_back([row])
            await work.settle(row.id, OutboxState.QUEUED, now, not_before=now + AGAIN)

    async def _failed(self, row: OutboxRow, error: OutsideError) -> None:
        if not error.retryable or row.attempts >= MOST_ATTEMPTS:
            await self._settle(row, OutboxState.FAILED, str(error))
            return
        now = self.maker.packing.clock.now()
        async with self.maker.packing.store() as work:
            again = now + pause_after(row.attempts, [error])
            await work.settle(row.id, OutboxState.QUEUED, now, not_before=again, error=str(error))

    async def _settle(self, row: OutboxRow, state: OutboxState, error: str = "") -> None:
        async with self.maker.packing.store() as work:
            await work.settle(row.id, state, self.maker.packing.clock.now(), error=error)

    async def _made(self, row: OutboxRow, card: StaffCard) -> Mapping[FileRef, File]:
        """Of a summary those it shows and links to, of an item what proves its claim."""
        now = self.maker.packing.clock.now()
        if card.kind is not CardKind.SUMMARY:
            pack = FileRef(FileKind.EVIDENCE, UUID(str(row.payload["item"])), now.date())
            return {pack: await self.maker.make(pack, by=str(row.payload["by"]))}
        async with self.maker.packing.store() as work:
            drawn = await draw(card, work, self.maker.policies, now)
        return {file: await self.maker.make(file, by="") for file in files_of(drawn)}


async def _card(row: OutboxRow, work: UnitOfWork) -> StaffCard | None:
    """The summary's own, or the item's; null when it is gone, or does not stand yet."""
    try:
        if "card" in row.payload:
            return await work.card(CardId(UUID(str(row.payload["card"]))))
        about = await work.live_cards(subject=UUID(str(row.payload["item"])), kind=CardKind.ALERT)
        return about[0] if about else None
    except NotKnown:
        return None
