"""Jobs that keep the books honest and forget what is to be forgotten: each does its work once a day, whenever it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from adapters.keep.head_file import HeadFile
from adapters.store.unit_of_work import SqlStore
from bot.config import Settings
from workflows.audit_invariants import audit_invariants
from workflows.domain.account import Book
from workflows.domain.ids import CustomerId
from workflows.erase_person import forget_expired, forget_outdated
from workflows.ports import Clock, Policies
from workflows.publish_head import HeadPlaces, publish_head

AT_ONCE = 20  # persons in one unit


@dataclass(slots=True)
class Keeping:
    """The days are remembered in this process only: what is repeated after a restart changes nothing."""

    store: SqlStore
    policies: Policies
    clock: Clock
    places: HeadPlaces
    audited_on: date | None = None
    forgot_on: date | None = None

    async def publish(self) -> bool:
        return await publish_head(self.store.audit, self.places, self.store, self.clock)

    async def audit(self) -> int:
        """How many places were found where a rule does not hold."""
        today = self.clock.now().date()
        if self.audited_on == today:
            return 0
        found = await audit_invariants(self.store, self.policies, self.clock)
        self.audited_on = today
        return len(found)

    async def forget(self) -> int:
        """Of how many persons the time of keeping is over: what was kept of those erased, and all of those whom nothing keeps any more."""
        today = self.clock.now().date()
        if self.forgot_on == today:
            return 0
        async with self.store() as work:
            forgotten = await forget_expired(work, self.clock)
            books = await work.books()
        for book in books:
            forgotten += await self._forget_outdated(book)
        self.forgot_on = today
        return forgotten

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
