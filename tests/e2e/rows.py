"""How many rows stand in tables of a database of either kind."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import create_engine, func, select, table


def row_counts(url: str, tables: Iterable[str]) -> dict[str, int]:
    engine = create_engine(url.replace("sqlite+aiosqlite", "sqlite", 1))
    try:
        with engine.connect() as connection:
            return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in tables}
    finally:
        engine.dispose()
