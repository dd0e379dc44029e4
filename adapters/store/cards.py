"""Cards that stand in a chat or the inbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, cast, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.fetch import kept
from adapters.store.many import among, any_of
from adapters.store.unit import Part
from workflows.domain.ids import BookId, CardId, CustomerId, ItemId, UserId
from workflows.errors import NotKnown
from workflows.records import CardKind, CardState, StaffCard

_CARD = t.cards.c
MOST_ABOUT = 20  # older ones froze long ago
_ABOUT = (
    select(t.cards)
    .where(or_(*(_CARD.state == state.value for state in CardState)), _CARD.subject == bindparam("subject"))
    .order_by(_CARD.at.desc(), _CARD.id)
    .limit(MOST_ABOUT)
)
_HOME = select(t.cards).where(_CARD.state == CardState.LIVE.value, _CARD.kind == CardKind.HOME.value, _CARD.subject == bindparam("subject"))


class Cards(Part):
    async def add_card(self, card: StaffCard) -> bool:
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        written = insert(t.cards).values(rows.card_values(card))
        again = {"state": CardState.LIVE.value, "at": written.excluded.at, "data": written.excluded.data}
        done_with = _CARD.state == CardState.FROZEN.value
        written = written.on_conflict_do_update(index_elements=("kind", "subject", "day"), set_=again, where=done_with)
        if (await self._connection.execute(written.returning(_CARD.id))).one_or_none() is None:
            return False
        if card.kind is not CardKind.PROBLEM:
            older = (_CARD.subject == card.subject) & (_CARD.kind == card.kind.value) & (_CARD.day != card.day)
            await self._connection.execute(update(t.cards).where(older).values(state=CardState.FROZEN.value))
        return True

    async def card(self, card: CardId) -> StaffCard:
        return rows.card(await self._one(self._held(select(t.cards).where(_CARD.id == card)), "card"))

    async def live_cards(
        self, book: BookId | None = None, subject: UUID | None = None, kind: CardKind | None = None
    ) -> Sequence[StaffCard]:
        query = select(t.cards).where(_CARD.state == CardState.LIVE.value).order_by(_CARD.at.desc(), _CARD.id)
        if book is not None:
            query = query.where(_CARD.book_id == book)
        if subject is not None:
            query = query.where(_CARD.subject == subject)
        if kind is not None:
            query = query.where(_CARD.kind == kind.value)
        return [rows.card(row) for row in await self._all(query)]

    async def cards_about(self, subject: UUID) -> Sequence[StaffCard]:
        return [rows.card(row) for row in await kept(self._connection, _ABOUT, {"subject": subject})]

    async def home_of(self, user: UserId) -> StaffCard | None:
        found = await kept(self._connection, _HOME, {"subject": user})
        return rows.card(found[0]) if found else None

    async def cards_concerning(self, customers: Sequence[CustomerId]) -> Sequence[StaffCard]:
        theirs = any_of(self._connection, Uuid(), customers)
        items = select(t.items.c.id).where(theirs(t.items.c.customer_id))
        subjects = items.union_all(select(t.customers.c.book_id).where(theirs(t.customers.c.id)))
        live = select(t.cards).where(_CARD.state == CardState.LIVE.value, _CARD.subject.in_(subjects))
        return [rows.card(row) for row in await self._all(live.order_by(_CARD.at.desc(), _CARD.id))]

    async def cards_showing(self, books: Collection[BookId], items: Sequence[ItemId]) -> Sequence[StaffCard]:
        about = among(self._connection, _CARD.subject, list(items)) | (_CARD.subject.in_(books) & self._lists(items))
        found = await self._all(select(t.cards).where(_CARD.state == CardState.LIVE.value, about).order_by(_CARD.at.desc(), _CARD.id))
        return [rows.card(row) for row in found]

    def _lists(self, items: Sequence[ItemId]) -> ColumnElement[bool]:
        """The card's own list names any of the items."""
        names = [str(item) for item in items]
        if self._connection.dialect.name == "sqlite":
            listed = func.json_each(_CARD.data, "$.items").table_valued("value")
            return select(listed.c.value).where(listed.c.value.in_(names)).exists()
        return _CARD.data["items"].bool_op("?|")(cast(names, postgresql.ARRAY(Text())))

    async def set_card(self, card: StaffCard) -> None:
        done = await self._connection.execute(update(t.cards).where(_CARD.id == card.id).values(rows.card_values(card)))
        if done.rowcount == 0:
            raise NotKnown("There is no such card.")
