"""What is read for answers, screens and reports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from workflows.domain.account import Account, Customer
from workflows.domain.aging import AgingRow, Debtor
from workflows.domain.forecast import DueSum
from workflows.domain.ids import BookId, CustomerId, ItemId
from workflows.domain.money import Money
from workflows.domain.summary import Answered, Correspondence, Movement, Sent
from workflows.records import FoundItem, Mark


class ReportWork(Protocol):
    """Part of `workflows.ports.UnitOfWork`."""

    async def find_items(self, number: str, book: BookId | None = None) -> Sequence[FoundItem]: ...
    async def find_customers(self, words: str, limit: int = 10) -> Sequence[Customer]:
        """By number or by part of the name, any case, exact matches first."""
        ...

    async def near_customers(self, words: str, limit: int = 5) -> Sequence[Customer]:
        """Whose name or number is spelt almost so, the likeliest first."""
        ...

    async def near_items(self, words: str, limit: int = 5) -> Sequence[FoundItem]:
        """Open or not, whose number holds the words, or is spelt almost so."""
        ...

    async def aging(self, book: BookId, day: date) -> Sequence[AgingRow]:
        """Counting every fact dated on or before that day whenever it was learnt; one row per currency, by code."""
        ...

    async def owners(self, items: Sequence[ItemId]) -> Mapping[ItemId, CustomerId]: ...
    async def marked(self, book: BookId, mark: Mark, day: date, limit: int, skip: int = 0) -> Sequence[tuple[CustomerId, ItemId]]:
        """Items with that mark and something open, the oldest due first."""
        ...

    async def mark_counts(self, book: BookId, day: date) -> Mapping[Mark, int]: ...
    def debtors(self, book: BookId, day: date, most: int | None = None) -> AsyncIterator[Debtor]:
        """As `aging`, by customer: per currency those first who owe most of what is overdue, at most `most`.

        Streams; bounded memory. Read it to its end.
        """
        ...

    async def collections(self, book: BookId, start: date, end: date, limit: int, skip: int) -> Sequence[Movement]:
        """Money that came, or was taken back (negative), on the days from `start` to `end`, the newest first."""
        ...

    async def letters_sent(self, book: BookId, start: datetime, end: datetime, limit: int, skip: int) -> Sequence[Sent]:
        """Messages that left, or failed to, or are in doubt, before `end`, the newest first."""
        ...

    async def answered(self, book: BookId, start: datetime, end: datetime, limit: int, skip: int) -> Sequence[Answered]:
        """What customers answered before `end`, the newest first."""
        ...

    async def late_beside(self, book: BookId, day: date, items: Sequence[ItemId]) -> Sequence[tuple[int, Money]]:
        """What the customers of the items owe past its day: how many debts and how much, a row per currency."""
        ...

    async def debtors_page(self, book: BookId, day: date, limit: int, skip: int) -> Sequence[Debtor]:
        """A page of `debtors`."""
        ...

    async def due_sums(self, book: BookId, day: date) -> Sequence[DueSum]:
        """What is open at the end of that day, by the day it is due."""
        ...

    async def sold(self, book: BookId, start: date, end: date) -> Sequence[Money]:
        """What was invoiced from `start` to `end`, both included: one sum per currency, by code."""
        ...

    async def sold_by_month(self, book: BookId, start: date, end: date) -> Sequence[tuple[date, Money]]:
        """As `sold`, for each calendar month, named by its first day."""
        ...

    async def collected(self, book: BookId, start: date, end: date) -> Sequence[Money]:
        """Money that came in from `start` to `end`, less what was taken back in that time: one sum per currency, by code."""
        ...

    async def paid_late(self, book: BookId, start: date, end: date) -> Sequence[tuple[int, Money]]:
        """Money that came in for items with a due day and was not taken back by `end`: sums by days after that day (negative: before)."""
        ...

    async def written_off(self, book: BookId, end: date) -> Sequence[Money]:
        """Up to and including that day: one sum per currency, by code."""
        ...

    async def correspondence(self, book: BookId, start: datetime, end: datetime) -> Correspondence:
        """What was written to customers, and what they answered, from `start` up to, not including, `end`."""
        ...

    def promising_accounts(self, book: BookId, start: date, end: date) -> AsyncIterator[Account]:
        """Those with a promise for a day from `start` to `end`. Streams; nothing is locked."""
        ...

    def planning_accounts(self, book: BookId, at: datetime) -> AsyncIterator[Account]:
        """Those with a plan that was running at that instant. Streams; nothing is locked."""
        ...

    async def knows_since(self, book: BookId, at: datetime) -> bool:
        """Whether something of the book was known before that instant."""
        ...
