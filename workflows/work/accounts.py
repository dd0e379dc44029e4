"""What a unit of work knows of books and accounts, and which of them to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from workflows.domain.account import Account, Book
from workflows.domain.ids import BookId, CustomerId, ItemId, UserId
from workflows.domain.money import Money
from workflows.records import Look


class AccountWork(Protocol):
    """Part of `workflows.ports.UnitOfWork`."""

    async def add_book(self, book: Book) -> None: ...
    async def change_book(self, book: Book) -> None: ...
    async def book(self, slug: str) -> Book: ...
    async def books(self) -> Sequence[Book]: ...

    async def account(self, customer: CustomerId) -> Account:
        """The whole account, its row locked to the end of the unit where the database has row locks and the unit does not only read."""
        ...

    async def lock_accounts(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, int]:
        """Their rows locked as by `account`, each with a number that differs once anything about the account changed."""
        ...

    async def account_of(self, item: ItemId) -> Account: ...
    async def named_account(self, words: str) -> Account | None:
        """Of the one customer whose number or whole name it is, any case, for who only shows it; null where it is nobody's, or several have it."""
        ...

    async def accounts(self, customers: Sequence[CustomerId]) -> Sequence[Account]:
        """Many at once, in the order asked for; those that do not exist are left out."""
        ...

    async def claim_accounts(self, now: datetime, limit: int) -> Sequence[CustomerId]:
        """Accounts whose `next_look_at` has come, oldest first, locked; those another worker holds are left out.

        None while a stop of `workflows.stops` holds.
        """
        ...

    async def looked(self, customer: CustomerId, next_look_at: datetime | None, policy: tuple[str, int] | None) -> None:
        """`policy` is the version the account runs on; null while it has not started on one."""
        ...

    async def looked_all(self, looks: Sequence[Look]) -> None: ...

    def all_accounts(self, book: BookId | None = None) -> AsyncIterator[Account]:
        """Streams; bounded memory."""
        ...

    async def overdue_accounts(
        self, day: date, limit: int, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None
    ) -> tuple[Sequence[tuple[date, CustomerId]], int]:
        """Accounts with an open item past due on that day, by the due day of the oldest, and how many there are without the limit.

        Of that `owner` only; with at least `least` past due on that day in its currency.
        """
        ...

    async def looking_before(self, book: BookId, until: datetime, limit: int) -> Sequence[CustomerId]:
        """Accounts of the book whose `next_look_at` comes before `until`, soonest first."""
        ...

    async def count_overdue(self, day: date, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None) -> int:
        """As many accounts as `overdue_accounts` has without its limit."""
        ...
