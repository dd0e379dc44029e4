"""One record of a file as a ledger row, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from adapters.accounting.cells import DayCell, FaultyCell, NumberCell
from adapters.accounting.emails import LONGEST_LIST, addresses
from adapters.accounting.ledger_amounts import amount_of, currency_in
from adapters.accounting.ledger_dates import day_of, stored_day
from adapters.accounting.mapping import Mapping
from adapters.accounting.records import Record
from adapters.accounting.statuses import KNOWN, Status, status_of
from adapters.accounting.words import filled, shown, small
from workflows.domain.account import Party
from workflows.domain.calendar import UnknownZone, zone
from workflows.domain.money import BadAmount, Money, UnknownCurrency, exponent
from workflows.import_ledger import Entry, Refusal
from workflows.records import LedgerRow

_T = TypeVar("_T")
_EMPTY = "The cell is empty."
LONGEST_WORDS = 200
MOST_DIGITS = 15  # of a number that a sheet keeps exactly
MOST_DAYS = 3650
_TERMS = re.compile(r"(?:net(?:to)? ?)?([0-9]{1,4})(?: ?(?:days?|d|tage?|jours?|d[ií]as?))?(?: ?net(?:to)?)?")
_AT_ONCE = frozenset(
    ["dueonreceipt", "uponreceipt", "immediately", "immediate", "sofort", "sofortfaellig", "areception", "comptant", "contado", "alcontado"]
)
_TOTALS = (
    "total totals totalamount totaldue grandtotal subtotal sum sums sumtotal summe gesamt gesamtsumme gesamtbetrag insgesamt zwischensumme "
    "endsumme totalgeneral totalgeneraux soustotal somme suma sumatotal totales importetotal"
)
_IS_TOTAL = frozenset(_TOTALS.split())
_BOOKS_RECEIVABLE = ("receivable", "forderung", "debitor", "creanceclient", "creancesclient", "cuentasporcobrar")
_SHAPES = {
    "language": re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?"),
    "country": re.compile(r"[A-Z]{2}"),
}
_WANTED = {
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
        """Amounts below zero are read as such; what they mean depends on what a row of the file is."""
        try:
            return Entry(record.line, self._row(record.cells))
        except _Unfit as fault:
            if self._is_total(record.cells):
                return Refusal(record.line, None, "The row is a total of the file, not an invoice; it was left out.")
            return Refusal(record.line, self.column(fault.field), str(fault))

    def column(self, field: str) -> str | None:
        """The header's word for a field."""
        place = self.places.get(field, self.places.get(f"{field}_fallback"))
        return None if place is None else self.header[place] or None

    def number(self, record: Record) -> str | Refusal:
        """The invoice that a line belongs to."""
        try:
            return self._required("number", self._code("number", record.cells))
        except _Unfit as fault:
            if self._is_total(record.cells):
                return Refusal(record.line, None, "The row is a total of the file, not an invoice; it was left out.")
            reason = "The line names no invoice." if str(fault) == _EMPTY else str(fault)
            return Refusal(record.line, self.column("number"), reason)

    def books_receivables(self, record: Record) -> bool:
        """Whether the booking stands on an account of what customers owe."""
        place = self.places.get("account")
        return place is None or any(word in small(record.cells[place]) for word in _BOOKS_RECEIVABLE)

    def _row(self, cells: list[str]) -> LedgerRow:
        status = self._status(cells) if "status" in self.places else None
        currency = self._currency(cells)
        total = self._required("total", self._amount("total", cells, currency))
        issued = self._day("issued", cells)
        paid_on = self._day("paid_on", cells)
        paid = self._paid(cells, total, paid_on, status)
        if status is Status.VOID:
            total, paid = (paid or Money.zero(currency)), None
        customer = self._required("customer", self._code("customer", cells))
        emails = self._emails(cells) if "email" in self.places else ()
        return LedgerRow(
            number=self._code("number", cells) or "",
            customer_number=customer.zfill(self.mapping.customer.pad_digits) if customer.isascii() and customer.isdigit() else customer,
            customer_name=self._words("customer_name", cells),
            total=total,
            due_on=self._due(cells, issued, needed=total.minor > 0),
            issued_on=issued,
            paid=paid,
            paid_on=paid_on,
            reference=self._words("reference", cells),
            email=emails[0] if emails else None,
            more_emails=emails[1:],
            **self._details(cells),
        )

    def _details(self, cells: list[str]) -> dict[str, str | None]:
        """Of the customer: what few files have, so that the others do not pay for it."""
        return {field: self._detail(field, cells) for field in _WANTED if field in self.places}

    def _cell(self, field: str, cells: list[str]) -> str | None:
        place = self.places.get(field)
        if place is None:
            return None
        text = filled(cells[place])
        if text is None:
            return None
        if isinstance(text, FaultyCell):
            raise _Unfit(field, str(text))
        if not text.isprintable() and any(_unstorable(letter) for letter in text):
            raise _Unfit(field, f"{shown(text)} holds characters that are not text; save the file as CSV UTF-8.")
        return text

    def _words(self, field: str, cells: list[str], longest: int = LONGEST_WORDS) -> str | None:
        text = self._cell(field, cells)
        if text is not None and len(text) > longest:
            raise _Unfit(field, f"The cell holds {len(text):,} characters; {longest} is the most here.")
        return text

    def _code(self, field: str, cells: list[str]) -> str | None:
        """An identifier. A sheet keeps no more than fifteen digits of a number, so a longer one is no longer what it was."""
        text = self._words(field, cells) or self._words(f"{field}_fallback", cells)
        if isinstance(text, NumberCell) and len(text.strip("-0").replace(".", "")) > MOST_DIGITS:
            raise _Unfit(field, "The sheet keeps this long number as a rounded figure; store it as text.")
        return text

    def _required(self, field: str, value: _T | None) -> _T:
        if value is None:
            raise _Unfit(field, _EMPTY)
        return value

    def _currency(self, cells: list[str]) -> str:
        code = self._cell("currency", cells) or self.currency or currency_in(self._cell("total", cells) or "")
        if code is None:
            raise _Unfit("currency", "The currency is missing.")
        try:
            exponent(code.upper())
        except UnknownCurrency:
            raise _Unfit("currency", f"{shown(code)} is not a currency code such as EUR.") from None
        return code.upper()

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
        day = stored_day(text) if isinstance(text, DayCell) else day_of(text, written) if len(text) <= 40 else None
        if day is None:
            raise _Unfit(field, f"{shown(text)} is not a date{f' written as {written}' if written else ''}.")
        return day

    def _due(self, cells: list[str], issued: date | None, *, needed: bool) -> date | None:
        """A credit note, or an invoice of nothing, need not be due."""
        due = self._day("due", cells)
        if due is not None:
            return due
        days = self._terms(cells)
        if days is not None and (issued is not None or self.mapping.due is None):
            issued = self._required("issued", issued) if needed else issued
            return None if issued is None else issued + timedelta(days=days)
        return self._required("due" if self.mapping.due else "terms", None) if needed else None

    def _terms(self, cells: list[str]) -> int | None:
        text = self._words("terms", cells)
        if text is None:
            return self.mapping.terms_days
        days = days_of(text)
        if days is None:
            raise _Unfit("terms", f"{shown(text)} is not a number of days.")
        return days

    def _status(self, cells: list[str]) -> Status | None:
        word = None if self.mapping.status is None else self._words("status", cells)
        if word is None or self.mapping.status is None:
            return None
        status = self.mapping.status.means.get(word) or status_of(small(word))
        if status is None:
            raise _Unfit("status", f"{shown(word)} is not a status known here ({KNOWN}); say in a mapping what it means.")
        if status is Status.DRAFT:
            raise _Unfit("status", f"The invoice is {shown(word)}; what is not final is not owed.")
        return status

    def _paid(self, cells: list[str], total: Money, paid_on: date | None, status: Status | None) -> Money | None:
        """Null when the file says nothing of payments. A balance goes before an amount, an amount before a mere date or status."""
        paid = self._said_paid(cells, total)
        if status is Status.VOID:
            return paid
        if paid is None and status is Status.PARTIAL:
            raise _Unfit("status", "The invoice is partly paid, and no column says how much.")
        if paid is None and paid_on is not None and status is Status.OPEN:
            raise _Unfit("status", f"The status is {shown(cells[self.places['status']])}, and the invoice has a day on which it was paid.")
        if paid is not None and status is Status.PAID and paid < total:
            raise _Unfit("status", f"The status is {shown(cells[self.places['status']])}, and {total - paid} of it is open.")
        if paid is None and (paid_on is not None or status is Status.PAID):
            return total
        silent = paid is None and not {"balance", "paid", "paid_on", "status"} & self.places.keys()
        return None if silent else paid or Money.zero(total.currency)

    def _said_paid(self, cells: list[str], total: Money) -> Money | None:
        balance = self._amount("balance", cells, total.currency)
        if balance is not None:
            return self._between("balance", total - balance, total)
        paid = self._amount("paid", cells, total.currency)
        return None if paid is None else self._between("paid", paid, total)

    def _between(self, field: str, paid: Money, total: Money) -> Money:
        """Of a credit note, what was used of it is below zero as well, and no more than all of it."""
        if paid.minor < 0 <= total.minor or (total.minor < 0 and not total <= paid <= Money.zero(total.currency)):
            raise _Unfit(field, f"That would make {paid} paid of {total}, which cannot be.")
        return paid

    def _emails(self, cells: list[str]) -> tuple[str, ...]:
        text = self._words("email", cells, LONGEST_LIST)
        if text is None:
            return ()
        found = addresses(text)
        if not found:
            raise _Unfit("email", f"{shown(text)} is not an e-mail address, or several.")
        return found

    def _is_total(self, cells: list[str]) -> bool:
        """A row that says so, and has neither a day nor a number of its own."""
        days = (self.places.get(field) for field in ("issued", "due", "paid_on"))
        number = self.places.get("number")
        words = [small(cell) for cell in cells if cell and len(cell) < 40]
        return (
            any(word in _IS_TOTAL for word in words)
            and not any(place is not None and filled(cells[place]) for place in days)
            and (number is None or filled(cells[number]) is None or small(cells[number]) in _IS_TOTAL)
        )

    def _detail(self, field: str, cells: list[str]) -> str | None:
        text = self._words(field, cells)
        if text is not None and not fits(field, text):
            raise _Unfit(field, f"{shown(text)} is not {_WANTED[field]}.")
        return _party(text) if text is not None and field == "party" else text


def fits(field: str, text: str) -> bool:
    """Whether the cell is what a column of that name holds."""
    match field:
        case "terms":
            return days_of(text) is not None
        case "party":
            return _party(text) in set(Party)
        case "zone":
            return _is_zone(text)
        case _:
            return _SHAPES[field].fullmatch(text) is not None


def days_of(text: str) -> int | None:
    """Days of payment terms: `30`, `Net 30`, `30 Tage`, `Due on receipt`; null when it is something else."""
    if small(text) in _AT_ONCE:
        return 0
    said = _TERMS.fullmatch(text.casefold())
    return int(said[1]) if said and int(said[1]) <= MOST_DAYS else None


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
