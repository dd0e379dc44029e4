"""What time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands: for the demo, and for a pass at a given time."""

    at: datetime

    def now(self) -> datetime:
        return self.at
