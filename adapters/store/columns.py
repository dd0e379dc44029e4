"""Column types and the names of constraints, the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Dialect, ForeignKey, Integer, MetaData, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps it without its zone and gives it back with it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone; only aware times are stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # ruff: ignore[unused-method-argument] - the base class names it
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
Counter = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows only in a column called INTEGER


def own_id() -> Column[Any]:
    return Column("id", Uuid(), primary_key=True)


def refers_to(column: str, *, name: str | None = None, needed: bool = True, index: bool = False) -> Column[Any]:
    """A foreign key such as `customers.id`, by default in a column called `customer_id`."""
    table = column.split(".", maxsplit=1)[0]
    return Column(name or f"{table.removesuffix('s')}_id", Uuid(), ForeignKey(column), nullable=not needed, index=index)


def text(name: str, *, needed: bool = True, **options: Any) -> Column[Any]:
    return Column(name, String(), nullable=not needed, **options)


def instant(name: str, *, needed: bool = True, **options: Any) -> Column[Any]:
    return Column(name, Instant(), nullable=not needed, **options)


def minor(name: str) -> Column[Any]:
    """An amount in minor units; the column `currency` beside it says of what."""
    return Column(name, BigInteger(), nullable=False)
