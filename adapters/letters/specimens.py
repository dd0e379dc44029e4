"""Made-up letters that templates are tried with before a customer gets one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from workflows.domain.account import Book, Customer
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, CustomerId
from workflows.domain.messages import Agreed, Letter, LetterLine, Promised, Received
from workflows.domain.money import Money, totals

_DAY = date(2026, 11, 24)
_BOOK = Book(BookId(UUID(int=1)), "specimen", "Specimen Seller", Place("UTC"), seller_email="seller@specimen.example")
_CUSTOMER = Customer(CustomerId(UUID(int=2)), _BOOK.id, "C-1", "Specimen Customer", _BOOK.place, emails=("buyer@specimen.example",))


def specimens(template: str, language: str) -> tuple[Letter, ...]:
    """One thing, many things, and something paid of it; a letter about something that happened gets all that may have happened."""
    one = _line("S-1", 5, "100.00")
    many = (_line("S-2", 40, "60.00", total="90.00", reference="PO 7"), _line("S-3", 1, "20.00", currency="USD"), one)
    soon = (_line("S-4", -3, "75.00"), _line("S-5", 0, "1.00"))
    plan = Agreed((_line("S-1/1", -7, "50.00"), _line("S-1/2", -37, "50.00")), ("S-1", "S-2"), _DAY)
    promised = Promised(Money.of("100.00", "EUR"), _DAY + timedelta(days=6), ("S-1",))
    came = (Received(Money.of("30.00", "EUR"), _DAY, "S-2"), Received(Money.of("5.00", "EUR"), _DAY))

    def letter(overdue: tuple[LetterLine, ...], upcoming: tuple[LetterLine, ...], *, much: bool) -> Letter:
        asked = totals(line.open for line in overdue)
        plain = Letter(template, language, _BOOK, replace(_CUSTOMER, language=language), _DAY, overdue, upcoming, asked, (), plan)
        plain = replace(plain, received=came[:1], promised=promised)
        credit = (Money.of("10.00", "EUR"),)
        return replace(plain, received=came, settled=("S-9", "S-8"), crossed_on=_DAY, on_account=credit) if much else plain

    return letter((one,), (), much=False), letter((), soon[:1], much=False), letter(many, soon, much=True)


def _line(
    number: str, late: int, open_: str, *, total: str | None = None, currency: str = "EUR", reference: str | None = None
) -> LetterLine:
    due = _DAY - timedelta(days=late)
    return LetterLine(number, due, late, Money.of(total or open_, currency), Money.of(open_, currency), due, reference)
