"""Both databases behave alike where it matters."""

from __future__ import annotations

import pytest

from adapters.store.engine import UnknownDatabase, open_engine
from adapters.store.unit_of_work import SqlStore


async def test_an_empty_database_has_the_book_main(store: SqlStore) -> None:
    async with store() as work:
        (book,) = await work.books()
    assert (book.slug, book.place.zone, book.place.country) == ("main", "UTC", None)


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(UnknownDatabase, match="mysql"):
        open_engine("mysql://here/duebot")
