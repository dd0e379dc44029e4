"""Many rows written in one statement, past SQLAlchemy's work per row: SQLite repeats one that is prepared, PostgreSQL reads one JSON document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ColumnElement, Date, Dialect, Table, Update, Uuid, bindparam, column, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.schema import ColumnElementColumnDefault
from sqlalchemy.types import TypeEngine

from adapters.store.columns import Instant

Values = tuple[Any, ...]


async def insert_many(
    connection: AsyncConnection, table: Table, names: Sequence[str], rows: Sequence[Values], *, new_only: bool = False
) -> int:
    """How many were written. Where they are to be `new_only`, those that break a unique key are left out."""
    return await _send(connection, _insert(connection.dialect, table, tuple(names), new_only=new_only), table, names, rows)


async def update_many(connection: AsyncConnection, table: Table, names: Sequence[str], rows: Sequence[Values]) -> int:
    """The rows with the key that comes first in each get the values that follow. How many there were."""
    return await _send(connection, _update(connection.dialect, table, tuple(names)), table, names, rows)


async def insert_unless(
    connection: AsyncConnection, table: Table, names: Sequence[str], rows: Sequence[Values], unless: ColumnElement[bool], **given: object
) -> Sequence[Any]:
    """The ids, which come first, of the rows that broke no unique key; none where `unless` holds, a constant with parameters that are `given`.
    On PostgreSQL one statement, put together once, the same for any number of rows; on SQLite nobody writes between the two.
    """
    if connection.dialect.name == "sqlite":
        if (await connection.execute(select(unless), given)).scalar_one():
            return []
        kept: Any = sqlite.insert(table).on_conflict_do_nothing().returning(table.c.id)
        return list((await connection.execute(kept, [dict(zip(names, row, strict=True)) for row in rows])).scalars())
    columns = dict(zip(map(_listed, names), map(list, zip(*rows, strict=True)), strict=True))
    return list((await connection.execute(_insert_unless(table, tuple(names), unless), {**columns, **given})).scalars())


async def found_among(connection: AsyncConnection, table: Table, keys: Iterable[str]) -> frozenset[str]:
    """Those of the ids, by their digits, that the table has."""
    asked = select(table.c.id).where(among(connection, table.c.id, list(map(UUID, keys))))
    return frozenset(one.hex for one in (await connection.execute(asked)).scalars())


async def together(connection: AsyncConnection, *changes: Update) -> None:
    """Changes to different tables that read nothing of one another: on PostgreSQL, where each way there and back takes time, as one statement."""
    if connection.dialect.name == "sqlite":
        for change in changes:
            await connection.execute(change)
    else:
        await connection.execute(select(literal(1)).add_cte(*(change.cte(f"change_{n}") for n, change in enumerate(changes))))


def among(connection: AsyncConnection, column: Column[Any], values: Sequence[UUID] | Sequence[str]) -> ColumnElement[bool]:
    """Whether the column holds one of the ids or texts, however many: one parameter, so that the statement stays the same."""
    return any_of(connection, column.type, values)(column)


def any_of(
    connection: AsyncConnection, kind: TypeEngine[Any], values: Sequence[UUID] | Sequence[str]
) -> Callable[[Column[Any]], ColumnElement[bool]]:
    """As `among`, for several columns of that kind, even in one statement: the values are written and sent once."""
    if connection.dialect.name == "sqlite":
        one = func.json_each(json.dumps(list(map(_digits, values)))).table_valued("value")
        asked = select(one.c.value)
        return lambda column: column.in_(asked)
    given = func.any(bindparam(None, list(values), ARRAY(kind), unique=True))
    return lambda column: column == given


async def _send(connection: AsyncConnection, statement: str, table: Table, names: Sequence[str], rows: Sequence[Values]) -> int:
    if not rows:
        return 0
    plain = list(
        zip(
            *(_plain(connection.dialect, table.c[name], column) for name, column in zip(names, zip(*rows, strict=True), strict=True)),
            strict=True,
        )
    )
    if connection.dialect.name == "sqlite":
        return (await connection.exec_driver_sql(statement, plain)).rowcount
    document = json.dumps([dict(zip(names, row, strict=True)) for row in plain])
    return (await connection.exec_driver_sql(statement, (document,))).rowcount


def _plain(dialect: Dialect, column: Column[Any], values: Sequence[Any]) -> Sequence[object]:
    """A column's values as the driver, or JSON, takes them."""
    write = _writer(dialect, column)
    if write is None:
        return values
    if isinstance(column.type, Uuid) and isinstance(values[0], UUID):
        return [None if value is None else value.hex for value in values]
    if isinstance(column.type, Uuid | JSON):
        return [None if value is None else write(value) for value in values]
    known = {value: None if value is None else write(value) for value in {*values}}  # few days and instants stand in many rows
    return [known[value] for value in values]


def _writer(dialect: Dialect, column: Column[Any]) -> Callable[[Any], object] | None:
    match column.type:
        case Uuid():
            return _digits
        case Instant():
            return instant_text
        case Date():
            return date.isoformat
        case JSON() if dialect.name == "sqlite":
            return json.dumps
    return None


def _digits(value: UUID | str) -> str:
    """A new key comes as its digits, and a text is what it is."""
    return value if isinstance(value, str) else value.hex


def instant_text(at: datetime) -> str:
    """As SQLite keeps a UTC time; PostgreSQL, whose sessions are in UTC, reads it as one."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@cache
def _insert(dialect: Dialect, table: Table, names: tuple[str, ...], *, new_only: bool) -> str:
    quote = dialect.identifier_preparer.quote
    into = f"INSERT INTO {table.name} ({', '.join(map(quote, names))})"
    end = " ON CONFLICT DO NOTHING" if new_only else ""
    if dialect.name == "sqlite":
        return f"{into} VALUES ({', '.join('?' * len(names))}){end}"
    given = _document(dialect, table, names)
    return f"{into} SELECT {', '.join(map(quote, names))} FROM {given}{end}"  # ruff: ignore[hardcoded-sql-expression] - our own tables' names


@cache
def _insert_unless(table: Table, names: tuple[str, ...], unless: ColumnElement[bool]) -> Any:
    arrays = [bindparam(_listed(name), type_=ARRAY(table.c[name].type)) for name in names]
    given = func.unnest(*arrays).table_valued(*(column(name, table.c[name].type) for name in names)).render_derived()
    into = postgresql.insert(table).from_select(list(names), select(*given.c).where(~unless))
    return into.on_conflict_do_nothing().returning(table.c.id)


def _listed(name: str) -> str:
    """The parameter with all values of a column; one by the column's own name would be the value of every row."""
    return f"all_{name}"


@cache
def _update(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    quote = dialect.identifier_preparer.quote
    key, *rest = map(quote, names)
    counted = [
        f"{quote(column.name)} = {column.onupdate.arg}" for column in table.c if isinstance(column.onupdate, ColumnElementColumnDefault)
    ]
    if dialect.name == "sqlite":
        values = ", ".join([*(f"{name} = ?{n}" for n, name in enumerate(rest, 2)), *counted])
        return f"UPDATE {table.name} SET {values} WHERE {key} = ?1"  # ruff: ignore[hardcoded-sql-expression] - as above
    values = ", ".join([*(f"{name} = given.{name}" for name in rest), *counted])
    given = _document(dialect, table, names)
    return f"UPDATE {table.name} SET {values} FROM {given} WHERE {table.name}.{key} = given.{key}"  # ruff: ignore[hardcoded-sql-expression] - as above


def _document(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    """The one parameter as a table `given`."""
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(f"{quote(name)} {table.c[name].type.compile(dialect)}" for name in names)
    return f"json_to_recordset(%s) AS given ({columns})"
