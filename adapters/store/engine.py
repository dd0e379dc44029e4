"""Opens the database so that SQLite and PostgreSQL behave alike."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+psycopg"
_READERS, _DOORS = 5, 5  # connections that are kept
SURE = 0.5  # seconds for which a connection that has worked is taken to work still: a server that restarts is away for longer
_WORKED = "worked at"

# Nothing of ours holds a lock for long; whoever waits longer meets a stuck session and should say so.
_POSTGRESQL_SESSION = " ".join(
    f"-c {setting}"
    for setting in ("timezone=UTC", "lock_timeout=10s", "statement_timeout=120s", "idle_in_transaction_session_timeout=300s", "jit=off")
)
_ONLY_READS = " -c default_transaction_isolation=repeatable\\ read -c default_transaction_read_only=on"
_SQLITE_SESSION = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON", "PRAGMA busy_timeout = 15000")


class UnknownDatabase(ValueError):
    """A database address of a kind we do not run on."""


def open_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///file` or `postgresql+psycopg://…`; raises `UnknownDatabase` for any other address."""
    driver = make_url(url).drivername
    if driver == SQLITE:
        return _open_sqlite(url)
    if driver == POSTGRESQL:
        return _open_postgresql(url, pool_size, _POSTGRESQL_SESSION)
    raise UnknownDatabase(f"{driver!r} is not a database Duebot runs on; use {SQLITE}:///file or {POSTGRESQL}://host/name")


def open_readers(engine: AsyncEngine) -> AsyncEngine:
    """The same database for those who only read: in each of their transactions it stands as it was at its first read, and to write fails.

    They wait for no writer and keep none waiting, on SQLite too, for its log of writes lets others read the file as it was before.
    """
    if engine.dialect.name != "sqlite":
        return _open_postgresql(engine.url, _READERS, _POSTGRESQL_SESSION + _ONLY_READS)
    readers = create_async_engine(engine.url, pool_size=_READERS, hide_parameters=True)
    event.listen(readers.sync_engine, "connect", _prepare_sqlite)
    event.listen(readers.sync_engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON"))
    event.listen(readers.sync_engine, "begin", _begin)
    return readers


def open_door(engine: AsyncEngine) -> AsyncEngine:
    """The same database for what one statement keeps or looks up while a chat waits: it waits for no unit that waits for another.

    Each commits by itself, which saves waits for the server. SQLite lets only one write, over the engine's own connection.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return _open_postgresql(engine.url, _DOORS, _POSTGRESQL_SESSION, max_overflow=0, isolation_level="AUTOCOMMIT")


def open_whole(url: str) -> Engine:
    """For work on the whole database that takes minutes, in a thread of its own: no time-outs.

    On SQLite a transaction with the execution option `reads_only` keeps no writer waiting, and one that writes tables in any order has
    to see to it itself, before it ends, that what they refer to is there.
    """
    address = make_url(url)
    if address.drivername == POSTGRESQL:
        session = "-c timezone=UTC -c lock_timeout=60s -c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c jit=off"
        return create_engine(url, hide_parameters=True, connect_args={"options": session})
    engine = create_engine(address.set(drivername="sqlite"), hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = OFF"))
    event.listen(engine, "begin", _begin_by_option)
    return engine


def _begin_by_option(connection: Connection) -> None:
    begin = _begin if connection.get_execution_options().get("reads_only") else _begin_immediate
    begin(connection)


def _open_postgresql(url: str | URL, pool_size: int, session: str, **more: Any) -> AsyncEngine:
    # The connection that was used last is taken next: its statements are prepared, and it need not be asked whether it lives.
    lasting = {"pool_size": pool_size, "pool_use_lifo": True, **more}
    engine = create_async_engine(url, hide_parameters=True, connect_args={"options": session}, **lasting)
    event.listen(engine.sync_engine, "checkin", _note_when)
    event.listen(engine.sync_engine, "checkout", partial(_must_live, engine.dialect))
    return engine


def _note_when(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_WORKED] = time.monotonic()


def _must_live(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _handle: object) -> None:
    """Asks the server, which costs a wait for it, unless the connection is new or has just worked; a dead one is replaced by the pool."""
    if time.monotonic() - record.info.get(_WORKED, math.inf) > SURE:
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as dead:
            raise InvalidatePoolError from dead


def _open_sqlite(url: str) -> AsyncEngine:
    # One connection: units wait for one another in the order they came instead of polling a locked file.
    engine = create_async_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    event.listen(engine.sync_engine, "invalidate", _let_go)
    return engine


def _let_go(connection: Any, _record: object, _error: object) -> None:
    """Ends the transaction of a task that was cancelled: closing is not enough, a statement torn in the middle keeps the file locked until Python forgets it."""
    connection.rollback()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions by itself; `_begin_immediate` does
    cursor = connection.cursor()
    for pragma in _SQLITE_SESSION:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    """Takes the write lock at once: a unit that reads first and writes later would else fail when another one wrote in between."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
