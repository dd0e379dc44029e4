"""What the store asks its database."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import fetch


@contextmanager
def statements() -> Generator[list[str]]:
    """Those that any database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    fetched = fetch.fetched

    async def noted(connection: AsyncConnection, statement: str, given: Mapping[str, object]) -> Sequence[fetch.Values]:
        asked.append(statement)
        return await fetched(connection, statement, given)

    fetch.fetched = noted
    try:
        yield asked
    finally:
        fetch.fetched = fetched
        event.remove(Engine, "before_cursor_execute", note)
