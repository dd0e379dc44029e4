"""Files under their card: a summary's picture and spreadsheet, what proves a claim that was escalated. Made at the moment they leave."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from adapters.chat.protocol import ChatRoom, File, TakesFiles
from bot import report_files
from bot.evidence import Packing
from bot.live.places import Place, places_of
from cards.aging import aging_bars
from cards.clean import bare
from cards.format import locale_of
from workflows.domain.ids import CardId, ItemId
from workflows.domain.summary import Period
from workflows.errors import NotKnown, OutsideError
from workflows.ports import Policies, UnitOfWork
from workflows.records import CardKind, Effect, OutboxRow, OutboxState, StaffCard
from workflows.summarise_book import summarise_book

LEASE = timedelta(minutes=5)
AT_ONCE = 8
MOST_ATTEMPTS = 60  # a minute apart: a card waits for the end of quiet hours, or for its chat, at most so long
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Files:
    """Only rooms that hold files get some; colleagues elsewhere have the command line and the inbox."""

    packing: Packing
    policies: Policies
    rooms: Mapping[str, ChatRoom]

    async def attach(self) -> int:
        """How many cards got theirs."""
        now = self.packing.clock.now()
        async with self.packing.store() as work:
            rows = [*await work.abandoned(Effect.FILE, now, AT_ONCE, LEASE), *await work.claim(Effect.FILE, now, AT_ONCE, LEASE)]
        return sum([await self._under_its_card(row) for row in rows])

    async def _under_its_card(self, row: OutboxRow) -> bool:
        """One that is not posted yet is waited for; what was shared and not noted is shared again."""
        async with self.packing.store() as work:
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
        now = self.packing.clock.now()
        if state is OutboxState.QUEUED and row.attempts >= MOST_ATTEMPTS:
            state = OutboxState.FAILED
        again = now + timedelta(minutes=1) if state is OutboxState.QUEUED else None
        async with self.packing.store() as work:
            await work.settle(row.id, state, now, not_before=again, error=error)

    async def _made(self, row: OutboxRow, card: StaffCard) -> tuple[File, ...]:
        return await self._summary(card) if card.kind is CardKind.SUMMARY else await self._evidence(row)

    async def _summary(self, card: StaffCard) -> tuple[File, ...]:
        now, period = self.packing.clock.now(), Period(card.data["period"])
        async with self.packing.store() as work:
            book = next(one for one in await work.books() if one.id == card.book)
            told = await summarise_book(book, period, period.last_day(card.day), work, self.policies, now)
            sheet = await report_files.summary_xlsx(told, work)
        alt = " ".join(aging_bars(one.aging, locale_of(book)).alt for one in told.currencies) or "Nothing is open."
        picture = await asyncio.to_thread(report_files.summary_png, told)  # the chart library is slow to load
        name = f"{book.slug} {period.value} {told.last.isoformat()}"
        return File(f"{name}.png", picture, bare(alt)), File(f"{name}.xlsx", sheet)

    async def _evidence(self, row: OutboxRow) -> tuple[File, ...]:
        item = ItemId(UUID(str(row.payload["item"])))
        async with self.packing.store() as work:
            account = await work.account_of(item)
        zipped = await self.packing.pack(account.customer.id, item, str(row.payload["by"]))
        number = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in bare(account.item(item).number))[:60]
        return (File(f"evidence-{number}.zip", zipped),)


async def _card(row: OutboxRow, work: UnitOfWork) -> StaffCard | None:
    """The summary's own, or the item's; null when it is gone."""
    try:
        if "card" in row.payload:
            return await work.card(CardId(UUID(str(row.payload["card"]))))
        about = await work.live_cards(subject=UUID(str(row.payload["item"])), kind=CardKind.ALERT)
        return about[0] if about else None
    except NotKnown:
        return None
