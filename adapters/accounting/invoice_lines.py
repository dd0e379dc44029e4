"""Rows that are lines of invoices, put together by invoice number. An invoice is kept whole or not at all, and every row is told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from adapters.accounting.ledger_row import RowReader
from adapters.accounting.mapping import Lines
from adapters.accounting.records import Record
from workflows.domain.money import Money, total
from workflows.import_ledger import Entry, Refusal
from workflows.records import LedgerRow

_WORDS = {"customer_number": "customer", "currency": "currency", "due_on": "due date", "issued_on": "invoice date"}


def together(records: Iterable[Record | Refusal], reader: RowReader, lines: Lines) -> Iterator[Entry | Refusal]:
    """Lines of an invoice need not stand together, so the invoices come at the end; memory grows with their number."""
    invoices: dict[str, _Invoice] = {}
    for record in records:
        if isinstance(record, Refusal):
            yield record
            continue
        number = reader.number(record)
        if isinstance(number, Refusal):
            yield number
            continue
        invoice = invoices.setdefault(number, _Invoice())
        if lines is Lines.BOOK and not reader.books_receivables(record):
            invoice.others.append(record.line)
        else:
            invoice.take(record, reader.read(record))
    column = reader.heading("number")
    for number, invoice in invoices.items():
        yield from _CLOSED[lines](invoice, number, column)


@dataclass(slots=True)
class _Invoice:
    entries: list[Entry] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    def take(self, record: Record, one: Entry | Refusal) -> None:
        if isinstance(one, Refusal):
            self.refused.append(one)
            return
        self.entries.append(one)
        content = blake2b(repr(record.cells).encode(errors="surrogatepass"), digest_size=16).digest()
        if content in self._seen:
            self.repeated.append(record.line)
        self._seen.add(content)

    def whole(self, row: LedgerRow) -> Entry:
        return Entry(self.entries[0].line, row, len(self.entries) + len(self.others), tuple(self.repeated))

    def left_out(self, column: str | None, reason: str) -> Iterator[Refusal]:
        for line in sorted([*(entry.line for entry in self.entries), *self.others]):
            yield Refusal(line, column, reason)

    def broken(self) -> Iterator[Refusal]:
        yield from self.refused
        first = self.refused[0].line
        yield from self.left_out(None, f"Line {first} of the same invoice was refused, and an invoice is kept whole or not at all.")

    def differing(self) -> str | None:
        """What the lines of one invoice must agree on and do not."""
        for name, word in _WORDS.items():
            said = {row.total.currency if name == "currency" else getattr(row, name) for row in (entry.row for entry in self.entries)}
            if len(said - {None}) > 1:
                return f"The lines of the invoice do not have the same {word}."
        return None


def _added(invoice: _Invoice, number: str, column: str | None) -> Iterator[Entry | Refusal]:
    if invoice.refused:
        yield from invoice.broken()
    elif reason := invoice.differing():
        yield from invoice.left_out(column, reason)
    else:
        rows = [entry.row for entry in invoice.entries]
        paid = None if any(row.paid is None for row in rows) else _sum([row.paid for row in rows if row.paid is not None])
        days = [row.paid_on for row in rows if row.paid_on]
        due = next((row.due_on for row in rows if row.due_on), None)
        product = next((row.product for row in rows if row.product), None)
        first = replace(rows[0], number=number, due_on=due, product=product)
        yield invoice.whole(replace(first, total=_sum([row.total for row in rows]), paid=paid, paid_on=max(days, default=None)))


def _repeated(invoice: _Invoice, number: str, column: str | None) -> Iterator[Entry | Refusal]:
    """The first line stands for all that say the same."""
    if invoice.refused:
        yield from invoice.broken()
        return
    first = invoice.entries[0]
    other = [entry for entry in invoice.entries if entry.row != first.row]
    invoice.entries = [entry for entry in invoice.entries if entry.row == first.row]
    yield invoice.whole(replace(first.row, number=number))
    for entry in other:
        yield Refusal(entry.line, column, f"Line {first.line} has the same invoice number with other content.")


def _booked(invoice: _Invoice, number: str, column: str | None) -> Iterator[Entry | Refusal]:
    raised = [entry for entry in invoice.entries if entry.row.total.minor > 0]
    rows = [entry.row for entry in invoice.entries]
    if invoice.refused:
        yield from invoice.broken()
    elif not invoice.entries:
        yield from invoice.left_out(column, "No line of this number is on an account of receivables.")
    elif not raised:
        yield from invoice.left_out(column, "The file has payments of this invoice and not the invoice itself.")
    elif len({(row.customer_number, row.total.currency) for row in rows}) > 1:
        yield from invoice.left_out(column, "The lines of the invoice do not have the same customer and currency.")
    else:
        money = [row for row in rows if row.total.minor < 0]
        paid = -_sum([row.total for row in money]) if money else Money.zero(rows[0].total.currency)
        day = max((row.issued_on for row in money if row.issued_on), default=None)
        whole = _sum([entry.row.total for entry in raised])
        yield invoice.whole(replace(raised[0].row, number=number, total=whole, paid=paid, paid_on=day))


_CLOSED = {Lines.ADD: _added, Lines.REPEAT: _repeated, Lines.BOOK: _booked}


def _sum(amounts: list[Money]) -> Money:
    return total(amounts, amounts[0].currency)
