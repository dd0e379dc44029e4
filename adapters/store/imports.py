"""Rows of a ledger file as customers, invoices and payments: a statement for all rows of a kind, none for a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from operator import itemgetter
from uuid import UUID

from sqlalchemy import Table, case, func, select

from adapters.store import tables as t
from adapters.store.import_batch import DETAILS, OF_FILES, Batch, KnownInvoice, KnownRow, OfCustomer, PutOff
from adapters.store.ledger import INVOICE, total_of
from adapters.store.many import among, insert_many, update_many
from adapters.store.moving import move
from adapters.store.rows import book as read_book
from adapters.store.unit import Part
from workflows.domain.account import CreditKind
from workflows.domain.ids import BookId, new_keys
from workflows.records import CustomerRow, LedgerRow, Stored

CHUNK = 2_000

# The columns that a file may change, and those that stay as they were written first.
_CUSTOMER, _CUSTOMER_IS = (*DETAILS, "name", "folded", "party"), ("book_id", "number", "next_look_at")
_ITEM, _ITEM_IS = (
    ("customer_id", "total", "currency", "due_on", "issued_on", "reference", "product"),
    ("book_id", "kind", "number", "seen_at", "position"),
)
_CREDIT, _CREDIT_IS = ("customer_id", "currency", "amount"), ("credited_on", "key")
_PAYMENT = ("id", "customer_id", "item_id", "amount", "currency", "paid_on", "key")
_CONTACT = ("id", "customer_id", "kind", "address", "position")


class Imports(Part):
    async def store_rows(self, book: BookId, rows: Iterable[LedgerRow], at: datetime, *, lock_book: bool = False) -> Sequence[Stored]:
        put_off, left = PutOff(), iter(rows)
        answers: list[Stored] = []
        while chunk := list(islice(left, CHUNK)):
            batch = await self._batch(book, chunk, at, put_off)
            batch.invoices = await self._invoices(book, [row.number for row in chunk])
            batch.credits = await self._credits(book, [OF_FILES + row.number for row in chunk if row.total.minor < 0])
            answers += map(batch.take, chunk)
            await self._write(batch)
            put_off.add(batch)
        if lock_book and answers:
            await self._lock(t.customers.c.book_id == book)
        await self._catch_up(put_off, at)
        return answers

    async def store_customer(self, book: BookId, row: CustomerRow, at: datetime) -> Stored:
        put_off = PutOff()
        batch = await self._batch(book, [row], at, put_off)
        before = await self._addresses(batch.know(row))
        await self._write(batch)
        put_off.add(batch)
        await self._catch_up(put_off, at)
        known = batch.customers[row.customer_number]
        if known.new:
            return Stored.IMPORTED
        return Stored.UPDATED if known.changed or await self._addresses(known.id) != before else Stored.UNCHANGED

    async def _addresses(self, customer: UUID) -> int:
        of = select(func.count()).select_from(t.contacts).where(t.contacts.c.customer_id == customer)
        return int((await self._one(of, "customer"))[0])

    async def _batch(self, book: BookId, rows: Sequence[OfCustomer], at: datetime, put_off: PutOff) -> Batch:
        """Knows the customers. The book's row is the lock: two files for one book are read one after the other."""
        place = read_book(await self._one(select(t.books).where(t.books.c.id == book).with_for_update(key_share=True), "book")).place
        c = t.customers.c
        erased = select(t.erasures.c.id).where(t.erasures.c.customer_id == c.id).exists()
        query = select(c.id, c.number, c.name, c.party, *(c[name] for name in DETAILS), erased.label("erased"))
        mine = among(self._connection, c.number, list({row.customer_number for row in rows}))
        found = await self._all(query.where(c.book_id == book, mine))
        known = {row.number: put_off.customers.get(row.number) or KnownRow(row.id, row._asdict()) for row in found}
        return Batch(book, at, place.day(at), known)

    async def _invoices(self, book: BookId, numbers: Sequence[str]) -> dict[str, KnownInvoice]:
        i = t.items.c
        mine = (i.book_id == book) & INVOICE & among(self._connection, i.number, numbers)
        found = await self._all(select(i.id, i.number, *(i[name] for name in _ITEM)).where(mine))
        known = {row.id: KnownInvoice(row.id, row._asdict()) for row in found}
        if known:
            await self._add_money(known)
        return {invoice.values["number"]: invoice for invoice in known.values()}

    async def _add_money(self, known: dict[UUID, KnownInvoice]) -> None:
        """What was received for the invoices, and what of them was written off."""
        p, c, ids = t.payments.c, t.credits_.c, list(known)
        of_files = p.key.startswith(OF_FILES)
        paid = total_of(case((of_files & p.reversed_on.is_(None), p.amount), else_=0)).label("paid")
        by_hand = total_of(case((~of_files & p.reversed_on.is_(None), p.amount), else_=0)).label("by_hand")
        sums = select(p.item_id, paid, by_hand, func.count().label("payments")).where(among(self._connection, p.item_id, ids))
        for row in await self._all(sums.group_by(p.item_id)):
            invoice = known[row.item_id]
            invoice.paid, invoice.by_hand, invoice.payments = row.paid, row.by_hand, row.payments
        written_off = (c.kind == CreditKind.WRITE_OFF.value) & c.reversed_on.is_(None) & among(self._connection, c.item_id, ids)
        for row in await self._all(select(c.item_id, total_of(c.amount).label("amount")).where(written_off).group_by(c.item_id)):
            known[row.item_id].by_hand += row.amount

    async def _credits(self, book: BookId, keys: Sequence[str]) -> dict[str, KnownRow]:
        """The credit notes of files, by number; there are few of them."""
        if not keys:
            return {}
        c = t.credits_.c
        query = select(c.id, c.key, *(c[name] for name in _CREDIT)).join(t.customers, t.customers.c.id == c.customer_id)
        mine = (t.customers.c.book_id == book) & c.item_id.is_(None) & among(self._connection, c.key, keys)
        return {row.key.removeprefix(OF_FILES): KnownRow(row.id, row._asdict()) for row in await self._all(query.where(mine))}

    async def _write(self, batch: Batch) -> None:
        """What is new, and invoices, which an import alone changes: nobody is made to wait for it."""
        await self._add_rows(t.customers, (*_CUSTOMER_IS, *_CUSTOMER), batch.customers.values())
        await self._add_rows(t.items, (*_ITEM_IS, *_ITEM), batch.invoices.values())
        await self._change_rows(t.items, _ITEM, batch.invoices.values())
        await self._add_rows(t.credits_, (*_CREDIT_IS, *_CREDIT), batch.credits.values())
        payments = [(key, *payment) for key, payment in zip(new_keys(len(batch.payments)), batch.payments, strict=True)]
        await insert_many(self._connection, t.payments, _PAYMENT, payments)
        emails = [
            (key, of, "email", address, n)
            for n, (key, (of, address)) in enumerate(zip(new_keys(len(batch.emails)), batch.emails, strict=True))
        ]
        await insert_many(self._connection, t.contacts, _CONTACT, emails, new_only=True)

    async def _catch_up(self, put_off: PutOff, at: datetime) -> None:
        await self._wake_all(put_off.accounts, at)
        erased = await self._erased([one.id for one in put_off.customers.values()])
        await self._change_rows(t.customers, _CUSTOMER, (one for one in put_off.customers.values() if one.id not in erased))
        await self._change_rows(t.credits_, _CREDIT, put_off.credits.values())
        await update_many(self._connection, t.payments, ("item_id", "currency"), list(put_off.recoined.items()))
        if put_off.moved:
            await move(self._connection, put_off.moved)

    async def _erased(self, customers: Sequence[UUID]) -> frozenset[UUID]:
        """Those who were, perhaps while the file was read: it does not name them again."""
        if not customers:
            return frozenset()
        e = t.erasures.c
        found = await self._all(select(e.customer_id).where(among(self._connection, e.customer_id, customers)))
        return frozenset(row.customer_id for row in found)

    async def _add_rows(self, table: Table, names: Sequence[str], rows: Iterable[KnownRow]) -> None:
        """Those that are new."""
        values = itemgetter(*names)
        await insert_many(self._connection, table, ("id", *names), [(one.id, *values(one.values)) for one in rows if one.new])

    async def _change_rows(self, table: Table, names: Sequence[str], rows: Iterable[KnownRow]) -> None:
        """What may change of those that did."""
        values = itemgetter(*names)
        changed = [(one.id, *values(one.values)) for one in rows if one.changed and not one.new]
        await update_many(self._connection, table, ("id", *names), changed)
