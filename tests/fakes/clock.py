"""A clock that shows what the test says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class FixedClock:
    """Stands still until it is set or moved on."""

    def __init__(self, at: datetime = TUESDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        self.at = at

    def advance(self, by: timedelta) -> None:
        self.at += by
