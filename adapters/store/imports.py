"""Rows of a ledger file as customers, invoices and payments: in batches, and without a query per row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, case, func, select, update

from adapters.store import tables as t
from adapters.store.ledger import INVOICE, total_of
from adapters.store.rows import book as read_book
from adapters.store.unit import Part, add_new
from workflows.domain.account import CreditKind, ItemKind, Party
from workflows.domain.ids import BookId, new_id
from workflows.records import CustomerRow, LedgerRow, Stored

_OfCustomer = LedgerRow | CustomerRow
_BATCH = 2_000
_OF_FILES = "file:"  # how the key of a payment or a credit note from a file begins
_DETAILS = ("language", "country", "zone")
_FOLLOWING = (t.payments, t.credits_, t.snoozes, t.flags, t.escalations, t.acts, t.raised)


class Imports(Part):
    async def store_rows(self, book: BookId, rows: Sequence[LedgerRow], at: datetime) -> Sequence[Stored]:
        # The book's row is the lock: two files for one book are read one after the other.
        place = read_book(await self._one(select(t.books).where(t.books.c.id == book).with_for_update(key_share=True), "book")).place
        answers: list[Stored] = []
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            known = await self._customers(book, part), await self._invoices(book, part), await self._credits(book, part)
            batch = _Batch(book, at, place.day(at), *known)
            answers += [batch.take(row) for row in part]
            await self._write(batch, part)
        return answers

    async def store_customer(self, book: BookId, row: CustomerRow, at: datetime) -> Stored:
        place = read_book(await self._one(select(t.books).where(t.books.c.id == book).with_for_update(key_share=True), "book")).place
        batch = _Batch(book, at, place.day(at), await self._customers(book, [row]), {}, {})
        batch.know(row)
        known = batch.customers[row.customer_number]
        before = await self._addresses(known.id)
        await self._write(batch, [row])
        if known.new:
            return Stored.IMPORTED
        return Stored.UPDATED if known.changed or await self._addresses(known.id) != before else Stored.UNCHANGED

    async def _addresses(self, customer: UUID) -> int:
        of = select(func.count()).select_from(t.contacts).where(t.contacts.c.customer_id == customer)
        return int((await self._one(of, "customer"))[0])

    async def _customers(self, book: BookId, part: Sequence[_OfCustomer]) -> dict[str, _Row]:
        c = t.customers.c
        erased = select(t.erasures.c.id).where(t.erasures.c.customer_id == c.id).exists()
        query = select(c.id, c.number, c.name, c.party, *(c[name] for name in _DETAILS), erased.label("erased"))
        found = await self._all(query.where(c.book_id == book, c.number.in_({row.customer_number for row in part})))
        return {row.number: _Row(row.id, row._asdict()) for row in found}

    async def _invoices(self, book: BookId, part: Sequence[LedgerRow]) -> dict[str, _Invoice]:
        i, p = t.items.c, t.payments.c
        mine = (i.book_id == book) & INVOICE & i.number.in_({row.number for row in part})
        of_files = p.key.startswith(_OF_FILES)
        paid = total_of(case((of_files & p.reversed_on.is_(None), p.amount), else_=0)).label("paid")
        by_hand = total_of(case((~of_files & p.reversed_on.is_(None), p.amount), else_=0)).label("by_hand")
        sums = select(p.item_id, paid, by_hand, func.count().label("payments")).where(p.item_id.in_(select(i.id).where(mine)))
        money = {row.item_id: row for row in await self._all(sums.group_by(p.item_id))}
        given_up = await self._written_off(select(i.id).where(mine))
        columns = (i.id, i.customer_id, i.number, i.total, i.currency, i.due_on, i.issued_on, i.reference)
        invoices = {}
        for row in await self._all(select(*columns).where(mine)):
            known = _Invoice(row.id, row._asdict(), by_hand=given_up.get(row.id, 0))
            if (had := money.get(row.id)) is not None:
                known.paid, known.by_hand, known.payments = had.paid, known.by_hand + had.by_hand, had.payments
            invoices[row.number] = known
        return invoices

    async def _written_off(self, items: Select[Any]) -> dict[UUID, int]:
        c = t.credits_.c
        sums = select(c.item_id, total_of(c.amount).label("amount")).where(c.item_id.in_(items), c.reversed_on.is_(None))
        of = sums.where(c.kind == CreditKind.WRITE_OFF.value).group_by(c.item_id)
        return {row.item_id: row.amount for row in await self._all(of)}

    async def _credits(self, book: BookId, part: Sequence[LedgerRow]) -> dict[str, _Row]:
        """The credit notes of files, by number; there are few of them."""
        numbers = [row.number for row in part if row.total.minor < 0]
        if not numbers:
            return {}
        c = t.credits_.c
        columns = (c.id, c.customer_id, c.currency, c.amount, c.credited_on, c.key)
        query = (
            select(*columns).join(t.customers, t.customers.c.id == c.customer_id).where(t.customers.c.book_id == book, c.item_id.is_(None))
        )
        found = await self._all(query.where(c.key.in_([_OF_FILES + number for number in numbers])))
        return {row.key.removeprefix(_OF_FILES): _Row(row.id, row._asdict()) for row in found}

    async def _write(self, batch: _Batch, part: Sequence[_OfCustomer]) -> None:
        await self._insert(t.customers, (one.values for one in batch.customers.values() if one.new))
        await self._update(t.customers, (*_DETAILS, "name", "folded", "party"), batch.customers.values())
        emails = {
            (batch.customers[row.customer_number].id, email): None
            for row in part
            if row.email and not batch.customers[row.customer_number].values.get("erased")
            for email in (row.email, *row.more_emails)
        }
        await self._add_emails(list(emails))
        await self._insert(t.items, (one.values for one in batch.invoices.values() if one.new))
        await self._update(t.items, ("customer_id", "total", "currency", "due_on", "issued_on", "reference"), batch.invoices.values())
        await self._follow(t.payments, "currency", (one for one in batch.invoices.values() if one.recoined))
        for table in _FOLLOWING:
            await self._follow(table, "customer_id", (one for one in batch.invoices.values() if one.moved))
        await self._insert(t.payments, batch.payments)
        await self._insert(t.credits_, (one.values for one in batch.credits.values() if one.new))
        await self._update(t.credits_, ("customer_id", "currency", "amount"), batch.credits.values())
        if batch.touched:
            woken = update(t.customers).where(t.customers.c.id.in_(batch.touched)).values(next_look_at=batch.at)
            await self._connection.execute(woken)

    async def _insert(self, table: Table, values: Iterable[Mapping[str, Any]]) -> None:
        if listed := list(values):
            await self._connection.execute(table.insert(), listed)

    async def _update(self, table: Table, names: Sequence[str], changed: Iterable[_Row]) -> None:
        values = [{"of": one.id} | {name: one.values[name] for name in names} for one in changed if one.changed and not one.new]
        if values:
            await self._connection.execute(update(table).where(table.c.id == bindparam("of")), values)

    async def _follow(self, table: Table, name: str, invoices: Iterable[_Invoice]) -> None:
        """What hangs on the invoices takes over one of their values."""
        if values := [{"of": one.id, name: one.values[name]} for one in invoices]:
            await self._connection.execute(update(table).where(table.c.item_id == bindparam("of")), values)

    async def _add_emails(self, emails: Sequence[tuple[UUID, str]]) -> None:
        values = [
            {"id": new_id(), "customer_id": of, "kind": "email", "address": email, "position": n} for n, (of, email) in enumerate(emails)
        ]
        if values:
            await add_new(self._connection, t.contacts, values)


@dataclass(slots=True)
class _Row:
    """A row as it stands, or will."""

    id: UUID
    values: dict[str, Any]
    new: bool = False
    changed: bool = False

    def set(self, **values: object) -> bool:
        """Whether anything is different now."""
        different = {name: value for name, value in values.items() if self.values.get(name) != value}
        self.values |= different
        self.changed = self.changed or bool(different)
        return bool(different)


@dataclass(slots=True)
class _Invoice(_Row):
    """`paid` is what files said of it; `by_hand` what colleagues noted or wrote off, which the books may or may not know yet."""

    paid: int = 0
    by_hand: int = 0
    payments: int = 0
    recoined: bool = False
    moved: bool = False


@dataclass(slots=True)
class _Batch:
    """Some rows of the file, and what the database must hold after them."""

    book: BookId
    at: datetime
    today: date
    customers: dict[str, _Row]
    invoices: dict[str, _Invoice]
    credits: dict[str, _Row]
    payments: list[dict[str, Any]] = field(default_factory=list)
    touched: set[UUID] = field(default_factory=set)

    def take(self, row: LedgerRow) -> Stored:
        """Later rows of the file win over earlier ones."""
        customer = self.know(row)
        if row.total.minor < 0:
            answer = self._credit(row, customer)
            if answer is not Stored.UNCHANGED:
                self.touched.add(customer)
            return answer
        answer = self._invoice(row, customer)
        if self._payment(row, customer) and answer is Stored.UNCHANGED:
            answer = Stored.UPDATED
        if answer is not Stored.UNCHANGED:
            self.touched.add(customer)
        return answer

    def know(self, row: _OfCustomer) -> UUID:
        """What the file leaves empty stays as it is. A customer spelt anew does not make the row count as changed.

        A person who was erased is not named again by a file that still does.
        """
        known = self.customers.get(row.customer_number)
        if known is None:
            name = row.customer_name or row.customer_number
            new = _Row(new_id(), {"book_id": self.book, "number": row.customer_number, "name": name, "folded": folded(name)}, new=True)
            new.values |= {"id": new.id, "party": row.party or Party.BUSINESS.value, "next_look_at": self.at}
            new.values |= {name: getattr(row, name) for name in _DETAILS}
            self.customers[row.customer_number] = new
            return new.id
        if known.values.get("erased"):
            return known.id
        told = {name: getattr(row, name) for name in (*_DETAILS, "party") if getattr(row, name)}
        known.set(**told, name=row.customer_name or known.values["name"])
        known.values["folded"] = folded(known.values["name"])
        return known.id

    def _invoice(self, row: LedgerRow, customer: UUID) -> Stored:
        said = {"customer_id": customer, "total": row.total.minor, "currency": row.total.currency, "due_on": row.due_on}
        if row.issued_on is not None:
            said["issued_on"] = row.issued_on
        if row.reference is not None:
            said["reference"] = row.reference
        known = self.invoices.get(row.number)
        if known is None:
            new = _Invoice(new_id(), {"issued_on": None, "reference": None, "plan_id": None, "position": 0}, new=True)
            new.values |= {
                "id": new.id,
                "book_id": self.book,
                "kind": ItemKind.INVOICE.value,
                "number": row.number,
                "seen_at": self.at,
            } | said
            self.invoices[row.number] = new
            return Stored.IMPORTED
        # A file that corrects the currency corrects that of the money received too.
        known.recoined = known.recoined or known.values["currency"] != row.total.currency
        if known.values["customer_id"] != customer:
            known.moved = True
            self.touched.add(known.values["customer_id"])
        return Stored.UPDATED if known.set(**said) else Stored.UNCHANGED

    def _payment(self, row: LedgerRow, customer: UUID) -> bool:
        """The file says everything received so far; what differs from that is a payment, or, below zero, its correction.

        Money that was noted by hand comes with a later file: it is not counted again then, and not taken back before.
        """
        invoice = self.invoices[row.number]
        if row.paid is None:
            return False
        amount = row.paid.minor - invoice.paid
        amount = max(amount - invoice.by_hand, 0) if amount > 0 else amount
        if amount == 0:
            return False
        invoice.payments += 1
        values = {"amount": amount, "currency": row.paid.currency, "paid_on": row.paid_on or self.today}
        key = f"file:{row.number}:{invoice.payments}"
        self.payments.append({"id": new_id(), "customer_id": customer, "item_id": invoice.id, "key": key, **values})
        invoice.paid += amount
        return True

    def _credit(self, row: LedgerRow, customer: UUID) -> Stored:
        """A credit note is money on account under its number: as much of it as is left."""
        left = (row.paid.minor if row.paid else 0) - row.total.minor
        said = {"customer_id": customer, "currency": row.total.currency, "amount": left}
        known = self.credits.get(row.number)
        if known is not None:
            before = known.values["customer_id"]
            if not known.set(**said):
                return Stored.UNCHANGED
            self.touched.add(before)
            return Stored.UPDATED
        new = self.credits[row.number] = _Row(new_id(), {"item_id": None, "key": _OF_FILES + row.number}, new=True)
        new.values |= {"id": new.id, "credited_on": row.issued_on or row.due_on or self.today} | said
        return Stored.IMPORTED


def folded(name: str) -> str:
    """A name as searches compare it."""
    return " ".join(name.casefold().split())
