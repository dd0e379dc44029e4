"""Made-up letters for every case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from workflows.domain.account import Book, Customer
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, CustomerId
from workflows.domain.messages import Agreed, Letter, LetterLine, Promised, Received
from workflows.domain.money import Money, totals

LANGUAGES = ("en", "de", "fr", "es")
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
    fees: str | None = None,
) -> LetterLine:
    """An invoice that many days late on the day of the letter (negative: before its due day)."""
    due = TODAY - timedelta(days=late)
    issued_on = due - timedelta(days=issued) if issued is not None else None
    whole, left = Money.of(total or open_, currency), Money.of(open_, currency)
    credited, charged = (Money.of(amount, currency) if amount else None for amount in (credit, fees))
    return LetterLine(number, due, late, whole, left, issued_on, reference, credited, charged)


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
CHARGED = line("INV-2041", 25, "10040.00", total="10000.00", fees="40.00")
LATE_PART, NEXT_PART = line("INV-2041/1", 4, "4000.00", issued=None), line("INV-2041/2", -3, "4000.00", issued=None)
SCHEDULE = (line("INV-2041/1", -7, "2000.00"), line("INV-2041/2", -37, "4000.01"), line("INV-2041/3", -68, "3999.99"))
CAME = Received(Money.of("2000.00", "EUR"), date(2026, 11, 20), "INV-2041")
CAME_LATER = Received(Money.of("950.00", "EUR"), date(2026, 11, 23), "INV-2077")
FOR_NOTHING = Received(Money.of("120.00", "EUR"), date(2026, 11, 23))


def events(language: str) -> dict[str, Letter]:
    """Each letter about something that happened, and its odd cases."""
    offer = Agreed(SCHEDULE, ("INV-2041",), date(2026, 12, 1))
    running = Agreed((line("INV-2041/1", -7, "500.00", total="2000.00"), *SCHEDULE[1:]), ("INV-2041", "INV-2077"))
    promised = Promised(Money.of("10000.00", "EUR"), date(2026, 11, 30), ("INV-2041",))
    both = Promised(Money.of("12400.00", "EUR"), date(2027, 1, 1), ("INV-2041", "INV-2077"))
    blank = letter("receipt", language=language)
    partly = replace(letter("receipt", PART_PAID, language=language), received=(CAME,))
    several = replace(blank, received=(CAME, CAME_LATER, FOR_NOTHING), settled=("INV-2041", "INV-2077"))
    whole = replace(blank, received=(CAME,), settled=("INV-2041",))
    return {
        "plan_offered": replace(blank, template="plan_offered", plan=offer),
        "plan_confirmed": replace(blank, template="plan_confirmed", plan=replace(offer, answer_by=None)),
        "plan_confirmed-many": replace(blank, template="plan_confirmed", plan=running),
        "plan_confirmed-one": replace(blank, template="plan_confirmed", plan=Agreed(SCHEDULE[:1], ("INV-2041",))),
        "instalment_upcoming": letter("instalment_upcoming", upcoming=(NEXT_PART,), language=language),
        "instalment_upcoming-many": letter("instalment_upcoming", LATE_PART, upcoming=(NEXT_PART, SOON), language=language),
        "instalment_late": letter("instalment_late", LATE_PART, upcoming=(NEXT_PART,), language=language),
        "instalment_late-many": letter("instalment_late", LATE_PART, ONE_DAY, language=language),
        "receipt": whole,
        "receipt-part": partly,
        "receipt-many": several,
        "receipt-on-account": replace(blank, received=(FOR_NOTHING,)),
        "promise_noted": replace(letter("promise_noted", line(), language=language), promised=promised),
        "promise_noted-many": replace(letter("promise_noted", line(), upcoming=(SOON,), language=language), promised=both),
        "correction": replace(whole, template="correction", crossed_on=date(2026, 11, 19)),
        "correction-part": replace(partly, template="correction"),
        "statement": letter("statement", PART_PAID, ONE_DAY, upcoming=(SOON,), language=language),
        "statement-one": letter("statement", upcoming=(SOON,), language=language),
        "statement-credit": letter("statement", DOLLARS, line(), language=language, on_account=(Money.of("400.00", "EUR"),)),
    }


def samples(language: str) -> dict[str, Letter]:
    """Each step for one invoice and for a crowded account, the odd cases, and the letters of events."""
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
            "charged": letter("second", CHARGED, language=language),
            "on-account": letter("second", line(), ONE_DAY, language=language, on_account=(Money.of("400.00", "EUR"),)),
            "bare": letter("first", line(issued=None), language=language, book=_without_ways()),
        }
        | events(language)
    )


def _without_ways() -> Book:
    return replace(BOOK, seller_email=None, seller_phone=None, payment_instructions=None)
