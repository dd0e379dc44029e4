"""The messages to customers, from their cause to their receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from workflows.domain.account import ListedItem, Notice, NoticeState
from workflows.domain.ids import BookId, CustomerId, NoticeId
from workflows.domain.messages import Message


class NoticeWork(Protocol):
    """Part of `workflows.ports.UnitOfWork`."""

    async def add_notice(self, customer: CustomerId, notice: Notice, key: str) -> bool:
        """False, and nothing stored, when the key was used, or a counting notice led with the same item, step and occurrence."""
        ...

    async def add_notices(self, new: Sequence[tuple[CustomerId, Notice, str]]) -> frozenset[NoticeId]:
        """As `add_notice` for many at once, each with its key, of accounts that this unit holds; those that were stored."""
        ...

    async def notice(self, notice: NoticeId) -> tuple[Notice, CustomerId]: ...
    async def addressees(self, notices: Sequence[NoticeId]) -> Mapping[NoticeId, CustomerId]:
        """Whom they are to; those that do not exist are left out."""
        ...

    async def notices_of(self, book: BookId, day: date) -> Sequence[tuple[Notice, CustomerId]]:
        """Messages of that local day to the book's customers, oldest first, whatever their state."""
        ...

    async def set_notice(self, notice: NoticeId, state: NoticeState, at: datetime, because: str = "") -> None:
        """A state that does not count frees the key, so that the step may go out another day."""
        ...

    async def notices_sent(self, notices: Sequence[NoticeId], at: datetime) -> None:
        """As `set_notice` with `sent`, for many that exist."""
        ...

    async def relist_notice(self, notice: NoticeId, items: Sequence[ListedItem], currencies: Sequence[str]) -> None:
        """What the message says in the end, when something changed between its cause and its sending."""
        ...

    async def keep_body(self, notice: NoticeId, message: Message) -> str:
        """Stores the message encrypted and returns the SHA-256 of its text as hex."""
        ...

    async def keep_bodies(self, messages: Mapping[NoticeId, Message]) -> Mapping[NoticeId, str]:
        """As `keep_body`, for many that exist."""
        ...

    async def body(self, notice: NoticeId) -> Message | None:
        """The message as it was kept, without its documents; null when none was, or erasure emptied it."""
        ...
