"""Cards that stand in a chat or the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.ids import BookId, CardId
from workflows.errors import NotKnown
from workflows.ports import CardKind, CardState, StaffCard

_CARD = t.cards.c


class Cards(Part):
    async def add_card(self, card: StaffCard) -> bool:
        if not await self._add_new(t.cards, **rows.card_values(card)):
            return False
        if card.kind is not CardKind.PROBLEM:
            older = (_CARD.subject == card.subject) & (_CARD.kind == card.kind.value) & (_CARD.id != card.id)
            await self._connection.execute(update(t.cards).where(older).values(state=CardState.FROZEN.value))
        return True

    async def card(self, card: CardId) -> StaffCard:
        return rows.card(await self._one(select(t.cards).where(_CARD.id == card), "card"))

    async def live_cards(self, book: BookId | None = None, subject: UUID | None = None) -> Sequence[StaffCard]:
        query = select(t.cards).where(_CARD.state == CardState.LIVE.value).order_by(_CARD.at.desc(), _CARD.id)
        if book is not None:
            query = query.where(_CARD.book_id == book)
        if subject is not None:
            query = query.where(_CARD.subject == subject)
        return [rows.card(row) for row in await self._all(query)]

    async def card_at(self, platform: str, channel: str, message: str) -> StaffCard | None:
        there = (_CARD.platform == platform) & (_CARD.channel == channel) & (_CARD.message == message)
        found = await self._all(select(t.cards).where(there))
        return rows.card(found[0]) if found else None

    async def set_card(self, card: StaffCard) -> None:
        done = await self._connection.execute(update(t.cards).where(_CARD.id == card.id).values(rows.card_values(card)))
        if done.rowcount == 0:
            raise NotKnown("There is no such card.")
