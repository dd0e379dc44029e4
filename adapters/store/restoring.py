"""Backup and restore of the whole database: out of one snapshot, and back within one transaction, all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, inspect, literal, select, text, update
from sqlalchemy import table as named
from sqlalchemy.exc import IntegrityError

from adapters.keep.backup_file import Backup, BadBackup, Head, Writing
from adapters.store import tables as t
from adapters.store.copying import count_on, lines_of, tables_of, write_lines
from adapters.store.engine import open_whole
from adapters.store.keys import fits
from adapters.store.migrate import HangsInTheAir, head, knows, move, must_hold_together
from workflows.domain.ids import new_id
from workflows.errors import Refused
from workflows.records import CardKind, CardState
from workflows.stops import StopKind

# What a database holds that was made, and served, and never used.
_MADE_EMPTY = frozenset({"audit_head", "books", "job_runs", "policies", "processes", "stops"})

Progress = Callable[[int], None]


class HoldsSomething(Refused):
    """The database to restore into is not empty."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. `schema` is what the database is at now; `replaced` whether something was there before."""

    head: Head
    rows: Mapping[str, int]
    schema: str
    replaced: bool


def schema_of(url: str) -> str | None:
    """The revision the database is at; null when it is empty."""
    engine = open_whole(url)
    try:
        with engine.connect() as connection:
            return _revision(connection)
    finally:
        engine.dispose()


def copy_out(url: str, into: Writing, keys: Sequence[bytes], schema: str, told: Progress) -> None:
    """Every table as it was at one instant. Who writes meanwhile waits for nothing. Raises `Unreadable` for a key that does not fit."""
    engine = open_whole(url)
    options: dict[str, Any] = {"reads_only": True}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            if _revision(connection) != schema:
                raise Refused("The database was migrated meanwhile. Make the backup again.")
            fits(connection, keys)
            for table in tables_of(connection):
                into.table(table.table, list(table.kinds), _counted(lines_of(connection, table), told))
    finally:
        engine.dispose()


def _counted(lines: Any, told: Progress) -> Any:
    for number, line in enumerate(lines, 1):
        if number % 10_000 == 0:
            told(10_000)
        yield line


def put_back(url: str, backup: Backup, keys: Sequence[bytes], now: datetime, *, replace: bool, told: Progress) -> Restored:
    """One transaction: whatever goes wrong, the database is what it was. The copy is marked, so that nothing leaves it.

    Raises `BadBackup`, `HoldsSomething` unless `replace`, and `Unreadable` for a key that does not fit.
    """
    if not knows(backup.head.schema):
        raise BadBackup(f"The backup was made by a newer Duebot ({backup.head.version}). Restore it with that version.")
    engine = open_whole(url)
    try:
        with engine.begin() as connection:
            return _put_back(connection, backup, keys, now, replace=replace, told=told)
    except (psycopg.Error, sqlite3.Error, IntegrityError, HangsInTheAir) as trouble:
        said = next(iter(str(trouble).splitlines()), type(trouble).__name__).rstrip(".")
        raise BadBackup(f"The database did not take the backup: {said}. Nothing was changed.") from trouble
    finally:
        engine.dispose()


def _put_back(connection: Connection, backup: Backup, keys: Sequence[bytes], now: datetime, *, replace: bool, told: Progress) -> Restored:
    held = holds(connection)
    if held and not replace:
        raise HoldsSomething(f"The database is not empty: {held}. Restore into an empty one, or say --replace to lose what it holds.")
    if _revision(connection) is not None:
        move(connection, "base")
    rows = _fill(connection, backup, told)
    move(connection, "head")
    must_hold_together(connection)
    fits(connection, keys)
    _mark(connection, backup.head, now)
    connection.execute(text("ANALYZE"))
    return Restored(backup.head, rows, head(), bool(held))


def holds(connection: Connection) -> str:
    """What would be lost, in a few words; empty for a database that was never used."""
    names = set(inspect(connection).get_table_names())
    if names and "alembic_version" not in names:
        return "it has tables of another program"
    for table in tables_of(connection):
        if table.table not in _MADE_EMPTY and connection.execute(select(literal(1)).select_from(named(table.table)).limit(1)).first():
            return f"there are rows in {table.table}"
    return ""


def _fill(connection: Connection, backup: Backup, told: Progress) -> Mapping[str, int]:
    move(connection, backup.head.schema)
    tables = {table.table: table for table in tables_of(connection)}
    for name in reversed(tables):
        connection.execute(delete(named(name)))  # what migrating made of its own
    rows = backup.rows()
    for name, columns, blocks in backup.tables():
        if name not in tables or not set(columns) <= set(tables[name].kinds):
            raise BadBackup(f"The backup has a table or column that schema {backup.head.schema} does not: {name}.")
        written = write_lines(connection, tables[name], columns, _told(blocks, told))
        if written != rows.get(name):
            raise BadBackup(f"The backup says {rows.get(name)} rows of {name} and has {written}.")
    count_on(connection, tables.values())
    return rows


def _told(blocks: Any, told: Progress) -> Any:
    for block in blocks:
        told(len(block))
        yield block


def _mark(connection: Connection, of: Head, now: datetime) -> None:
    """That it is a copy, for every process that sends; for staff, a card; for the trail, an entry."""
    standing = connection.execute(select(t.stops.c.kind, t.stops.c.data).where(t.stops.c.ended_at.is_(None))).all()
    earlier = [row.data["copied_at"] for row in standing if row.kind == StopKind.RESTORED.value]  # a copy of a copy nobody released
    connection.execute(update(t.stops).where(t.stops.c.ended_at.is_(None)).values(ended_at=now))
    data = {"copied_at": min([*earlier, of.created_at.isoformat()])}
    connection.execute(t.stops.insert().values(id=new_id(), kind=StopKind.RESTORED.value, at=now, data=data))
    book = connection.execute(select(t.books.c.id).order_by(t.books.c.slug).limit(1)).scalar_one()
    card = {"id": new_id(), "kind": CardKind.PROBLEM.value, "book_id": book, "subject": new_id(), "day": now.date(), "at": now}
    connection.execute(t.cards.insert().values(**card, state=CardState.LIVE.value, data={"what": "restored", **data}))
    facts = {"created_at": of.created_at.isoformat(), "schema": of.schema}
    connection.execute(t.audit.insert().values(actor="command line", at=now, type="backup.restored", data=facts))


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
