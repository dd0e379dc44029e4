"""Books: the legal entities whose receivables are watched."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.fetch import kept
from adapters.store.unit import Part
from workflows.domain.account import Book
from workflows.errors import NotKnown

_EVERY = select(t.books).order_by(t.books.c.slug)


class Books(Part):
    async def add_book(self, book: Book) -> None:
        await self._add(t.books, id=book.id, **rows.book_values(book))

    async def change_book(self, book: Book) -> None:
        """A book read anew has all its accounts looked at: what was held for want of fresh balances may go now."""
        before = rows.book(await self._one(select(t.books).where(t.books.c.id == book.id).with_for_update(key_share=True), "book"))
        await self._connection.execute(update(t.books).where(t.books.c.id == book.id).values(rows.book_values(book)))
        if book.read_at is not None and (book.read_at, book.read_through) != (before.read_at, before.read_through):
            mine = (t.customers.c.book_id == book.id) & or_(t.customers.c.next_look_at.is_(None), t.customers.c.next_look_at > book.read_at)
            await self._lock(mine)
            await self._connection.execute(update(t.customers).where(mine).values(next_look_at=book.read_at))

    async def book(self, slug: str) -> Book:
        found = (await self._connection.execute(select(t.books).where(t.books.c.slug == slug))).one_or_none()
        if found is None:
            known = ", ".join(book.slug for book in await self.books())
            raise NotKnown(f"There is no book “{slug[:40]}”; there is: {known}.")
        return rows.book(found)

    async def books(self) -> Sequence[Book]:
        return [rows.book(row) for row in await kept(self._connection, _EVERY, {})]
