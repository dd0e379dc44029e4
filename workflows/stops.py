"""When nothing may leave and why: a restored copy until it is released, a database while it is being looked after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from workflows.domain.doubt import Restoration
from workflows.errors import Unavailable


class StopKind(StrEnum):
    """`restored`: what the database it is a copy of has sent since is not known here. `maintenance`: what is accepted now might be lost."""

    RESTORED = "restored"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Stop:
    """A mark in the database itself, so that it holds in every process and comes along with every copy.

    `until`: from then on it no longer counts, for whoever began it is gone; null: until it is ended.
    """

    id: UUID
    kind: StopKind
    at: datetime
    until: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class StopWork(Protocol):
    async def stops(self, now: datetime) -> Sequence[Stop]:
        """Those that hold at that instant, by kind."""
        ...

    async def add_stop(self, stop: Stop) -> bool:
        """False when one of its kind holds already. One whose time is over makes room."""
        ...

    async def end_stop(self, stop: UUID, at: datetime, **data: object) -> bool:
        """Adds `data` to it; false when it had ended."""
        ...

    async def restorations(self) -> Sequence[Restoration]:
        """Copies that were put back and released, the newest first."""
        ...


class BeingMaintained(Unavailable):
    """Nothing was accepted: it might be lost. The same press works once the maintenance is over."""

    def __init__(self) -> None:
        super().__init__("Duebot is being maintained for a few minutes, so nothing was changed. Try again when it is over.")
