"""First contact: which accounts wait for a person's word, and that word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select, union_all, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.ledger import INVOICE
from adapters.store.unit import Part
from workflows.domain.ids import BookId, CustomerId, UserId


class Releases(Part):
    async def release(self, customer: CustomerId, by: UserId | None, at: datetime) -> None:
        """The first release stands."""
        await self._wake(customer, at)
        waiting = (t.customers.c.id == customer) & t.customers.c.released_at.is_(None)
        await self._connection.execute(update(t.customers).where(waiting).values(released_at=at, released_by=by))

    async def resume(self, customer: CustomerId, at: datetime) -> None:
        await self._wake(customer, at)
        await self._connection.execute(update(t.customers).where(t.customers.c.id == customer).values(resumed_at=at))

    async def waiting_for_release(self, book: BookId | None) -> Sequence[CustomerId]:
        """As `workflows.domain.standing.first_contact_waits`: what came first of them was overdue and open on that day."""
        places = {row.id: rows.book(row).place for row in await self._all(select(t.books))}
        query = _first_items_and_their_money()
        if book is not None:
            query = query.where(t.items.c.book_id == book)
        short: dict[tuple[Any, Any], int] = {}
        for row in await self._all(query):
            day = places[row.book_id].day(row.first)
            if row.due_on < day:
                received = row.amount if row.received_on is not None and row.received_on <= day else 0
                key = (row.customer_id, row.id)
                short[key] = short.get(key, row.total) - received
        return list(dict.fromkeys(CustomerId(customer) for (customer, _), left in short.items() if left > 0))


def _first_items_and_their_money() -> Select[Any]:
    """A row per payment or credit (or one without) of items that came with the first of their customer and were due before that day.

    The day is read in UTC here, so an item due on it may be among them; the caller knows the book's place.
    """
    i, c, p, n = t.items.c, t.customers.c, t.payments.c, t.credits_.c
    first = select(i.customer_id, func.min(i.seen_at).label("first")).where(INVOICE).group_by(i.customer_id).subquery("first_seen")
    paid = select(p.item_id, p.currency, p.amount, p.paid_on.label("received_on"))
    money = union_all(paid, select(n.item_id, n.currency, n.amount, n.credited_on)).subquery("money")
    return (
        select(i.id, i.customer_id, i.book_id, i.due_on, i.total, first.c.first, money.c.amount, money.c.received_on)
        .join(first, and_(first.c.customer_id == i.customer_id, first.c.first == i.seen_at))
        .join(t.customers, c.id == i.customer_id)
        .outerjoin(money, and_(money.c.item_id == i.id, money.c.currency == i.currency))
        .where(INVOICE, c.released_at.is_(None), i.due_on <= func.date(first.c.first))
        .order_by(i.due_on, i.customer_id)
    )
