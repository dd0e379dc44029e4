"""The cards that stand before staff."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from workflows.domain.ids import BookId, CardId, CustomerId, ItemId, UserId
from workflows.records import CardKind, StaffCard


class CardWork(Protocol):
    """Part of `workflows.ports.UnitOfWork`."""

    async def add_card(self, card: StaffCard) -> bool:
        """False when a card of that kind, subject and day stands already; one that has frozen stands again, with the new `at` and `data`.

        Freezes older live cards of the subject (not problems).
        """
        ...

    async def card(self, card: CardId) -> StaffCard:
        """Its row locked to the end of the unit where the database has row locks."""
        ...

    async def live_cards(
        self, book: BookId | None = None, subject: UUID | None = None, kind: CardKind | None = None
    ) -> Sequence[StaffCard]:
        """Newest first."""
        ...

    async def home_of(self, user: UserId) -> StaffCard | None:
        """Null for somebody who never looked at it."""
        ...

    async def cards_about(self, subject: UUID) -> Sequence[StaffCard]:
        """The newest of a subject, live and frozen, newest first."""
        ...

    async def cards_concerning(self, customers: Sequence[CustomerId]) -> Sequence[StaffCard]:
        """Live cards about an item of theirs or about a book of theirs, newest first."""
        ...

    async def cards_showing(self, books: Collection[BookId], items: Sequence[ItemId]) -> Sequence[StaffCard]:
        """Live cards of the items, and those of the books that list any of them; newest first."""
        ...

    async def set_card(self, card: StaffCard) -> None: ...
