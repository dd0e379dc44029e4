"""Made-up letters for every case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from workflows.domain.account import Book, Customer
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, CustomerId
from workflows.domain.messages import Letter, LetterLine
from workflows.domain.money import Money, totals

TODAY = date(2026, 11, 24)
BOOK = Book(
    BookId(UUID(int=1)),
    "main",
    "Northwind GmbH",
    Place("Europe/Berlin", "DE"),
    seller_email="receivables@northwind.example",
    seller_phone="+49 30 5550 142",
    payment_instructions="Northwind GmbH, Sample Bank\nIBAN DE00 1234 5678 9012 3456 78",
)
CUSTOMER = Customer(CustomerId(UUID(int=2)), BOOK.id, "C-100", "Acme GmbH", BOOK.place, emails=("ap@acme.example", "boss@acme.example"))


def line(
    number: str = "INV-2041",
    late: int = 25,
    open_: str = "10000.00",
    *,
    total: str | None = None,
    currency: str = "EUR",
    reference: str | None = None,
    issued: int | None = 30,
    credit: str | None = None,
) -> LetterLine:
    """An invoice that many days late on the day of the letter (negative: before its due day)."""
    due = TODAY - timedelta(days=late)
    issued_on = due - timedelta(days=issued) if issued is not None else None
    whole, left, credited = Money.of(total or open_, currency), Money.of(open_, currency), Money.of(credit, currency) if credit else None
    return LetterLine(number, due, late, whole, left, issued_on, reference, credited)


def letter(
    template: str = "first",
    *overdue: LetterLine,
    upcoming: tuple[LetterLine, ...] = (),
    language: str = "en",
    on_account: tuple[Money, ...] = (),
    book: Book = BOOK,
    customer: Customer = CUSTOMER,
) -> Letter:
    less = {money.currency: money for money in on_account}
    asked = tuple(gross - less.get(gross.currency, Money.zero(gross.currency)) for gross in totals(item.open for item in overdue))
    return Letter(template, language, book, replace(customer, language=language), TODAY, overdue, upcoming, asked, on_account)


PART_PAID = line("INV-2041", 25, "10000.00", total="12000.00", reference="PO 8841")
CREDITED = line("INV-2041", 25, "10000.00", total="12000.00", credit="500.00")
ONE_DAY = line("INV-2077", 1, "2400.00")
DOLLARS = line("INV-2080", 12, "900.00", currency="USD")
SOON = line("INV-2090", -3, "1250.50")
LATER = line("INV-2091", -1, "80.00")


def samples(language: str) -> dict[str, Letter]:
    """Each step for one invoice and for a crowded account, and the odd cases."""
    crowd = (PART_PAID, DOLLARS, ONE_DAY)
    steps = {f"{step}-one": letter(step, line(), language=language) for step in ("first", "second", "final")}
    many = {f"{step}-many": letter(step, *crowd, upcoming=(SOON,), language=language) for step in ("first", "second", "final")}
    return (
        steps
        | many
        | {
            "upcoming-one": letter("upcoming", upcoming=(SOON,), language=language),
            "upcoming-many": letter("upcoming", upcoming=(SOON, LATER), language=language),
            "upcoming-with-overdue": letter("upcoming", ONE_DAY, upcoming=(SOON,), language=language),
            "part-paid": letter("first", PART_PAID, language=language),
            "credited": letter("second", CREDITED, language=language),
            "on-account": letter("second", line(), ONE_DAY, language=language, on_account=(Money.of("400.00", "EUR"),)),
            "bare": letter("first", line(issued=None), language=language, book=_without_ways()),
        }
    )


def _without_ways() -> Book:
    return replace(BOOK, seller_email=None, seller_phone=None, payment_instructions=None)
