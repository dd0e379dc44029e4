"""How a colleague wants to be told, as they set it themselves in chat."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from workflows.domain.calendar import Place
from workflows.domain.routing import Quiet
from workflows.domain.values import value


class Notify(StrEnum):
    """What comes to them alone, beside the channels: everything about their customers, or nothing."""

    ALL = "all"
    NOTHING = "nothing"


@value
class Preferences:
    """`language` is how figures and dates are written for them; null: as each book writes them. In `quiet` hours of the book's day nothing comes."""

    notify: Notify = Notify.ALL
    language: str | None = None
    quiet: Quiet | None = None

    def free_from(self, place: Place, now: datetime) -> datetime:
        """When something may come to them; `now` unless it is quiet."""
        return self.quiet.over(place, now) if self.quiet else now
