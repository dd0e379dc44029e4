"""A database with something of everything in it, and what it holds as plain rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.chat.protocol import Incoming, Person
from adapters.keep.backup_file import Head, reading, writing
from adapters.store import tables as t
from adapters.store.columns import METADATA
from adapters.store.engine import open_whole
from adapters.store.restoring import Restored, copy_out, put_back, schema_of
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, Office
from workflows.domain.account import Flag
from workflows.domain.money import Money

COPIED = datetime(2026, 11, 24, 12, tzinfo=UTC)
RESTORED = datetime(2026, 11, 24, 15, tzinfo=UTC)
ODD = (
    "tab\there", "two\nlines\r\n", "back\\slash", "\\N", "\\.", "\\\\x41", "\u202eright to left", "snow ☃ and 🦉", "'; DROP TABLE items; --", '"', "\x0b\x0c\b",
)  # fmt: skip


async def filled(store: SqlStore) -> Office:
    """Messages sent and queued, cards, a snooze, a note, requests as they came in, and names nobody should have."""
    office = Office(store)
    await office.open()
    await office.owe("acme", "brill", "costa")
    async with store() as work:
        due = date(2026, 11, 21)
        odd = [replace(office.row(f"odd{n}", due, "12.34"), customer_name=f"x{name}", reference=name) for n, name in enumerate(ODD)]
        await work.store_rows((await work.book("main")).id, odd, office.clock.now())
        await work.set_read_mark("mailbox", "1:2\t3", office.clock.now())
    await office.tick()
    await office.deliver()
    await office.owe("late")
    await office.tick()
    item = (await office.account("acme")).items[0].id
    async with store() as work:
        await work.flag(Flag(item, ANA.id, office.clock.now(), "\n".join(ODD)))
    await store.inbound(office.clock).accept(Incoming("k1", Person("slack", "T", "U"), text="\\.\n\t"))
    await store.audit.seal()
    return office


def backed_up(url: str, path: Path, *, at: datetime = COPIED, key: bytes = SECRET_KEY) -> dict[str, int]:
    schema = schema_of(url)
    assert schema is not None
    with writing(path, key, schema, at, "0.1.0") as into:
        copy_out(url, into, [key], schema, lambda _: None)
    return into.rows


def restored(url: str, path: Path, *, replace: bool = False, keys: Sequence[bytes] = (SECRET_KEY,)) -> Restored:
    with reading(path, keys) as backup:
        return put_back(url, backup, keys, RESTORED, replace=replace, told=lambda _: None)


def head_of(path: Path) -> Head:
    with reading(path, [SECRET_KEY]) as backup:
        return backup.head


def rows_of(url: str) -> dict[str, list[str]]:
    """Every row of every table as SQLAlchemy reads it, whatever the database keeps it as."""
    engine = open_whole(url)
    with engine.connect() as connection:
        found = {table.name: [_plain(row._asdict()) for row in connection.execute(select(table))] for table in METADATA.sorted_tables}
    engine.dispose()
    return {name: sorted(rows) for name, rows in found.items()}


def _plain(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, default=lambda value: value.hex() if isinstance(value, bytes) else str(value))


ADDED = (t.stops.name, t.cards.name, t.audit.name)  # what a copy has and its original has not


def owed(amount: str) -> Money:
    return Money.of(amount, "EUR")
