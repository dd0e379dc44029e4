"""What the use cases need of the outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from workflows.domain.ids import CardId
from workflows.records import Effect, OutboxRow, OutboxState


class OutboxWork(Protocol):
    """The part of a unit of work that holds what must leave the process."""

    async def enqueue(self, kind: Effect, key: str, payload: Mapping[str, Any], not_before: datetime, channel: str = "") -> bool:
        """False when the key was used. `channel` is the way a message to a customer leaves."""
        ...

    async def enqueue_all(self, kind: Effect, rows: Sequence[tuple[str, Mapping[str, Any], str]], not_before: datetime) -> int:
        """As `enqueue` for many, each with its key, payload and channel; how many were new."""
        ...

    def redraw(self, card: CardId, at: datetime, *, acted: bool = False, anew: bool = False) -> None:
        """The card is drawn and shown once the unit is committed, from `at` on: as it is then, and once, however often it is asked for.

        A person waits to see what they did where they `acted`; `anew`: it is shown though nothing changed.
        """
        ...

    async def claim(self, kind: Effect, now: datetime, limit: int, lease: timedelta, channel: str = "") -> Sequence[OutboxRow]:
        """Due rows of the channel, set to `sending` with a lease and one attempt more; none while a stop of `workflows.stops` holds."""
        ...

    async def reserve(self, kind: Effect, channel: str, now: datetime, limit: int, lease: timedelta) -> Sequence[OutboxRow]:
        """As `claim` for a channel, but the rows stay `queued`: they are leased, and nothing has been tried."""
        ...

    async def set_sending(self, reserved: Sequence[OutboxRow], now: datetime, lease: timedelta) -> Collection[UUID]:
        """The ids of those that were still reserved so; they are `sending` now, leased anew. None while a stop holds."""
        ...

    async def hand_back(self, taken: Sequence[OutboxRow]) -> None:
        """Those that are still as they were taken, reserved or `sending`, wait as if they had not been."""
        ...

    async def give(self, row: UUID, channel: str) -> None:
        """A row that was reserved waits for that channel as if it had not been."""
        ...

    async def abandoned(
        self, kind: Effect, now: datetime, limit: int, lease: timedelta, channel: str = "", others: Collection[str] | None = None
    ) -> Sequence[OutboxRow]:
        """Rows of the channel left in `sending` by a worker whose lease is over, leased anew so that only one worker settles them.

        With `others` also those of channels that are none of these: nobody else will.
        """
        ...

    async def still(self, row: OutboxRow) -> bool:
        """Whether it is as this worker took it: neither settled nor taken by another one since."""
        ...

    async def name_channels(self) -> None:
        """Queued messages that name no channel get theirs: a release before this one wrote them."""
        ...

    async def settle(
        self,
        row: UUID,
        state: OutboxState,
        at: datetime,
        *,
        reference: str | None = None,
        not_before: datetime | None = None,
        error: str = "",
    ) -> None: ...

    async def withdraw(self, key: str, at: datetime, why: str) -> bool:
        """Suppresses a row that waits; false when it is leaving, has left, or was never there."""
        ...

    async def settle_sent(self, references: Mapping[UUID, str], at: datetime) -> None:
        """As `settle` with `sent`, for many rows and what the vendor knows each by."""
        ...

    async def outbox_counts(self) -> Mapping[tuple[Effect, OutboxState], int]: ...
