"""A large ledger written straight into the tables of a migrated SQLite database: ten invoices a customer, most of them paid."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PER_CUSTOMER = 10
_SEEN = "2026-01-01 00:00:00.000000"

Row = dict[str, object]


def fill(path: Path, invoices: int) -> None:
    """Of every ten invoices six are paid, two are late by up to 120 days, two are not yet due. Accounts are looked at over 90 days."""
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA synchronous = OFF")
        (book,) = base.execute("SELECT id FROM books WHERE slug = 'main'").fetchone()
        _insert(base, "customers", _customers(str(book), invoices // PER_CUSTOMER))
        _insert(base, "items", _items(str(book), invoices))
        _insert(base, "payments", _payments(invoices))
        base.execute("ANALYZE")


def fill_open(path: Path, invoices: int, *, due: int, now: datetime) -> None:
    """Nothing is paid. The first `due` invoices, those of whole customers, are five days late on `now` and looked at then; the others are due later."""
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA synchronous = OFF")
        (book,) = base.execute("SELECT id FROM books WHERE slug = 'main'").fetchone()
        base.execute("UPDATE books SET read_through = ?, read_at = ?", (f"{now:%Y-%m-%d}", f"{now:%Y-%m-%d %H:%M:%S}.000000"))
        late, later = now.date() - timedelta(days=5), now + timedelta(days=30)
        customers = _customers(str(book), invoices // PER_CUSTOMER)
        looks = (now if n < due // PER_CUSTOMER else later for n in range(invoices // PER_CUSTOMER))
        _insert(
            base,
            "customers",
            (row | {"next_look_at": f"{look:%Y-%m-%d %H:%M:%S}.000000"} for row, look in zip(customers, looks, strict=True)),
        )
        _insert(base, "contacts", _contacts(invoices // PER_CUSTOMER))
        days = (late if n < due else later.date() for n in range(invoices))
        _insert(
            base,
            "items",
            (row | {"due_on": day.isoformat(), "currency": "EUR"} for row, day in zip(_items(str(book), invoices), days, strict=True)),
        )
        base.execute("ANALYZE")


def _contacts(count: int) -> Iterator[Row]:
    for n in range(count):
        yield {"id": _id(4, n), "customer_id": _id(1, n), "kind": "email", "address": f"pay@c{n}.example", "position": 0}


def _insert(base: sqlite3.Connection, table: str, rows: Iterator[Row]) -> None:
    first = next(rows)
    names = ", ".join(first)
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(first))})"
    base.execute(statement, tuple(first.values()))
    base.executemany(statement, (tuple(row.values()) for row in rows))


def _id(kind: int, number: int) -> str:
    return UUID(int=(kind << 64) + number).hex


def _customers(book: str, count: int) -> Iterator[Row]:
    for n in range(count):
        look = NOW + timedelta(hours=n % 2160)
        yield {
            "id": _id(1, n), "book_id": book, "number": f"C{n}", "name": f"Customer {n}", "folded": f"customer {n}", "party": "business",
            "released_at": _SEEN, "next_look_at": f"{look:%Y-%m-%d %H:%M:%S}.000000", "policy_name": None, "policy_version": None,
        }  # fmt: skip


def _items(book: str, count: int) -> Iterator[Row]:
    for n in range(count):
        due = _due(n)
        yield {
            "id": _id(2, n), "book_id": book, "customer_id": _id(1, n // PER_CUSTOMER), "kind": "invoice", "number": f"I{n}",
            "total": 10_000 + n % 977, "currency": "EUR" if n % 3 else "USD", "due_on": due.isoformat(),
            "issued_on": (due - timedelta(days=30)).isoformat(), "seen_at": _SEEN, "position": 0,
        }  # fmt: skip


def _due(n: int) -> date:
    if n % PER_CUSTOMER < 6:
        return TODAY - timedelta(days=n % 400)
    return TODAY - timedelta(days=n % 120) if n % PER_CUSTOMER < 8 else TODAY + timedelta(days=1 + n % 30)


def _payments(count: int) -> Iterator[Row]:
    for n in range(count):
        if n % PER_CUSTOMER < 6:
            yield {
                "id": _id(3, n), "customer_id": _id(1, n // PER_CUSTOMER), "item_id": _id(2, n), "amount": 10_000 + n % 977,
                "currency": "EUR" if n % 3 else "USD", "paid_on": (_due(n) + timedelta(days=n % 11 - 4)).isoformat(), "key": f"P{n}",
            }  # fmt: skip
