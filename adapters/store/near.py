"""Names and numbers that are spelt almost as somebody typed them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from sqlalchemy import ColumnElement, or_, select

from adapters.store import tables as t
from adapters.store.reports import Reports
from workflows.domain.account import Customer
from workflows.records import FoundItem

_WEIGHED = 500  # candidates compared letter by letter
_ALIKE = 0.6  # of 1
_SHORTEST = 2  # letters of a piece that narrows the search


class Near(Reports):
    async def near_customers(self, words: str, limit: int = 5) -> Sequence[Customer]:
        c, wanted = t.customers.c, " ".join(words.casefold().split())
        if len(wanted) < _SHORTEST:
            return []
        found = await self._all(select(c.id, c.folded).where(or_(*_pieces(c.folded, wanted))).order_by(c.folded).limit(_WEIGHED))
        weighed = sorted(((_alike(wanted, row.folded), row.id) for row in found), key=lambda one: -one[0])
        return await self.customers([customer for alike, customer in weighed[:limit] if alike >= _ALIKE])

    async def near_items(self, words: str, limit: int = 5) -> Sequence[FoundItem]:
        number, wanted = t.items.c.number, words.strip()
        if len(wanted) < _SHORTEST:
            return []
        holds = or_(number.contains(wanted.upper(), autoescape=True), number.contains(wanted, autoescape=True))
        found = await self._all(
            select(number).where(or_(holds, *_pieces(number, wanted.upper()))).order_by(number).distinct().limit(_WEIGHED)
        )
        weighed = sorted(((_alike(wanted.upper(), row.number.upper()), row.number) for row in found), key=lambda one: -one[0])
        numbers = [number for alike, number in weighed[:limit] if alike >= _ALIKE or wanted.upper() in number.upper()]
        return [one for number in numbers for one in await self.find_items(number)][:limit]


def _pieces(column: ColumnElement[str], wanted: str) -> list[ColumnElement[bool]]:
    """One slip leaves one half of a word as it was, so either half narrows the search; without an index of letter groups that is as well as both databases do."""
    half = max(len(wanted) // 2, _SHORTEST)
    return [column.contains(piece, autoescape=True) for piece in {wanted[:half], wanted[half:]} if len(piece) >= _SHORTEST]


def _alike(wanted: str, name: str) -> float:
    """With the whole name, or with its beginning: people leave out what a company is."""
    return max(SequenceMatcher(None, wanted, name).ratio(), SequenceMatcher(None, wanted, name[: len(wanted)]).ratio())
