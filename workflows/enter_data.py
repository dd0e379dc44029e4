"""Invoices, payments and customers typed in by hand, for a book that no system feeds. They are stored as an import stores them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.acting import record, require
from workflows.ask_approval import Requested
from workflows.domain.access import Right, User
from workflows.domain.account import Book, Customer, Party
from workflows.domain.approving import Limits
from workflows.domain.calendar import UnknownZone, spoken, zone
from workflows.domain.ids import BookId
from workflows.domain.money import Money
from workflows.errors import BadEntry, NotKnown
from workflows.import_ledger import note_freshness
from workflows.ports import Clock, UnitOfWork
from workflows.record_payment import PaymentNoted, RecordPayment, record_payment
from workflows.records import CustomerRow, FoundItem, LedgerRow, Stored

LONGEST = 140
FARTHEST = timedelta(days=10 * 366)


@dataclass(frozen=True, slots=True)
class EnterCustomer:
    """`number` is the seller's own for them; of one that is known the rest is changed. Empty texts stay as they are."""

    book: BookId
    number: str
    name: str
    by: User
    email: str = ""
    language: str = ""
    zone: str = ""
    party: Party = Party.BUSINESS


@dataclass(frozen=True, slots=True)
class CustomerEntered:
    book: Book
    customer: Customer
    stored: Stored


async def enter_customer(ask: EnterCustomer, work: UnitOfWork, clock: Clock) -> CustomerEntered:
    """A manager's: who is owed by whom is kept apart from noting money. Raises `BadEntry`."""
    require(ask.by, Right.RELEASE)
    number, name = _tidy(ask.number), _tidy(ask.name)
    wrong = {"number": _text(number, "the number you know them by"), "name": _text(name, "their name"), "zone": _zone(ask.zone)}
    _must_be_right(wrong)
    book, now = await _book(ask.book, work), clock.now()
    row = CustomerRow(number, name, ask.email or None, language=ask.language or None, zone=ask.zone or None, party=ask.party.value)
    stored = await work.store_customer(book.id, row, now)
    customer = await _customer(number, book, work)
    await record(work, str(ask.by.id), now, "customer.entered", {"customer": str(customer.id), "book": book.slug, "stored": stored.value})
    return CustomerEntered(book, customer, stored)


@dataclass(frozen=True, slots=True)
class EnterInvoice:
    """`customer` is the number of one that is known."""

    book: BookId
    customer: str
    number: str
    total: Money
    due_on: date
    by: User
    issued_on: date | None = None
    reference: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceEntered:
    book: Book
    found: FoundItem


async def enter_invoice(ask: EnterInvoice, work: UnitOfWork, clock: Clock) -> InvoiceEntered:
    """A new one only: one that is there already is never changed by hand. Raises `BadEntry`."""
    require(ask.by, Right.RELEASE)
    book, now = await _book(ask.book, work), clock.now()
    number, today = _tidy(ask.number), book.place.day(now)
    wrong = {"number": _text(number, "the invoice's number"), **_amounts_and_days(ask, today)}
    _must_be_right(wrong)
    customer = await _customer(ask.customer, book, work)
    await _must_be_new(number, book, work)
    reference, product = _tidy(ask.reference) or None, _tidy(ask.product) or None
    row = LedgerRow(number, customer.number, None, ask.total, ask.due_on, ask.issued_on, reference=reference, product=product)
    await work.store_rows(book.id, [row], now)
    if book.read_through is None:  # kept by hand from the start: what was just typed is as fresh as it gets
        await note_freshness(book, today, now, work)
    (found,) = await work.find_items(number, book.id)
    facts = {"item": str(found.item.id), "number": number, "book": book.slug, "amount": ask.total, "due_on": ask.due_on.isoformat()}
    await record(work, str(ask.by.id), now, "invoice.entered", facts)
    return InvoiceEntered(book, found)


@dataclass(frozen=True, slots=True)
class EnterPayment:
    """`invoice` is its number in the book."""

    book: BookId
    invoice: str
    amount: Money
    paid_on: date
    by: User
    reference: str = ""


async def enter_payment(ask: EnterPayment, work: UnitOfWork, clock: Clock, limits: Limits) -> PaymentNoted | Requested:
    """As `record_payment`, the invoice named by its number. Raises `BadEntry`, and as that does."""
    found = await invoice_called(ask.invoice, ask.book, work)
    return await record_payment(RecordPayment(found.item.id, ask.amount, ask.paid_on, ask.by, ask.reference), work, clock, limits)


async def invoice_called(number: str, book: BookId, work: UnitOfWork) -> FoundItem:
    """Raises `BadEntry` at the field `invoice`."""
    found = await work.find_items(_tidy(number), book) if number.strip() else ()
    if not found:
        raise BadEntry({"invoice": "No invoice of this book has that number." if number.strip() else "Say which invoice it is for."})
    return found[0]


@dataclass(frozen=True, slots=True)
class ConfirmEntered:
    """Somebody answers for it: everything that happened up to today has been typed in."""

    book: BookId
    by: User


async def confirm_entered(ask: ConfirmEntered, work: UnitOfWork, clock: Clock) -> Book:
    """The book counts as read today, so what waits for fresh balances may leave."""
    require(ask.by, Right.RELEASE)
    book, now = await _book(ask.book, work), clock.now()
    today = book.place.day(now)
    await note_freshness(book, today, now, work)
    await record(work, str(ask.by.id), now, "book.confirmed", {"book": book.slug, "read_through": today.isoformat()})
    return replace(book, read_through=today, read_at=now)


async def _book(book: BookId, work: UnitOfWork) -> Book:
    found = next((one for one in await work.books() if one.id == book), None)
    if found is None:
        raise NotKnown("There is no such book.")
    return found


async def _customer(number: str, book: Book, work: UnitOfWork) -> Customer:
    wanted = _tidy(number).casefold()
    found = [one for one in await work.find_customers(_tidy(number)) if one.book_id == book.id] if wanted else []
    exact = [one for one in found if one.number.casefold() == wanted] or [one for one in found if one.name.casefold() == wanted]
    if len(exact) != 1:
        near = f" Did you mean {found[0].number} ({found[0].name})?" if found else " Enter the customer first."
        words = f"{len(exact)} customers are called so; give the number." if exact else f"There is no such customer in this book.{near}"
        raise BadEntry({"customer": words if wanted else "Say which customer it is for."})
    return exact[0]


async def _must_be_new(number: str, book: Book, work: UnitOfWork) -> None:
    for known in await work.find_items(number, book.id):
        due = f", due {spoken(known.item.due_on)}" if known.item.due_on else ""
        raise BadEntry({"number": f"{number} is in the book already: {known.customer.name}, {known.item.total:,}{due}."})


def _amounts_and_days(ask: EnterInvoice, today: date) -> dict[str, str]:
    issued_on = ask.issued_on
    far = abs(ask.due_on - today) > FARTHEST
    late = issued_on is not None and ask.due_on < issued_on
    return {
        "total": "" if ask.total.minor > 0 else "An invoice is of some amount; a credit note comes with a file.",
        "due_on": "Check the year: that is more than ten years away." if far else "It cannot be due before it was issued." if late else "",
        "issued_on": "That day has not come." if issued_on is not None and issued_on > today else "",
        "reference": _too_long(ask.reference),
        "product": _too_long(ask.product),
    }


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _text(text: str, what: str) -> str:
    if not text:
        return f"Give {what}."
    return _too_long(text)


def _too_long(text: str) -> str:
    return f"At most {LONGEST} characters." if len(text) > LONGEST else ""


def _zone(name: str) -> str:
    try:
        _ = zone(name) if name else None
    except UnknownZone:
        return f"“{name}” is no time zone; write one like Europe/Berlin."
    return ""


def _must_be_right(wrong: Mapping[str, str]) -> None:
    if found := {field: words for field, words in wrong.items() if words}:
        raise BadEntry(found)
