"""Rows into a database as fast as it takes them: COPY on PostgreSQL, prepared statements on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from typing import Protocol

import psycopg
from sqlalchemy.engine import make_url

Row = tuple[str | int | None, ...]


class Base(Protocol):
    """A migrated database that is being filled; `book` is the id of its book `main`. Ids and times are written as SQLite keeps them."""

    book: str

    def execute(self, statement: str) -> None: ...
    def insert(self, table: str, names: Sequence[str], rows: Iterable[Row]) -> None: ...


@contextmanager
def opened(url: str) -> Generator[Base, None, None]:
    """What is written is there, and known to the planner, when the block ends."""
    if make_url(url).get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(make_url(url).database), isolation_level=None)) as file:
            file.execute("PRAGMA synchronous = OFF")
            file.execute("BEGIN")
            yield _SQLite(file)  # ruff: ignore[fallible-context-manager] - of a bench that fails nothing is kept
            file.execute("COMMIT")
            file.execute("ANALYZE")
    else:
        with psycopg.connect(driver_url(url)) as server:
            server.execute("SET timezone = 'UTC'")
            server.execute("SET session_replication_role = 'replica'")  # the rows are known to refer to one another: nothing is looked up
            yield _PostgreSQL(server)  # ruff: ignore[fallible-context-manager] - as above
            server.commit()
            server.autocommit = True
            server.execute("VACUUM ANALYZE")


def driver_url(url: str) -> str:
    """The address as the bare driver takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


class _SQLite:
    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        (self.book,) = file.execute("SELECT id FROM books WHERE slug = 'main'").fetchone()

    def execute(self, statement: str) -> None:
        self._file.execute(statement)

    def insert(self, table: str, names: Sequence[str], rows: Iterable[Row]) -> None:
        self._file.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows)


class _PostgreSQL:
    def __init__(self, server: psycopg.Connection) -> None:
        self._server = server
        row = server.execute("SELECT id FROM books WHERE slug = 'main'").fetchone()
        assert row is not None
        self.book = str(row[0])

    def execute(self, statement: str) -> None:
        self._server.execute(statement.encode())

    def insert(self, table: str, names: Sequence[str], rows: Iterable[Row]) -> None:
        with self._server.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN".encode()) as copy:
            copy.write("".join("\t".join("\\N" if one is None else str(one) for one in row) + "\n" for row in rows))
