"""Figures and dates as the colleague reads them who looks at an answer alone; channels keep to the book's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from workflows.domain.access import User
from workflows.domain.account import Account, Book
from workflows.domain.ids import CustomerId, ItemId
from workflows.ports import UnitOfWork


def read_by(reader: User, work: UnitOfWork) -> UnitOfWork:
    """The same unit; what is drawn of its books and accounts is written in the reader's own way, where they chose one."""
    return read_in(reader.reads_in, work) if reader.reads_in else work


def read_in(language: str, work: UnitOfWork) -> UnitOfWork:
    """The same unit, for somebody who reads that language's figures."""
    return cast(UnitOfWork, _Read(work, language))


@dataclass(frozen=True, slots=True)
class _Read:
    work: UnitOfWork
    language: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.work, name)

    async def book(self, slug: str) -> Book:
        return self._book(await self.work.book(slug))

    async def books(self) -> Sequence[Book]:
        return [self._book(one) for one in await self.work.books()]

    async def account(self, customer: CustomerId) -> Account:
        return self._account(await self.work.account(customer))

    async def account_of(self, item: ItemId) -> Account:
        return self._account(await self.work.account_of(item))

    async def named_account(self, words: str) -> Account | None:
        found = await self.work.named_account(words)
        return None if found is None else self._account(found)

    async def accounts(self, customers: Sequence[CustomerId]) -> Sequence[Account]:
        return [self._account(one) for one in await self.work.accounts(customers)]

    def _account(self, account: Account) -> Account:
        return replace(account, book=self._book(account.book))

    def _book(self, book: Book) -> Book:
        return replace(book, read_in=self.language)
