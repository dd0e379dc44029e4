"""One record of a file as a ledger row, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from adapters.accounting.ledger_columns import Cells, Columns, Unfit
from adapters.accounting.mapping import Mapping
from adapters.accounting.records import Record
from adapters.accounting.statuses import Status
from adapters.accounting.words import filled, shown, small
from workflows.domain.money import Money
from workflows.import_ledger import Entry, Refusal
from workflows.records import LedgerRow

_T = TypeVar("_T")
_EMPTY = "The cell is empty."
_TOTALS = (
    "total totals totalamount totaldue grandtotal subtotal sum sums sumtotal summe gesamt gesamtsumme gesamtbetrag insgesamt zwischensumme "
    "endsumme totalgeneral totalgeneraux soustotal somme suma sumatotal totales importetotal"
)
_IS_TOTAL = frozenset(_TOTALS.split())
_BOOKS_RECEIVABLE = ("receivable", "forderung", "debitor", "creanceclient", "creancesclient", "cuentasporcobrar")


@dataclass(frozen=True, slots=True)
class RowReader:
    """What a record means: where each field stands, how the cells there are read, the currency of rows that name none."""

    mapping: Mapping
    header: tuple[str, ...]
    places: Dict[str, int]
    columns: Columns
    currency: str | None

    def read(self, record: Record) -> Entry | Refusal:
        """Amounts below zero are read as such; what they mean depends on what a row of the file is."""
        try:
            return Entry(record.line, self._row(record.cells))
        except Unfit as fault:
            return self._refusal(record, fault, str(fault))

    def heading(self, field: str) -> str | None:
        """The header's word for a field."""
        place = self.places.get(field, self.places.get(f"{field}_fallback"))
        return None if place is None else self.header[place] or None

    def number(self, record: Record) -> str | Refusal:
        """The invoice that a line belongs to."""
        try:
            return _required("number", self.columns.code("number", record.cells))
        except Unfit as fault:
            return self._refusal(record, fault, "The line names no invoice." if str(fault) == _EMPTY else str(fault))

    def books_receivables(self, record: Record) -> bool:
        """Whether the booking stands on an account of what customers owe."""
        place = self.places.get("account")
        return place is None or any(word in small(record.cells[place]) for word in _BOOKS_RECEIVABLE)

    def _refusal(self, record: Record, fault: Unfit, reason: str) -> Refusal:
        if self._is_total(record.cells):
            return Refusal(record.line, None, "The row is a total of the file, not an invoice; it was left out.")
        return Refusal(record.line, self.heading(fault.field), reason)

    def _is_total(self, cells: Cells) -> bool:
        """A row that says so, and has neither a day nor a number of its own."""
        days = (self.places.get(field) for field in ("issued", "due", "paid_on"))
        number = self.places.get("number")
        words = [small(cell) for cell in cells if cell and len(cell) < 40]
        return (
            any(word in _IS_TOTAL for word in words)
            and not any(place is not None and filled(cells[place]) for place in days)
            and (number is None or filled(cells[number]) is None or small(cells[number]) in _IS_TOTAL)
        )

    def _row(self, cells: Cells) -> LedgerRow:
        read = self.columns
        status = read.status(cells)
        currency = read.currency(cells, self.currency)
        total = _required("total", read.amount("total", cells, currency))
        issued = read.issued(cells)
        paid_on = read.paid_on(cells)
        paid = self._paid(cells, total, paid_on, status)
        if status is Status.VOID:
            total, paid = (paid or Money.zero(currency)), None
        customer = _required("customer", read.code("customer", cells))
        emails = read.emails(cells) or ()
        return LedgerRow(
            number=read.code("number", cells) or "",
            customer_number=customer.zfill(self.mapping.customer.pad_digits) if customer.isascii() and customer.isdigit() else customer,
            customer_name=read.words("customer_name", cells),
            total=total,
            due_on=self._due(cells, issued, needed=total.minor > 0),
            issued_on=issued,
            paid=paid,
            paid_on=paid_on,
            reference=read.words("reference", cells),
            email=emails[0] if emails else None,
            more_emails=emails[1:],
            **{field: value(cells) for field, value in read.details.items()},
        )

    def _due(self, cells: Cells, issued: date | None, *, needed: bool) -> date | None:
        """A credit note, or an invoice of nothing, need not be due."""
        due = self.columns.due(cells)
        if due is not None:
            return due
        days = self.columns.terms(cells)
        days = self.mapping.terms_days if days is None else days
        if days is not None and (issued is not None or self.mapping.due is None):
            issued = _required("issued", issued) if needed else issued
            return None if issued is None else issued + timedelta(days=days)
        return _required("due" if self.mapping.due else "terms", None) if needed else None

    def _paid(self, cells: Cells, total: Money, paid_on: date | None, status: Status | None) -> Money | None:
        """Null when the file says nothing of payments. A balance goes before an amount, an amount before a mere date or status."""
        paid = self._said_paid(cells, total)
        if status is Status.VOID:
            return paid
        if paid is None and status is Status.PARTIAL:
            raise Unfit("status", "The invoice is partly paid, and no column says how much.")
        if paid is None and paid_on is not None and status is Status.OPEN:
            raise Unfit("status", f"The status is {shown(cells[self.places['status']])}, and the invoice has a day on which it was paid.")
        if paid is not None and status is Status.PAID and paid < total:
            raise Unfit("status", f"The status is {shown(cells[self.places['status']])}, and {total - paid} of it is open.")
        if paid is None and (paid_on is not None or status is Status.PAID):
            return total
        silent = paid is None and not {"balance", "paid", "paid_on", "status"} & self.places.keys()
        return None if silent else paid or Money.zero(total.currency)

    def _said_paid(self, cells: Cells, total: Money) -> Money | None:
        balance = self.columns.amount("balance", cells, total.currency)
        if balance is not None:
            return _between("balance", total - balance, total)
        paid = self.columns.amount("paid", cells, total.currency)
        return None if paid is None else _between("paid", paid, total)


def _required(field: str, value: _T | None) -> _T:
    if value is None:
        raise Unfit(field, _EMPTY)
    return value


def _between(field: str, paid: Money, total: Money) -> Money:
    """Of a credit note, what was used of it is below zero as well, and no more than all of it."""
    if paid.minor < 0 <= total.minor or (total.minor < 0 and not total <= paid <= Money.zero(total.currency)):
        raise Unfit(field, f"That would make {paid} paid of {total}, which cannot be.")
    return paid
