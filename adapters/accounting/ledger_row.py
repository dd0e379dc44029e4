"""One record of a file as a ledger row, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from adapters.accounting.csv_records import Record
from adapters.accounting.ledger_amounts import amount_of
from adapters.accounting.ledger_dates import day_of
from adapters.accounting.mapping import Mapping
from adapters.accounting.words import filled, shown
from workflows.domain.account import Party
from workflows.domain.calendar import UnknownZone, zone
from workflows.domain.money import BadAmount, Money, UnknownCurrency, exponent
from workflows.import_ledger import Entry, Refusal
from workflows.ports import LedgerRow

_T = TypeVar("_T")
LONGEST_WORDS = 200
_SHAPES = {
    "email": re.compile(r"[^\s@,;<>\"()]{1,64}@[^\s@,;<>\"()]{1,190}"),
    "language": re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?"),
    "country": re.compile(r"[A-Z]{2}"),
}
_WANTED = {
    "email": "one e-mail address",
    "language": "a language code such as en",
    "country": "a country code of two capital letters such as DE",
    "zone": "a time zone such as Europe/Berlin",
    "party": f"one of {', '.join(Party)}",
}


class _Unfit(Exception):
    """A cell that cannot be used."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True, slots=True)
class RowReader:
    """What a record means: where each field stands, how its dates and amounts are written, the currency of rows that name none."""

    mapping: Mapping
    header: tuple[str, ...]
    places: Dict[str, int]
    formats: Dict[str, str | None]
    marks: Dict[str, str | None]
    currency: str | None

    def read(self, record: Record) -> Entry | Refusal:
        try:
            return Entry(record.line, self._row(record.cells))
        except _Unfit as fault:
            place = self.places.get(fault.field)
            return Refusal(record.line, None if place is None else self.header[place], str(fault))

    def _row(self, cells: list[str]) -> LedgerRow:
        currency = self._currency(cells)
        total = self._required("total", self._amount("total", cells, currency))
        if total.minor < 0:
            raise _Unfit("total", f"{total} is below zero; a credit note is not an invoice, and files bring only invoices so far.")
        issued = self._day("issued", cells)
        paid_on = self._day("paid_on", cells)
        return LedgerRow(
            number=self._words("number", cells) or "",
            customer_number=self._customer(cells),
            customer_name=self._words("customer_name", cells),
            total=total,
            due_on=self._due(cells, issued),
            issued_on=issued,
            paid=self._paid(cells, total, paid_on),
            paid_on=paid_on,
            reference=self._words("reference", cells),
            **self._details(cells),
        )

    def _details(self, cells: list[str]) -> dict[str, str | None]:
        """Of the customer: what few files have, so that the others do not pay for it."""
        return {field: self._detail(field, cells) for field in _WANTED if field in self.places}

    def _cell(self, field: str, cells: list[str]) -> str | None:
        place = self.places.get(field)
        text = None if place is None else filled(cells[place])
        if text is not None and not text.isprintable() and any(_unstorable(letter) for letter in text):
            raise _Unfit(field, f"{shown(text)} holds characters that are not text; save the file as CSV UTF-8.")
        return text

    def _words(self, field: str, cells: list[str]) -> str | None:
        text = self._cell(field, cells)
        if text is not None and len(text) > LONGEST_WORDS:
            raise _Unfit(field, f"The cell holds {len(text):,} characters; {LONGEST_WORDS} is the most here.")
        return text

    def _required(self, field: str, value: _T | None) -> _T:
        if value is None:
            raise _Unfit(field, "The cell is empty.")
        return value

    def _customer(self, cells: list[str]) -> str:
        code = self._required("customer", self._words("customer", cells))
        return code.zfill(self.mapping.customer.pad_digits) if code.isascii() and code.isdigit() else code

    def _currency(self, cells: list[str]) -> str:
        code = self._cell("currency", cells) or self.currency
        if code is None:
            raise _Unfit("currency", "The currency is missing.")
        code = code.upper()
        try:
            exponent(code)
        except UnknownCurrency:
            raise _Unfit("currency", f"{shown(code)} is not a currency code such as EUR.") from None
        return code

    def _amount(self, field: str, cells: list[str], currency: str) -> Money | None:
        text = self._cell(field, cells)
        try:
            return None if text is None else amount_of(text, currency, self.marks.get(field))
        except BadAmount as fault:
            sentence = str(fault)
            raise _Unfit(field, f"{sentence[0].upper()}{sentence[1:]}.") from None

    def _day(self, field: str, cells: list[str]) -> date | None:
        text = self._cell(field, cells)
        if text is None:
            return None
        written = self.formats.get(field)
        day = day_of(text, written) if len(text) <= 40 else None
        if day is None:
            raise _Unfit(field, f"{shown(text)} is not a date{f' written as {written}' if written else ''}.")
        return day

    def _due(self, cells: list[str], issued: date | None) -> date:
        if self.mapping.due is not None:
            return self._required("due", self._day("due", cells))
        return self._required("issued", issued) + timedelta(days=self.mapping.terms_days or 0)

    def _paid(self, cells: list[str], total: Money, paid_on: date | None) -> Money | None:
        """Null when the file has no column about payments. A balance goes before an amount, an amount before a mere date."""
        balance = self._amount("balance", cells, total.currency)
        if balance is not None:
            return self._not_negative("balance", total - balance)
        paid = self._amount("paid", cells, total.currency)
        if paid is not None:
            return self._not_negative("paid", paid)
        if paid_on is not None:
            return total
        return Money.zero(total.currency) if {"balance", "paid", "paid_on"} & self.places.keys() else None

    def _not_negative(self, field: str, paid: Money) -> Money:
        if paid.minor < 0:
            raise _Unfit(field, f"That would make {paid} paid, which is below zero.")
        return paid

    def _detail(self, field: str, cells: list[str]) -> str | None:
        text = self._words(field, cells)
        if text is not None and not fits(field, text):
            raise _Unfit(field, f"{shown(text)} is not {_WANTED[field]}.")
        return _party(text) if text is not None and field == "party" else text


def fits(field: str, text: str) -> bool:
    """Whether the cell is what a column of that name holds."""
    match field:
        case "party":
            return _party(text) in set(Party)
        case "zone":
            return _is_zone(text)
        case _:
            return _SHAPES[field].fullmatch(text) is not None


def _party(text: str) -> str:
    return text.casefold().replace(" ", "_")


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except UnknownZone:
        return False
    return True


def _unstorable(letter: str) -> bool:
    """Control characters, and bytes that were no UTF-8."""
    return letter < " " or "\x7f" <= letter <= "\x9f" or "\ud800" <= letter <= "\udfff"
