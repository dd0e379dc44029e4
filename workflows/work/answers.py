"""What customers say back, and the mailboxes it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from workflows.domain.contact import Meaning, OptOut, Reply
from workflows.domain.ids import BookId, CustomerId, NoticeId, ReplyId, UserId


class AnswerWork(Protocol):
    """Part of `workflows.ports.UnitOfWork`."""

    async def opt_out(self, fact: OptOut, customer: CustomerId) -> bool:
        """False when one for that channel and address runs."""
        ...

    async def opt_in(self, customer: CustomerId, channel: str, address: str, at: datetime) -> bool:
        """Ends the opt-out that runs; false when none does."""
        ...

    async def add_reply(self, reply: Reply, customer: CustomerId, words: str) -> bool:
        """False when an answer of that key is there. `words` are kept encrypted."""
        ...

    async def reply(self, reply: ReplyId) -> tuple[Reply, CustomerId, str]:
        """With its words; empty when they were erased."""
        ...

    async def erasure(self, customer: CustomerId) -> str | None:
        """The name in place of the person's; null: they were not erased."""
        ...

    async def end_reply(self, reply: ReplyId, meaning: Meaning, by: UserId | None, at: datetime) -> bool:
        """Somebody dealt with it; false when it was dealt with before."""
        ...

    async def open_replies(self, book: BookId) -> Sequence[tuple[CustomerId, Reply]]:
        """Those that nobody has dealt with, the oldest first."""
        ...

    async def read_mark(self, source: str) -> tuple[str, datetime] | None:
        """How far it was read, in its own words, and when; null while it never was."""
        ...

    async def set_read_mark(self, source: str, mark: str, at: datetime) -> None: ...
    async def first_arrival(self, key: str, at: datetime) -> bool:
        """False when that letter came in before."""
        ...

    async def notice_sent_as(self, reference: str) -> tuple[NoticeId, CustomerId] | None:
        """The message the vendor knows by that reference; for mail its Message-ID."""
        ...

    async def customers_at(self, address: str) -> Sequence[CustomerId]:
        """Whose e-mail address it is, in any case."""
        ...
