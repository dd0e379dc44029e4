"""Names and numbers that are spelt almost as somebody typed them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select

from adapters.store import tables as t
from adapters.store.folded import folded
from adapters.store.reports import Reports
from workflows.domain.account import Customer
from workflows.records import FoundItem

_WEIGHED = 500  # candidates compared letter by letter
_ALIKE = 0.6  # of 1
_SHORTEST = 2  # letters of a piece that narrows the search


class Near(Reports):
    async def near_customers(self, words: str, limit: int = 5) -> Sequence[Customer]:
        c, wanted = t.customers.c, folded(words)
        found = await self._all(_candidates(wanted, c.folded, c.id, c.folded)) if len(wanted) >= _SHORTEST else []
        weighed = sorted(((_alike(wanted, row.folded), row.id) for row in found), key=lambda one: -one[0])
        return await self.customers([customer for alike, customer in weighed[:limit] if alike >= _ALIKE])

    async def near_items(self, words: str, limit: int = 5) -> Sequence[FoundItem]:
        wanted, i = words.strip().upper(), t.items.c
        found = await self._all(_candidates(wanted, func.upper(i.number), i.number)) if len(wanted) >= _SHORTEST else []
        weighed = [(wanted in row.number.upper(), _alike(wanted, row.number.upper()), row.number) for row in found]
        numbers = [number for whole, alike, number in sorted(weighed, key=lambda one: (-one[0], -one[1])) if whole or alike >= _ALIKE]
        return [one for number in dict.fromkeys(numbers[:limit]) for one in await self.find_items(number)][:limit]


def _candidates(wanted: str, name: ColumnElement[str], *columns: ColumnElement[Any]) -> Select[Any]:
    """Rows that share a third of the word, those that share most of it first: one slip, or two neighbours swapped, leaves a third as it was.

    Neither database has an index of letter groups unless it is installed, so this reads the column once; only what was misspelt costs it.
    """
    third = max(-(-len(wanted) // 3), _SHORTEST)
    pieces = {wanted[at : at + third] for at in range(0, len(wanted), third)}
    holds = [name.contains(piece, autoescape=True) for piece in pieces if len(piece) >= _SHORTEST]
    shared = sum((case((one, 1), else_=0) for one in holds), start=literal(0))
    return select(*columns).where(or_(*holds)).order_by(shared.desc(), name).limit(_WEIGHED)


def _alike(wanted: str, name: str) -> float:
    """With the whole name, or with as much of it from one of its words on: people leave out what a company is, or begin with the family."""
    begins = [0, *(at + 1 for at, letter in enumerate(name) if letter == " ")]
    pieces = {name, *(name[at : at + len(wanted)] for at in begins)}
    return max(SequenceMatcher(None, wanted, piece).ratio() for piece in pieces)
