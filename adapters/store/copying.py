"""Whole tables as lines and back: PostgreSQL's COPY text form, the same from both databases and into both.

An id is 32 hex digits, a time is UTC with microseconds, yes is 1, bytes are hex: what one database writes the other reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

from sqlalchemy import Connection, inspect, text

# Alembic's own mark is made by migrating; jobs of the engine are made anew from what the outbox holds.
_NOT_OURS = ("alembic_version", "procrastinate_", "sqlite_")
_AT_ONCE = 2_000
_ESCAPES = {b"\\\\": b"\\", b"\\t": b"\t", b"\\n": b"\n", b"\\r": b"\r", b"\\b": b"\b", b"\\f": b"\f", b"\\v": b"\v"}


@dataclass(frozen=True, slots=True)
class Columns:
    """A table as the database has it now: names of its columns, each with the kind its database calls it."""

    table: str
    kinds: dict[str, str]


def tables_of(connection: Connection) -> list[Columns]:
    """Those that are referred to come before those that refer to them."""
    found = inspect(connection)
    names = [name for name, _ in found.get_sorted_table_and_fkc_names() if name is not None and not name.startswith(_NOT_OURS)]
    return [Columns(name, {one["name"]: _kind(one["type"]) for one in found.get_columns(name)}) for name in names]


def _kind(of: Any) -> str:
    return str(of.__visit_name__).lower()


def lines_of(connection: Connection, table: Columns) -> Iterator[bytes]:
    """Every row of the table as the transaction sees it; memory does not grow with it."""
    return _from_sqlite(connection, table) if connection.dialect.name == "sqlite" else _from_postgresql(connection, table)


def _from_sqlite(connection: Connection, table: Columns) -> Iterator[bytes]:
    told = " || char(9) || ".join(starmap(_told_by_sqlite, table.kinds.items()))
    cursor = _driver(connection).execute(f"SELECT {told} || char(10) FROM {_quoted(table.table)}")  # ruff: ignore[hardcoded-sql-expression]
    while block := cursor.fetchmany(_AT_ONCE):
        for (line,) in block:
            yield line.encode()


def _told_by_sqlite(name: str, kind: str) -> str:
    column = _quoted(name)
    if kind == "blob":
        return rf"CASE WHEN {column} IS NULL THEN '\N' ELSE '\\x' || lower(hex({column})) END"
    if kind in {"varchar", "char", "text", "json"}:
        for plain, escaped in ((r"'\'", r"'\\'"), ("char(9)", r"'\t'"), ("char(10)", r"'\n'"), ("char(13)", r"'\r'")):
            column = f"replace({column}, {plain}, {escaped})"
    return rf"coalesce({column}, '\N')"


def _from_postgresql(connection: Connection, table: Columns) -> Iterator[bytes]:
    told = ", ".join(starmap(_told_by_postgresql, table.kinds.items()))
    query = f"COPY (SELECT {told} FROM {_quoted(table.table)}) TO STDOUT"  # ruff: ignore[hardcoded-sql-expression] - names of our own schema
    with _driver(connection).cursor() as cursor, cursor.copy(query.encode()) as copy:
        for line in copy:
            yield bytes(line)


def _told_by_postgresql(name: str, kind: str) -> str:
    column = _quoted(name)
    match kind:
        case "uuid":
            return f"replace({column}::text, '-', '')"
        case "timestamp" | "datetime":
            return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        case "boolean":
            return f"{column}::int"
    return column


def write_lines(connection: Connection, table: Columns, names: Sequence[str], blocks: Iterable[list[bytes]]) -> int:
    """Adds rows whose columns are called `names`; returns how many. Raises `KeyError` for a column the table does not have."""
    kinds = [table.kinds[name] for name in names]
    into = f"{_quoted(table.table)} ({', '.join(map(_quoted, names))})"
    if connection.dialect.name == "sqlite":
        return _into_sqlite(connection, into, kinds, blocks)
    return _into_postgresql(connection, into, blocks)


def _into_sqlite(connection: Connection, into: str, kinds: Sequence[str], blocks: Iterable[list[bytes]]) -> int:
    statement, count = f"INSERT INTO {into} VALUES ({', '.join('?' * len(kinds))})", 0  # ruff: ignore[hardcoded-sql-expression]
    blobs = [place for place, kind in enumerate(kinds) if kind == "blob"]
    cursor = _driver(connection).cursor()
    for block in blocks:
        cursor.executemany(statement, [_values(line, blobs) for line in block])
        count += len(block)
    return count


def _values(line: bytes, blobs: Sequence[int]) -> list[Any]:
    """The columns' own kinds turn digits into numbers."""
    cells: list[Any] = [None if cell == b"\\N" else cell for cell in line[:-1].split(b"\t")]
    for place, cell in enumerate(cells):
        if cell is not None and place in blobs:
            cells[place] = bytes.fromhex(cell.decode()[3:])
        elif cell is not None:
            cells[place] = (_unescaped(cell) if b"\\" in cell else cell).decode()
    return cells


def _unescaped(cell: bytes) -> bytes:
    out, rest = b"", cell
    while (at := rest.find(b"\\")) >= 0:
        out += rest[:at] + _ESCAPES[rest[at : at + 2]]
        rest = rest[at + 2 :]
    return out + rest


def _into_postgresql(connection: Connection, into: str, blocks: Iterable[list[bytes]]) -> int:
    count = 0
    with _driver(connection).cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN".encode()) as copy:
        for block in blocks:
            copy.write(b"".join(block))
            count += len(block)
    return count


def count_on(connection: Connection, tables: Iterable[Columns]) -> None:
    """Columns that number themselves go on behind the highest number there is; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for name in table.kinds:
            called = {"table": _quoted(table.table), "column": name}
            sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), called).scalar()
            if sequence is not None:
                highest = f"SELECT coalesce(max({_quoted(name)}), 0) + 1 FROM {_quoted(table.table)}"  # ruff: ignore[hardcoded-sql-expression]
                connection.execute(text(f"SELECT setval(:sequence, ({highest}), false)"), {"sequence": sequence})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
