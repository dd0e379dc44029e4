"""A CSV file of invoices read into an empty book, against the csv reader and the bare driver writing the same rows."""

from __future__ import annotations

import asyncio
import csv
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import psycopg

from adapters.accounting.ledger_file import read_ledger
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.verbs.terminal import spare_the_collector
from tests.bench.bulk import driver_url
from tests.bench.databases import filled
from tests.bench.outcome import alone, size_or, tell
from tests.fakes.clock import FixedClock
from workflows.import_ledger import ImportLedger, import_ledger

RUNS = 3
SIZE = 100_000
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HEADER = (
    "Invoice number",
    "Customer number",
    "Customer",
    "E-mail",
    "Invoice date",
    "Due date",
    "Amount",
    "Currency",
    "Paid date",
    "Paid amount",
)
TABLES = {
    "customers": ("id", "book_id", "number", "name", "folded", "party", "next_look_at"),
    "contacts": ("id", "customer_id", "kind", "address", "position"),
    "items": ("id", "book_id", "customer_id", "kind", "number", "total", "currency", "due_on", "issued_on", "seen_at", "position"),
    "payments": ("id", "customer_id", "item_id", "amount", "currency", "paid_on", "key"),
}
COUNTED = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)

Rows = dict[str, list[tuple[object, ...]]]


def write_file(path: Path, size: int) -> None:
    """Nine invoices a customer, four fifths of them paid."""
    dice = Random(size)
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(HEADER)
        for n in range(size):
            owner, due = dice.randrange(size // 9 + 1), TODAY - timedelta(days=dice.randrange(400) - 60)
            total = f"{20 + dice.lognormvariate(5, 1.5):.2f}"
            paid = (str(due + timedelta(days=3)), total) if due < TODAY - timedelta(days=5) and dice.random() < 0.9 else ("", "")
            known = (f"C{owner}", f"Customer {owner} GmbH", f"pay@c{owner}.example", str(due - timedelta(days=30)), str(due))
            lines.writerow((f"INV-{n}", *known, total, "EUR", *paid))


def ours(url: str, path: Path) -> float:
    """Seconds from the file to the commit."""
    spare_the_collector()
    return asyncio.run(_import(url, path))


async def _import(url: str, path: Path) -> float:
    store = SqlStore(open_engine(url), [bytes(32)])
    begun = time.perf_counter()
    reading = read_ledger(path)
    assert reading.certain, reading.questions + reading.doubts
    async with store() as work:
        ask = ImportLedger("main", reading.rows(), TODAY, reading.number_column, whole=True)
        done = await import_ledger(ask, work, FixedClock(NOW))
    took = time.perf_counter() - begun
    assert done.imported == done.rows == reading.count, done
    await store.close()
    return took


def floor(url: str, path: Path) -> float:
    begun = time.perf_counter()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.partition("///")[2], isolation_level=None)) as file:
            file.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; BEGIN IMMEDIATE")
            (book,) = file.execute("SELECT id FROM books WHERE slug = 'main'").fetchone()
            for table, rows in _rows(path, str(book)).items():
                marks = ", ".join("?" * len(TABLES[table]))
                file.executemany(f"INSERT INTO {table} ({', '.join(TABLES[table])}) VALUES ({marks})", rows)
            file.execute("COMMIT")
        return time.perf_counter() - begun
    with psycopg.connect(driver_url(url), options="-c timezone=UTC") as server:
        (book,) = server.execute("SELECT id FROM books WHERE slug = 'main'").fetchone() or ("",)
        for table, rows in _rows(path, str(book)).items():
            with server.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(TABLES[table])}) FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)
        server.commit()
    return time.perf_counter() - begun


def _rows(path: Path, book: str) -> Rows:
    """What the file comes to, nothing checked."""
    made: Rows = {table: [] for table in TABLES}
    owners: dict[str, str] = {}
    now = f"{NOW:%Y-%m-%d %H:%M:%S}.000000"
    with path.open(newline="", encoding="utf-8") as file:
        lines: Iterator[list[str]] = csv.reader(file)
        next(lines)
        for n, (number, owner, name, email, issued, due, total, currency, paid_on, paid) in enumerate(lines):
            of = owners.get(owner)
            if of is None:
                of = owners[owner] = f"{1:016x}{len(owners):016x}"
                made["customers"].append((of, book, owner, name, name.casefold(), "business", now))
                made["contacts"].append((f"{4:016x}{len(owners):016x}", of, "email", email, 0))
            item = f"{2:016x}{n:016x}"
            made["items"].append((item, book, of, "invoice", number, int(total.replace(".", "")), currency, due, issued, now, 0))
            if paid:
                made["payments"].append((f"{3:016x}{n:016x}", of, item, int(paid.replace(".", "")), currency, paid_on, f"file:{number}:1"))
    return made


def written(url: str) -> tuple[int, ...]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.partition("///")[2])) as file:
            return tuple(file.execute(COUNTED).fetchone())
    with psycopg.connect(driver_url(url)) as server:
        return tuple(server.execute(COUNTED.encode()).fetchone() or ())


def main() -> None:
    kind, size = sys.argv[1], size_or(SIZE)
    with tempfile.TemporaryDirectory() as folder, filled(kind, lambda _: None) as databases:
        path = Path(folder) / "ledger.csv"
        write_file(path, size)
        mine, least, memory = [], [], 0
        for _ in range(RUNS):
            url = databases.copy()
            took, _ = alone(floor, url, path)
            least.append(took)
            expected = written(url)
            url = databases.copy()
            took, peak = alone(ours, url, path)
            assert written(url) == expected, (written(url), expected)
            mine.append(took)
            memory = max(memory, peak)
    tell("import" + ("-sqlite" if kind == "sqlite" else ""), size, mine, least, rss_mb=memory)


if __name__ == "__main__":
    main()
