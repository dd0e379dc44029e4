"""Files that belong to cards, made at the moment they leave or are opened: a summary's picture and spreadsheet, what proves a claim that was escalated."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from adapters.chat.protocol import File
from bot import report_files
from bot.evidence import Packing
from cards.aging import aging_bars
from cards.clean import bare
from cards.elements import FileKind, FileRef
from cards.format import locale_of
from cards.standing import escalation_of
from workflows.domain.account import Book
from workflows.domain.ids import BookId, ItemId
from workflows.domain.summary import Period, Summary
from workflows.errors import NotKnown
from workflows.ports import Policies, UnitOfWork
from workflows.summarise_book import summarise_book


@dataclass(frozen=True, slots=True)
class FileMaker:
    packing: Packing
    policies: Policies

    async def opened(self, file: FileRef) -> File:
        """By whoever has its link. Raises `NotKnown` for what is gone, and for the evidence of a claim that is no longer escalated."""
        if file.kind is FileKind.EVIDENCE:
            async with self.packing.store.reading() as work:
                account = await work.account_of(ItemId(file.of))
            if escalation_of(account, ItemId(file.of)) is None:
                raise NotKnown("That claim is no longer escalated.")
        return await self.make(file, by="link")

    async def make(self, file: FileRef, by: str) -> File:
        """`by` is who asked, as the audit trail names them."""
        match file.kind:
            case FileKind.EVIDENCE:
                return await self._evidence(ItemId(file.of), by)
            case FileKind.CHART:
                return await self._chart(file)
            case FileKind.SHEET:
                return await self._sheet(file)

    async def _chart(self, file: FileRef) -> File:
        """Of the currency that is named, else of all."""
        async with self.packing.store.reading() as work:
            told = await self._summary(file, work)
        shown = report_files.only(told, *file.about.split()[2:])
        alt = " ".join(aging_bars(one.aging, locale_of(told.book)).alt for one in shown.currencies) or "Nothing is open."
        picture = await asyncio.to_thread(report_files.summary_png, shown)  # the chart library is slow to load
        named = " ".join([_name(told), *file.about.split()[2:]])
        return File(f"{named}.png", picture, bare(alt))

    async def _sheet(self, file: FileRef) -> File:
        async with self.packing.store.reading() as work:
            told = await self._summary(file, work)
            return File(f"{_name(told)}.xlsx", await report_files.summary_xlsx(told, work))

    async def _summary(self, file: FileRef, work: UnitOfWork) -> Summary:
        period, last = file.about.split()[:2]
        book = await _book(BookId(file.of), work)
        return await summarise_book(book, Period(period), date.fromisoformat(last), work, self.policies, self.packing.clock.now())

    async def _evidence(self, item: ItemId, by: str) -> File:
        async with self.packing.store.reading() as work:
            account = await work.account_of(item)
        zipped = await self.packing.pack(account.customer.id, item, by)
        number = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in bare(account.item(item).number))[:60]
        return File(f"evidence-{number}.zip", zipped)


async def _book(book: UUID, work: UnitOfWork) -> Book:
    found = next((one for one in await work.books() if one.id == book), None)
    if found is None:
        raise NotKnown("There is no such book.")
    return found


def _name(told: Summary) -> str:
    return f"{told.book.slug} {told.period.value} {told.last.isoformat()}"
