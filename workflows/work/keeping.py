"""What auditing, forgetting and handing out need from the store, beside what every use case does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from workflows.domain.ids import BookId, CustomerId, ItemId, NoticeId, UserId
from workflows.domain.messages import Message
from workflows.ports import UnitOfWork
from workflows.records import Effect, Look, OutboxRow


class KeepingWork(UnitOfWork, Protocol):
    async def customers_after(self, last: CustomerId | None, limit: int) -> Sequence[Look]:
        """In the order of their ids, as was noted when each was last looked at; their rows are locked as by `account`."""
        ...

    async def due_after(self, last: CustomerId | None, now: datetime, limit: int) -> Sequence[CustomerId]:
        """Accounts whose `next_look_at` has come, in the order of their ids; nothing is locked."""
        ...

    async def waiting_messages(self, until: datetime, last: UUID | None, limit: int) -> Sequence[OutboxRow]:
        """Messages to customers that were to leave by then, queued or in somebody's hands, in the order of their ids."""
        ...

    async def booked(self, book: BookId, day: date) -> Mapping[str, int]:
        """The ledger's balance in minor units by currency: all invoiced and charged, less money and credits, as dated up to that day."""
        ...

    async def stuck(self, before: datetime) -> Mapping[Effect, int]:
        """Effects that should have left before that instant and wait, or are in the hands of a worker that is gone."""
        ...

    async def body(self, notice: NoticeId) -> Message | None:
        """The message as it was written; null when none was kept, or erasure emptied it."""
        ...

    async def keep_snapshots(self, customer: CustomerId, copies: Sequence[tuple[ItemId, date, str]]) -> None:
        """Copies of invoices in words, each up to its day, encrypted; one per invoice."""
        ...

    async def snapshots_of(self, customer: CustomerId) -> Sequence[tuple[date, str]]: ...
    async def anonymise(self, customer: CustomerId, alias: str, at: datetime, by: UserId | None, contact_until: date | None) -> bool:
        """Name and addresses go; false when that was done before. `contact_until` is when `expired` speaks of the rest."""
        ...

    async def forget_words(self, customer: CustomerId) -> int:
        """What colleagues wrote about them is emptied; returns how many notes that were."""
        ...

    async def forget_contact(self, customer: CustomerId, alias: str, address: str | None = None) -> tuple[int, int]:
        """Messages and answers are emptied, of one address or all; returns how many of each."""
        ...

    async def outdated(self, book: BookId, kept_from: date, after: CustomerId | None, limit: int) -> Sequence[CustomerId]:
        """Customers who were not erased and have invoices, none of them issued or first seen from that day on; in the order of their ids."""
        ...

    async def expired(self, day: date) -> Sequence[tuple[CustomerId, str]]:
        """Erased persons whose messages need not be kept from that day on, each said once; kept copies past their time are gone then."""
        ...


class KeepingStore(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[KeepingWork]:
        """Commits when the block ends, rolls back when it raises."""
        ...
