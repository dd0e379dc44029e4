"""What rows of a ledger file say beside what the database has: which of its rows are new, which change, and which money is not there yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from adapters.store.folded import folded
from workflows.domain.account import ItemKind, Party
from workflows.domain.ids import BookId, new_id
from workflows.records import CustomerRow, LedgerRow, Stored

OfCustomer = LedgerRow | CustomerRow
OF_FILES = "file:"  # how the key of a payment or a credit note from a file begins
DETAILS = ("language", "country", "zone")
_TOLD = (*DETAILS, "party")


@dataclass(slots=True)
class KnownRow:
    """A row as it stands, or will."""

    id: UUID
    values: dict[str, Any]
    new: bool = False
    changed: bool = False

    def set(self, said: dict[str, object]) -> bool:
        """Whether anything is different now."""
        different = {name: value for name, value in said.items() if self.values.get(name) != value}
        self.values |= different
        self.changed = self.changed or bool(different)
        return bool(different)


@dataclass(slots=True)
class KnownInvoice(KnownRow):
    """`paid` is what files said of it; `by_hand` what colleagues noted or wrote off, which the books may or may not know yet."""

    paid: int = 0
    by_hand: int = 0
    payments: int = 0
    recoined: bool = False
    moved_from: UUID | None = None


@dataclass(slots=True)
class PutOff:
    """What a file changes of customers known before. It waits until the file is read: then their rows are locked, all at once and in order.

    `customers` by number; `recoined`: the currency of each invoice; `moved`: of whom each was, and is now; `new` customers nobody else sees.
    """

    customers: dict[str, KnownRow] = field(default_factory=dict)
    credits: dict[UUID, KnownRow] = field(default_factory=dict)
    recoined: dict[UUID, str] = field(default_factory=dict)
    moved: dict[UUID, tuple[UUID, UUID]] = field(default_factory=dict)
    touched: set[UUID] = field(default_factory=set)
    new: set[UUID] = field(default_factory=set)

    def add(self, batch: Batch) -> None:
        self.customers |= {number: one for number, one in batch.customers.items() if one.changed and not one.new}
        self.credits |= {one.id: one for one in batch.credits.values() if one.changed and not one.new}
        self.new |= {one.id for one in batch.customers.values() if one.new}
        self.touched |= batch.touched
        for one in batch.invoices.values():
            if one.recoined:
                self.recoined[one.id] = one.values["currency"]
            if one.moved_from is not None:
                self.moved[one.id] = self.moved.get(one.id, (one.moved_from,))[0], one.values["customer_id"]

    @property
    def accounts(self) -> set[UUID]:
        """Those to lock, and to look at again."""
        return (self.touched | {one.id for one in self.customers.values()}) - self.new


@dataclass(slots=True)
class Batch:
    """Some rows of the file, and what the database must hold after them. `payments` are new: of whom, for what, amount, currency, day, key."""

    book: BookId
    at: datetime
    today: date
    customers: dict[str, KnownRow]
    invoices: dict[str, KnownInvoice] = field(default_factory=dict)
    credits: dict[str, KnownRow] = field(default_factory=dict)
    payments: list[tuple[UUID, UUID, int, str, date, str]] = field(default_factory=list)
    emails: dict[tuple[UUID, str], None] = field(default_factory=dict)
    touched: set[UUID] = field(default_factory=set)

    def take(self, row: LedgerRow) -> Stored:
        """Later rows of the file win over earlier ones."""
        customer = self.know(row)
        if row.total.minor < 0:
            answer = self._credit(row, customer)
        else:
            answer = self._invoice(row, customer)
            if self._payment(row, customer) and answer is Stored.UNCHANGED:
                answer = Stored.UPDATED
        if answer is not Stored.UNCHANGED:
            self.touched.add(customer)
        return answer

    def know(self, row: OfCustomer) -> UUID:
        """What the file leaves empty stays as it is. A customer spelt anew does not make the row count as changed.

        A person who was erased is not named again by a file that still does.
        """
        known = self.customers.get(row.customer_number)
        if known is None:
            known = self.customers[row.customer_number] = self._customer(row)
        elif known.values.get("erased"):
            return known.id
        else:
            told: dict[str, object] = {name: said for name in _TOLD if (said := getattr(row, name))}
            if row.customer_name:
                told["name"] = row.customer_name
            if known.set(told):
                known.values["folded"] = folded(known.values["name"])
        if row.email:
            self.emails.update(dict.fromkeys((known.id, email) for email in (row.email, *row.more_emails)))
        return known.id

    def _customer(self, row: OfCustomer) -> KnownRow:
        name = row.customer_name or row.customer_number
        values = {"book_id": self.book, "number": row.customer_number, "name": name, "folded": folded(name), "next_look_at": self.at}
        details = {name: getattr(row, name) for name in DETAILS}
        return KnownRow(new_id(), {**values, **details, "party": row.party or Party.BUSINESS.value}, new=True)

    def _invoice(self, row: LedgerRow, customer: UUID) -> Stored:
        said = {"customer_id": customer, "total": row.total.minor, "currency": row.total.currency, "due_on": row.due_on}
        if row.issued_on is not None:
            said["issued_on"] = row.issued_on
        if row.reference is not None:
            said["reference"] = row.reference
        if row.product is not None:
            said["product"] = row.product
        known = self.invoices.get(row.number)
        if known is None:
            values = {"book_id": self.book, "kind": ItemKind.INVOICE.value, "number": row.number, "seen_at": self.at, "position": 0}
            values |= {"issued_on": None, "reference": None, "product": None}
            self.invoices[row.number] = KnownInvoice(new_id(), values | said, new=True)
            return Stored.IMPORTED
        # A file that corrects the currency corrects that of the money received too.
        known.recoined = known.recoined or known.values["currency"] != row.total.currency
        if known.values["customer_id"] != customer:
            known.moved_from = known.moved_from or known.values["customer_id"]
            self.touched.add(known.values["customer_id"])
        return Stored.UPDATED if known.set(said) else Stored.UNCHANGED

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
        invoice.paid += amount
        key = f"{OF_FILES}{row.number}:{invoice.payments}"
        self.payments.append((customer, invoice.id, amount, row.paid.currency, row.paid_on or self.today, key))
        return True

    def _credit(self, row: LedgerRow, customer: UUID) -> Stored:
        """A credit note is money on account under its number: as much of it as is left."""
        left = (row.paid.minor if row.paid else 0) - row.total.minor
        said: dict[str, object] = {"customer_id": customer, "currency": row.total.currency, "amount": left}
        known = self.credits.get(row.number)
        if known is not None:
            before = known.values["customer_id"]
            if not known.set(said):
                return Stored.UNCHANGED
            self.touched.add(before)
            return Stored.UPDATED
        values = {"key": OF_FILES + row.number, "credited_on": row.issued_on or row.due_on or self.today}
        self.credits[row.number] = KnownRow(new_id(), values | said, new=True)
        return Stored.IMPORTED
