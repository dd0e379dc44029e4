"""Finding invoices and customers by what a person types: each a bounded query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import String, and_, bindparam, case, or_, select

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.folded import folded
from adapters.store.ledger import INVOICE
from adapters.store.unit import Part
from workflows.domain.account import Customer, PlanState
from workflows.domain.ids import BookId, CustomerId
from workflows.records import FoundItem

_MOST_FOUND = 50
_SAID, _FOLDED, _UPPER = (bindparam(name, type_=String()) for name in ("said", "folded", "upper"))
# Whether what is `spelt` is a customer's number or whole name; each half has an index of its own.
IS_NAMED = or_(*(t.customers.c.number == asked for asked in (_SAID, _FOLDED, _UPPER)), t.customers.c.folded == _FOLDED)


class Reports(Part):
    async def find_items(self, number: str, book: BookId | None = None) -> Sequence[FoundItem]:
        i, wanted = t.items.c, number.strip()
        running = i.plan_id.in_(select(t.plans.c.id).where(t.plans.c.state == PlanState.ACTIVE.value))
        spelled = i.number.in_({wanted, wanted.upper(), wanted.lower()})
        query = select(t.items).where(spelled, or_(INVOICE, running)).order_by(i.number, i.id).limit(_MOST_FOUND)
        found = await self._all(query if book is None else query.where(i.book_id == book))
        owners = {owner.id: owner for owner in await self.customers([row.customer_id for row in found])}
        books = {row.id: rows.book(row) for row in await self._all(select(t.books).where(t.books.c.id.in_({r.book_id for r in found})))}
        return [FoundItem(rows.item(row), owners[row.customer_id], books[row.book_id]) for row in found]

    async def find_customers(self, words: str, limit: int = 10) -> Sequence[Customer]:
        c, wanted = t.customers.c, folded(words)
        if not wanted:
            return []
        part_of_name = and_(*(c.folded.contains(word, autoescape=True) for word in wanted.split()))
        begins = c.folded.startswith(wanted, autoescape=True)
        best = case((IS_NAMED, 0), (begins, 1), else_=2)
        query = select(c.id).where(or_(IS_NAMED, part_of_name)).order_by(best, c.folded, c.number, c.id).limit(limit)
        found = await self._all(query, spelt(words))
        return await self.customers([row.id for row in found])

    async def customers(self, ids: Sequence[CustomerId]) -> Sequence[Customer]:
        """In the order asked for."""
        found = {row.id: row for row in await self._all(select(t.customers).where(t.customers.c.id.in_(ids)))}
        books = {row.id: rows.book(row) for row in await self._all(select(t.books))}
        contacts = select(t.contacts).where(t.contacts.c.customer_id.in_(ids)).order_by(t.contacts.c.position)
        emails: dict[CustomerId, tuple[str, ...]] = {}
        for row in await self._all(contacts):
            emails[row.customer_id] = (*emails.get(row.customer_id, ()), row.address)
        return [rows.customer(found[one], books[found[one].book_id], emails.get(one, ())) for one in ids if one in found]


def spelt(words: str) -> Mapping[str, str]:
    """What `IS_NAMED` asks for."""
    wanted = folded(words)
    return {"said": words.strip(), "folded": wanted, "upper": wanted.upper()}
