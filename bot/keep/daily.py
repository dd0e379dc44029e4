"""Jobs that keep the books honest and forget what is to be forgotten: each does its work once a day, whenever it is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.keep.head_file import HeadFile
from adapters.store.tables.work import DAILY
from adapters.store.unit_of_work import SqlStore
from bot.config import Settings
from workflows.audit_invariants import audit_invariants
from workflows.domain.account import Book
from workflows.domain.ids import CustomerId
from workflows.erase_person import forget_expired, forget_outdated
from workflows.ports import Clock, Policies
from workflows.publish_head import HeadPlaces, publish_head

AT_ONCE = 20  # persons in one unit


@dataclass(frozen=True, slots=True)
class Keeping:
    """The engine begins each every minute, in one process at a time; the first that gets through does it for all, for that day."""

    store: SqlStore
    policies: Policies
    clock: Clock
    places: HeadPlaces

    async def publish(self) -> bool:
        return await publish_head(self.store.audit, self.places, self.store, self.clock)

    async def audit(self) -> int:
        """How many places were found where a rule does not hold."""
        return await self._once_a_day("audit", self._audit)

    async def _audit(self) -> int:
        return len(await audit_invariants(self.store, self.policies, self.clock))

    async def forget(self) -> int:
        """Of how many persons the time of keeping is over: what was kept of those erased, and all of those whom nothing keeps any more."""
        return await self._once_a_day("forget", self._forget)

    async def _forget(self) -> int:
        async with self.store() as work:
            forgotten = await forget_expired(work, self.clock)
            books = await work.books()
        for book in books:
            forgotten += await self._forget_outdated(book)
        return forgotten

    async def _once_a_day(self, what: str, do: Callable[[], Awaitable[int]]) -> int:
        """What was broken off is done again; nothing, once it was done today."""
        now, source = self.clock.now(), f"{DAILY}{what}"
        async with self.store() as work:
            done = await work.read_mark(source)
        if done is not None and done[0] == now.date().isoformat():
            return 0
        found = await do()
        async with self.store() as work:
            await work.set_read_mark(source, now.date().isoformat(), now)
        return found

    async def _forget_outdated(self, book: Book) -> int:
        """A few persons in each unit."""
        forgotten, more = 0, True
        last: CustomerId | None = None
        while more:
            async with self.store() as work:
                found, last = await forget_outdated(book, last, work, self.clock, AT_ONCE)
            forgotten, more = forgotten + found, last is not None
        return forgotten


def head_places(settings: Settings) -> HeadPlaces:
    log = None if settings.audit_head_file is None else HeadFile(settings.audit_head_file)
    return HeadPlaces(log, settings.audit_head_channel)
