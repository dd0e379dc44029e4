"""JSON lines of a ledger to facts, with the line of every mistake."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import lcm
from typing import Any, TypeVar
from uuid import uuid5

from workflows.domain.account import Book, Party
from workflows.domain.calendar import Place, UnknownZone, zone
from workflows.domain.contact import EVERY
from workflows.domain.ids import BookId
from workflows.domain.money import BadAmount, Money, UnknownCurrency, exponent, total
from workflows.ledger_facts import (
    Answered,
    Collecting,
    Disputed,
    Failed,
    Flagged,
    Held,
    Invoiced,
    Known,
    LedgerFact,
    MoneyKind,
    OptedOut,
    Part,
    Planned,
    PolicySwitched,
    Promised,
    Received,
    Released,
    Replied,
    Reversed,
    Says,
    Snoozed,
    Ticked,
)
from workflows.simulate import NINE
from workflows.simulated_claims import NAMES

T = TypeVar("T")
_DAY_LENGTH = len("2026-11-24")


class BadLine(ValueError):
    """A line that cannot be read; the sentence names it."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(f"Line {line}: {words}")


class _Wrong(ValueError):
    """What is wrong with a line; which one it is, the reader knows."""


@dataclass(frozen=True, slots=True)
class Ledger:
    book: Book
    facts: tuple[LedgerFact, ...]


def read_ledger(text: str) -> Ledger:
    """Raises `BadLine` for the first line that cannot be read."""
    rows = [(number, _row(number, line)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    book = _book({})
    if rows and rows[0][1].get("fact") == "book":
        book = _at_line(rows[0][0], _book, rows.pop(0)[1])
    reader = _Reader(book, {str(row["number"]): row.get("currency") for _, row in rows if row.get("fact") == "invoice" and "number" in row})
    return Ledger(book, tuple(_at_line(number, reader.fact, row | {"id": row.get("id", f"line {number}")}) for number, row in rows))


def _row(number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise BadLine(number, f"this is no JSON ({error}).") from None
    if not isinstance(row, dict):
        raise BadLine(number, "expected one JSON object.")
    return row


def _at_line(number: int, read: Callable[[dict[str, Any]], T], row: dict[str, Any]) -> T:
    try:
        return read(row)
    except (_Wrong, BadAmount, UnknownCurrency, UnknownZone) as error:
        raise BadLine(number, f"{error}".rstrip(".") + ".") from None


def _book(row: Mapping[str, Any]) -> Book:
    currency = row.get("currency")
    if currency is not None:
        exponent(_text(row, "currency"))
    return Book(BookId(uuid5(NAMES, "book")), str(row.get("slug", "main")), "Ledger", _place(row, Place("UTC")), currency)


def _place(row: Mapping[str, Any], falls_back: Place) -> Place:
    name = _text(row, "zone") if row.get("zone") is not None else falls_back.zone
    country = _text(row, "country") if row.get("country") is not None else falls_back.country
    return Place(zone(name).key, country)


@dataclass(frozen=True, slots=True)
class _Reader:
    book: Book
    currencies: Mapping[str, Any]

    def fact(self, row: Mapping[str, Any]) -> LedgerFact:
        name = _text(row, "fact")
        if name == "book":
            raise _Wrong("the fact book stands on the first line only")
        if name not in _KNOWN:
            raise _Wrong(f"there is no fact “{name}”; there are {', '.join(sorted({*_KNOWN, 'book'}))}")
        return LedgerFact(str(row["id"]), self.instant(row), _KNOWN[name](self, row))

    def instant(self, row: Mapping[str, Any]) -> datetime:
        """A date is its first instant at the book's place, of a tick 09:00."""
        text = _text(row, "on")
        if len(text) == _DAY_LENGTH:
            return self.book.place.at(_day(row, "on"), NINE if row["fact"] == "tick" else time())
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise _Wrong(f"“{text}” is neither a date nor a time; write it like 2026-11-24 or 2026-11-24T10:00+01:00") from None
        if at.tzinfo is None:
            raise _Wrong(f"the time “{text}” has no offset; write it like 2026-11-24T10:00+01:00")
        return at.astimezone(UTC)

    def money(self, row: Mapping[str, Any], invoice: str | None = None) -> Money:
        currency = row.get("currency") or self.currencies.get(invoice or "") or self.book.currency
        if currency is None:
            raise _Wrong("there is no `currency`")
        return Money.of(_text(row, "amount"), str(currency))

    def invoices(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """`invoices`, or the one `invoice`."""
        several = row.get("invoices", [row["invoice"]] if row.get("invoice") is not None else [])
        if not isinstance(several, list):
            raise _Wrong("`invoices` is a list of numbers")
        return tuple(map(str, several))

    def some_invoices(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        found = self.invoices(row)
        if not found:
            raise _Wrong("there is no `invoice`")
        return found

    def parts(self, row: Mapping[str, Any], currency: str) -> tuple[Part, ...]:
        rows = row.get("instalments") or []
        if not isinstance(rows, list) or not all(isinstance(part, dict) for part in rows):
            raise _Wrong("`instalments` is a list of entries with `due` and `amount` or `share`")
        shares = _shares(rows)
        amounts = [None if part.get("amount") is None else Money.of(_text(part, "amount"), currency) for part in rows]
        return tuple(Part(_day(part, "due"), amount, share) for part, amount, share in zip(rows, amounts, shares, strict=True))


def _customer(reader: _Reader, row: Mapping[str, Any]) -> Says:
    party, channels = row.get("party"), row.get("channels")
    if party is not None and party not in set(Party):
        raise _Wrong(f"“{party}” is no party; choose one of {', '.join(Party)}")
    if channels is not None and not isinstance(channels, list):
        raise _Wrong("`channels` is a list, such as [email]")
    place = _place(row, reader.book.place) if row.get("zone") or row.get("country") else None
    reached = None if channels is None else tuple(map(str, channels))
    return Known(
        _customer_number(row),
        place,
        _maybe(row, "language"),
        None if party is None else Party(party),
        reached,
        row.get("excluded"),
        _maybe(row, "parent"),
        _maybe(row, "segment"),
    )


def _customer_number(row: Mapping[str, Any]) -> str:
    return _text(row, "number") if "customer" not in row and "number" in row else _text(row, "customer")


def _invoice(reader: _Reader, row: Mapping[str, Any]) -> Says:
    currency = str(row.get("currency") or reader.book.currency or _text(row, "currency"))
    exponent(currency)
    parts = reader.parts(row, currency)
    given = [part.amount for part in parts if part.amount is not None]
    whole = (
        total(given, currency) if row.get("amount") is None and len(given) == len(parts) > 0 else Money.of(_text(row, "amount"), currency)
    )
    if whole.minor <= 0:
        raise _Wrong("the amount of an invoice is above zero; what goes the other way is a credit")
    due = None if row.get("due") is None else _day(row, "due")
    issued = reader.book.place.day(reader.instant(row)) if row.get("issued") is None else _day(row, "issued")
    return Invoiced(_text(row, "customer"), _text(row, "number"), whole, due, issued, parts, _is_draft(row), _maybe(row, "product"))


def _received(kind: MoneyKind) -> Callable[[_Reader, Mapping[str, Any]], Says]:
    def read(reader: _Reader, row: Mapping[str, Any]) -> Says:
        invoice, customer = _maybe(row, "invoice"), _maybe(row, "customer")
        if kind in {MoneyKind.VOID, MoneyKind.WRITE_OFF}:
            return Received(kind, customer, _text(row, "invoice"))
        if invoice is None and customer is None:
            raise _Wrong("there is no `invoice`, and no `customer` on whose account it is")
        amount = reader.money(row, invoice)
        if amount.minor <= 0:
            raise _Wrong("the amount is above zero; what was taken back is a reversal")
        return Received(kind, customer, invoice, amount, _is_draft(row))

    return read


def _plan(reader: _Reader, row: Mapping[str, Any]) -> Says:
    invoices = reader.some_invoices(row)
    currency = row.get("currency") or reader.currencies.get(invoices[0].partition("/")[0]) or reader.currencies.get(invoices[0])
    parts = reader.parts(row, str(currency or reader.book.currency or "EUR"))
    if not parts:
        raise _Wrong("there are no `instalments`")
    return Planned(invoices, parts)


def _promise(reader: _Reader, row: Mapping[str, Any]) -> Says:
    invoices = reader.some_invoices(row)
    amount = None if row.get("amount") is None else reader.money(row, invoices[0].partition("/")[0])
    return Promised(invoices, _day(row, "until"), amount)


def _hold(reader: _Reader, row: Mapping[str, Any]) -> Says:
    customer, invoices = _maybe(row, "customer"), reader.invoices(row)
    if customer is None and not invoices:
        raise _Wrong("there is no `customer` and no `invoice`")
    until = None if row.get("until") is None else _day(row, "until")
    return Held(customer, invoices, until, _maybe(row, "reason") or "no reason given")


def _reply(reader: _Reader, row: Mapping[str, Any]) -> Says:
    customer, invoices = _maybe(row, "customer"), reader.invoices(row)
    if customer is None and not invoices:
        raise _Wrong("there is no `customer` and no `invoice`")
    return Replied(customer, invoices)


def _failed(reader: _Reader, row: Mapping[str, Any]) -> Says:
    invoices = reader.some_invoices(row)
    return Failed(invoices, None if row.get("amount") is None else reader.money(row, invoices[0].partition("/")[0]))


def _release(reader: _Reader, row: Mapping[str, Any]) -> Says:
    customer, invoices = _maybe(row, "customer"), reader.invoices(row)
    if customer is None and not invoices:
        raise _Wrong("there is no `customer` and no `invoice`")
    return Released(customer, invoices)


_KNOWN: dict[str, Callable[[_Reader, Mapping[str, Any]], Says]] = {
    "customer": _customer,
    "invoice": _invoice,
    "reversal": lambda _, row: Reversed(_text(row, "of")),
    "snooze": lambda reader, row: Snoozed(reader.some_invoices(row), _day(row, "until")),
    "flag": lambda reader, row: Flagged(reader.some_invoices(row)),
    "promise": _promise,
    "dispute": lambda reader, row: Disputed(reader.some_invoices(row), _maybe(row, "reason") or "no reason given"),
    "dispute_resolved": lambda reader, row: Disputed(reader.some_invoices(row), resolved=True),
    "hold": _hold,
    "policy_off": lambda _, __: PolicySwitched(on=False),
    "policy_on": lambda _, __: PolicySwitched(on=True),
    "plan": _plan,
    "release": _release,
    "reply": _reply,
    "opt_out": lambda _, row: OptedOut(_text(row, "customer"), _maybe(row, "channel") or EVERY),
    "collection_scheduled": lambda reader, row: Collecting(reader.some_invoices(row), _day(row, "for")),
    "payment_failed": _failed,
    "approved": lambda reader, row: Answered(reader.some_invoices(row), _text(row, "step"), approved=True),
    "skip": lambda reader, row: Answered(reader.some_invoices(row), _text(row, "step"), approved=False),
    "tick": lambda _, __: Ticked(),
    **{kind.value: _received(kind) for kind in MoneyKind},
}


def _text(row: Mapping[str, Any], key: str) -> str:
    found = row.get(key)
    if found is None or (isinstance(found, str) and not found):
        raise _Wrong(f"there is no `{key}`")
    if isinstance(found, bool | float | dict | list):
        raise _Wrong(f"`{key}` is a text in quotes")
    return str(found)


def _maybe(row: Mapping[str, Any], key: str) -> str | None:
    return None if row.get(key) is None else _text(row, key)


def _day(row: Mapping[str, Any], key: str) -> date:
    text = _text(row, key)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Wrong(f"`{key}` is “{text}”, which is no date; write it like 2026-11-24") from None


def _is_draft(row: Mapping[str, Any]) -> bool:
    status = row.get("status", "final")
    if status not in {"draft", "final"}:
        raise _Wrong(f"the status “{status}” is neither draft nor final")
    return bool(status == "draft")


def _shares(rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Whole numbers in the same proportion; an instalment without a share counts as one."""
    try:
        shares = [Fraction(Decimal(str(part.get("share", 1)))) for part in rows]
    except (InvalidOperation, ValueError, OverflowError):
        raise _Wrong("`share` is a number such as 50") from None
    whole = lcm(*(share.denominator for share in shares))
    return [int(share * whole) for share in shares]
