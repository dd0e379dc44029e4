"""Reading past SQLAlchemy, whose work for a statement and a row is more than the driver's: a query that is kept, or what many tables know of some customers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from itertools import starmap
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, ColumnElement, Date, Dialect, LargeBinary, Row, Select, Table, Uuid
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import result_tuple
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import tables as t
from adapters.store.columns import Instant
from adapters.store.many import instant_text

Values = tuple[Any, ...]
_GIVEN = {"sqlite": "IN (SELECT value FROM json_each(:ids))", "postgresql": "= ANY(%(ids)s)"}
_CHOSEN = {"sqlite": "IN (SELECT * FROM chosen)", "postgresql": "= ANY(ARRAY(SELECT * FROM chosen))"}
_PARAMETER = re.compile(r"%\((\w+)\)s")
Reader = Callable[[Any], object] | None
Readers = Sequence[Reader]


@dataclass(frozen=True, slots=True)
class Kind:
    """A table's rows about some customers, by the column that names them, itself or by way of another table; without one all of its rows."""

    table: Table
    order: tuple[str, ...]
    by: str | None = "customer_id"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Customers by a query that is put together once, whose rows are their ids, and its parameters."""

    query: Select[Any]
    given: Mapping[str, object]


async def facts_of(
    connection: AsyncConnection,
    most: Table,
    names: tuple[str, ...],
    kinds: tuple[Kind, ...],
    customers: Sequence[UUID] | Chosen,
) -> tuple[Sequence[Values], Mapping[str, Sequence[Row[Any]]]]:
    """With one statement: the values of those names of the rows of the table that has `most`, and the rows of all other kinds, but for what
    is sealed, by the names of the tables that hold any. Each of these comes as one document.
    """
    query, given = (customers.query, customers.given) if isinstance(customers, Chosen) else (None, {"ids": list(customers)})
    statement, constants = _statement(connection.dialect, most, names, kinds, query)
    found = await fetched(connection, statement, {**constants, **given})
    rows = _read(_typed(connection.dialect, tuple(most.c[name] for name in names)), [row for row in found if row[-1] is None])
    keys = cache(UUID)  # the same customers and items are named in many rows
    others = {row[-1]: json.loads(row[-2]) for row in found if row[-1] is not None and row[-2]}
    return rows, {kind.table.name: _named(kind.table, others[kind.table.name], keys) for kind in kinds if others.get(kind.table.name)}


async def kept(connection: AsyncConnection, query: Select[Any], given: Mapping[str, object]) -> Sequence[Row[Any]]:
    """The rows of a query that is put together once and kept. SQLAlchemy writes it, for each database once."""
    statement, constants, readers, named = _written(connection.dialect, query)
    return list(map(named, _read(readers, await fetched(connection, statement, {**constants, **given}))))


async def fetched(connection: AsyncConnection, statement: str, given: Mapping[str, object]) -> Sequence[Values]:
    """What the driver has to say, in the connection's transaction. Its errors are SQLAlchemy's, as of all other statements."""
    pooled: Any = connection.sync_connection
    driver, dialect = pooled.connection.driver_connection, connection.dialect
    try:
        return await (_from_sqlite if dialect.name == "sqlite" else _from_postgresql)(driver, dialect, statement, given)
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(statement, None, error, dialect.loaded_dbapi.Error, hide_parameters=True) from error
    except asyncio.CancelledError:
        await connection.invalidate()  # where it was torn nobody knows
        raise


async def _from_sqlite(driver: Any, _: Dialect, statement: str, given: Mapping[str, object]) -> Sequence[Values]:
    found: Sequence[Values] = await driver.execute_fetchall(statement, {name: _given(value) for name, value in given.items()})
    return found


async def _from_postgresql(driver: Any, dialect: Any, statement: str, given: Mapping[str, object]) -> Sequence[Values]:
    text, names = _numbered(statement)
    cursor = dialect.loaded_dbapi.AsyncRawCursor(driver)
    found: Sequence[Values] = await (await cursor.execute(text, [given[name] for name in names], binary=True)).fetchall()
    return found


@cache
def _numbered(statement: str) -> tuple[bytes, Sequence[str]]:
    """With numbers for parameters and their names in this order, as the server knows them: psycopg takes a long statement apart each time."""
    names = list(dict.fromkeys(_PARAMETER.findall(statement)))
    return _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%").encode(), names


def _given(value: object) -> object:
    """As SQLite takes it."""
    match value:
        case UUID():
            return value.hex
        case list():
            return json.dumps([_given(one) for one in value])
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
    return value


@cache
def _written(dialect: Dialect, query: Select[Any]) -> tuple[str, Mapping[str, Any], Readers, Callable[[Values], Row[Any]]]:
    """The statement, the constants in it, what reads the values, and what makes a row that goes by the columns' names of them."""
    written = query.compile(dialect=sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect)
    columns = tuple(query.selected_columns)
    constants = {name: value for name, value in written.params.items() if value is not None}
    return str(written), constants, _typed(dialect, columns), result_tuple([column.name for column in columns])


@cache
def _statement(
    dialect: Dialect, most: Table, names: tuple[str, ...], kinds: tuple[Kind, ...], chosen: Select[Any] | None
) -> tuple[str, Mapping[str, Any]]:
    """Rows of the values and, after them, of a document and its table's name; the one or the other are null. With the constants in it."""
    about = partial(_about, dialect, given=chosen is None)
    rows = f"SELECT {_listed(dialect, names)}, NULL, NULL FROM {most.name} WHERE {about(most, 'customer_id')}"  # ruff: ignore[hardcoded-sql-expression] - our own tables' names
    beside = "NULL, " * len(names)
    statement = " UNION ALL ".join([rows, *(f"SELECT {beside}{_document(dialect, kind, about)}, '{kind.table.name}'" for kind in kinds)])
    if chosen is None:
        return statement, {}
    written, constants, _, _ = _written(dialect, chosen)
    return f"WITH chosen AS MATERIALIZED ({written}) {statement}", constants


def _document(dialect: Dialect, kind: Kind, about: Callable[[Table, str], str]) -> str:
    """All the rows, each a list of values; a document of the database's own is one in it."""
    rows, row = ("json_group_array", "json_array") if dialect.name == "sqlite" else ("json_agg", "json_build_array")
    names, _, _ = _columns(kind.table)
    values = ", ".join(_as_json(dialect, kind.table.c[name]) for name in names)
    where = f" WHERE {about(kind.table, kind.by)}" if kind.by else ""
    mine = f"SELECT {_listed(dialect, names)} FROM {kind.table.name}{where} ORDER BY {_listed(dialect, kind.order)}"  # ruff: ignore[hardcoded-sql-expression] - as above
    return f"(SELECT CAST({rows}({row}({values})) AS text) FROM ({mine}) AS mine)"  # ruff: ignore[hardcoded-sql-expression] - as above


def _as_json(dialect: Dialect, column: Column[Any]) -> str:
    quoted = dialect.identifier_preparer.quote(column.name)
    return f"json({quoted})" if dialect.name == "sqlite" and isinstance(column.type, JSON) else quoted


def _about(dialect: Dialect, table: Table, by: str, *, given: bool) -> str:
    """Of the customers that are given, or else chosen in the statement."""
    references = [reference.column.table for reference in table.c[by].foreign_keys]
    if references and (named := references[0]) is not t.customers:
        return f"{by} IN (SELECT id FROM {named.name} WHERE {_about(dialect, named, 'customer_id', given=given)})"  # ruff: ignore[hardcoded-sql-expression] - as above
    return f"{by} {(_GIVEN if given else _CHOSEN)[dialect.name]}"


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
    """The rows as we have them, as far as there are readers."""
    columns = zip(readers, zip(*rows, strict=True), strict=False)
    return list(zip(*starmap(_column, columns), strict=True)) if rows else []


def _column(reader: Reader, values: Sequence[Any]) -> Sequence[object]:
    if reader is None:
        return values
    known = {value: None if value is None else reader(value) for value in {*values}}  # few days and instants stand in many rows
    return [known[value] for value in values]


@cache
def _typed(dialect: Dialect, columns: tuple[ColumnElement[Any], ...]) -> Readers:
    """What reads the values a driver gives: SQLite's are plain."""
    if dialect.name == "sqlite":
        return [json.loads if isinstance(column.type, JSON) else _plain(column) for column in columns]
    return [(lambda at: at.astimezone(UTC)) if isinstance(column.type, Instant) else None for column in columns]


def _plain(column: ColumnElement[Any]) -> Reader:
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
