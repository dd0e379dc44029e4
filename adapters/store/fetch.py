"""Reading past SQLAlchemy, whose work for a statement and a row is more than the driver's: a table's rows, or those of many tables at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import starmap
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Date, Dialect, LargeBinary, Row, Table, Uuid
from sqlalchemy.engine import result_tuple
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import tables as t
from adapters.store.columns import Instant

Values = tuple[Any, ...]
Reader = Callable[[Any], object] | None
Readers = Sequence[Reader]


@dataclass(frozen=True, slots=True)
class Kind:
    """A table's rows about some customers, by the column that names them, itself or by way of another table; without one all of its rows."""

    table: Table
    order: tuple[str, ...]
    by: str | None = "customer_id"


async def rows_of(connection: AsyncConnection, table: Table, names: tuple[str, ...], customers: Sequence[UUID]) -> Sequence[Values]:
    """The values of those names, of the customers' rows."""
    found = await fetched(connection, _select(connection.dialect, table, names), customers)
    return _read(_typed(connection.dialect, table, names), found)


async def kinds_of(connection: AsyncConnection, kinds: tuple[Kind, ...], customers: Sequence[UUID]) -> Mapping[str, Sequence[Row[Any]]]:
    """By the names of the tables that hold any: their rows, but for what is sealed. One statement, which sends each table as one document."""
    found = await fetched(connection, _documents(connection.dialect, kinds), customers)
    tables = {kind.table.name: kind.table for kind in kinds}
    keys = cache(UUID)  # the same customers and items are named in many rows
    return {name: _named(tables[name], rows, keys) for name, document in found if document and (rows := json.loads(document))}


async def fetched(connection: AsyncConnection, statement: str, customers: Sequence[UUID]) -> Sequence[Values]:
    """What the driver has to say, in the connection's transaction, to a statement about `ids`. Its errors are SQLAlchemy's, as of all others."""
    pooled: Any = connection.sync_connection
    driver = pooled.connection.driver_connection
    try:
        if connection.dialect.name == "sqlite":
            found: Sequence[Values] = await driver.execute_fetchall(statement, {"ids": json.dumps([one.hex for one in customers])})
        else:
            found = await (await driver.cursor(binary=True).execute(statement, {"ids": list(customers)})).fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(statement, None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True) from error
    except asyncio.CancelledError:
        await connection.invalidate()  # where it was torn nobody knows
        raise
    return found


@cache
def _select(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    return f"SELECT {_listed(dialect, names)} FROM {table.name} WHERE {_about(dialect, table, 'customer_id')}"  # ruff: ignore[hardcoded-sql-expression] - our own tables' names


@cache
def _documents(dialect: Dialect, kinds: tuple[Kind, ...]) -> str:
    return " UNION ALL ".join(_document(dialect, kind) for kind in kinds)


def _document(dialect: Dialect, kind: Kind) -> str:
    """The table's name and all the rows, each a list of values; a document of the database's own is one in it."""
    rows, row = ("json_group_array", "json_array") if dialect.name == "sqlite" else ("json_agg", "json_build_array")
    names, _, _ = _columns(kind.table)
    values = ", ".join(_written(dialect, kind.table.c[name]) for name in names)
    about = f" WHERE {_about(dialect, kind.table, kind.by)}" if kind.by else ""
    mine = f"SELECT {_listed(dialect, names)} FROM {kind.table.name}{about} ORDER BY {_listed(dialect, kind.order)}"  # ruff: ignore[hardcoded-sql-expression] - as above
    return f"SELECT '{kind.table.name}', CAST({rows}({row}({values})) AS text) FROM ({mine}) AS mine"  # ruff: ignore[hardcoded-sql-expression] - as above


def _written(dialect: Dialect, column: Column[Any]) -> str:
    quoted = dialect.identifier_preparer.quote(column.name)
    return f"json({quoted})" if dialect.name == "sqlite" and isinstance(column.type, JSON) else quoted


def _about(dialect: Dialect, table: Table, by: str) -> str:
    references = [reference.column.table for reference in table.c[by].foreign_keys]
    if references and (named := references[0]) is not t.customers:
        return f"{by} IN (SELECT id FROM {named.name} WHERE {_about(dialect, named, 'customer_id')})"  # ruff: ignore[hardcoded-sql-expression] - as above
    return f"{by} IN (SELECT value FROM json_each(:ids))" if dialect.name == "sqlite" else f"{by} = ANY(%(ids)s)"  # ruff: ignore[hardcoded-sql-expression] - as above


def _listed(dialect: Dialect, names: Sequence[str]) -> str:
    return ", ".join(map(dialect.identifier_preparer.quote, names))


@cache
def _columns(table: Table) -> tuple[tuple[str, ...], Readers, Callable[[Values], Row[Any]]]:
    """Their names but for what is sealed, what reads their values in a document, and what makes a row that goes by their names."""
    names = tuple(column.name for column in table.c if not isinstance(column.type, LargeBinary))
    return names, [_plain(table.c[name]) for name in names], result_tuple(names)


def _named(table: Table, rows: Sequence[Values], keys: Callable[[str], UUID]) -> Sequence[Row[Any]]:
    _, readers, named = _columns(table)
    return list(map(named, _read([keys if reader is UUID else reader for reader in readers], rows)))


def _read(readers: Readers, rows: Sequence[Values]) -> Sequence[Values]:
    """The rows as we have them."""
    columns = zip(readers, zip(*rows, strict=True), strict=True)
    return list(zip(*starmap(_column, columns), strict=True)) if rows else []


def _column(reader: Reader, values: Sequence[Any]) -> Sequence[object]:
    if reader is None:
        return values
    known = {value: None if value is None else reader(value) for value in {*values}}  # few days and instants stand in many rows
    return [known[value] for value in values]


@cache
def _typed(dialect: Dialect, table: Table, names: tuple[str, ...]) -> Readers:
    """What reads the values a driver gives: SQLite's are plain."""
    columns = [table.c[name] for name in names]
    if dialect.name == "sqlite":
        return [_plain(column) for column in columns]
    return [(lambda at: at.astimezone(UTC)) if isinstance(column.type, Instant) else None for column in columns]


def _plain(column: Column[Any]) -> Reader:
    """What reads a value as SQLite keeps it, and JSON has it."""
    match column.type:
        case Instant():
            return _at
        case Uuid():
            return UUID
        case Date():
            return date.fromisoformat
        case Boolean():
            return bool
    return None


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
