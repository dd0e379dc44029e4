"""A tick over a ledger of which a small part is due, against the same rows written by one statement per table in one transaction."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

import psycopg

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.jobs import decide_all
from bot.policies import PolicyBook, shipped
from bot.verbs.terminal import spare_the_collector
from tests.bench.big_ledger import fill_open
from tests.bench.bulk import driver_url
from tests.bench.databases import filled
from tests.bench.outcome import alone, size_or, tell
from tests.bench.tick_floor import WRITTEN, statements
from tests.fakes.clock import FixedClock

RUNS = 3
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SIZES = {"sqlite": 100_000, "postgresql": 1_000_000}
NAMES = {"sqlite": "tick-sqlite", "postgresql": "tick"}

Counts = tuple[int, ...]


def due_of(kind: str, size: int) -> int:
    """As many of that many open invoices."""
    return size // 10 if kind == "sqlite" else min(50_000, size // 2)


def ours(url: str) -> float:
    """Seconds until no account is left whose time has come."""
    spare_the_collector()
    return asyncio.run(_tick(url))


async def _tick(url: str) -> float:
    store = SqlStore(open_engine(url), [bytes(32)])
    policies = PolicyBook([shipped()], [(shipped().name, shipped().version)])
    begun = time.perf_counter()
    await decide_all(store, policies, FixedClock(NOW), store.abreast)
    took = time.perf_counter() - begun
    await store.close()
    return took


def floor(url: str) -> float:
    """Seconds of the bare statements, committed once."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.partition("///")[2], isolation_level=None)) as file:
            file.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
            begun = time.perf_counter()
            for statement in ("BEGIN IMMEDIATE", *statements("sqlite", NOW), "COMMIT"):
                file.execute(statement)
            return time.perf_counter() - begun
    with psycopg.connect(driver_url(url), options="-c jit=off -c timezone=UTC") as server:
        begun = time.perf_counter()
        for statement in statements("postgresql", NOW):
            server.execute(statement.encode())
        server.commit()
        return time.perf_counter() - begun


def written(url: str) -> Counts:
    """How many rows there are in each table a tick writes to."""
    counting = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in WRITTEN)
    counting += f", (SELECT count(*) FROM customers WHERE next_look_at <= '{NOW:%Y-%m-%d %H:%M:%S}.000000')"
    counting += ", (SELECT count(DISTINCT oldest_due_on) FROM customers)"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.partition("///")[2])) as file:
            return tuple(file.execute(counting).fetchone())
    with psycopg.connect(driver_url(url), options="-c timezone=UTC") as server:
        found = server.execute(counting.encode()).fetchone()
        assert found is not None
        return tuple(found)


def main() -> None:
    kind = sys.argv[1]
    size = size_or(SIZES[kind])
    due = due_of(kind, size)
    with filled(kind, partial(fill_open, invoices=size, due=due, now=NOW)) as databases:
        mine, least, memory = [], [], 0
        for _ in range(RUNS):
            url = databases.copy()
            least.append(floor(url))
            expected = written(url)
            url = databases.copy()
            took, peak = alone(ours, url)
            assert written(url) == expected, dict(zip(WRITTEN, zip(written(url), expected, strict=True), strict=False))
            mine.append(took)
            memory = max(memory, peak)
    tell(NAMES[kind], size, mine, least, done=due, rss_mb=memory)


if __name__ == "__main__":
    main()
