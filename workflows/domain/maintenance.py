"""When maintenance may run by itself: a window of the week in the book's own time."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from workflows.domain.calendar import Place
from workflows.domain.values import value

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EXPECTED = "expected a window of the day or week, like 03:00-05:00 or sun 03:00-05:00"
_WINDOW = re.compile(r"(?:(?P<day>[a-z]{3})\s+)?(?P<start>\d{2}:\d{2})-(?P<end>\d{2}:\d{2})")


class BadWindow(ValueError):
    """What was written is no window."""


@value
class Window:
    """`weekday` is 0 for Monday, null for every day. A window over midnight belongs to the day it begins on."""

    weekday: int | None
    start: time
    end: time

    def began(self, now: datetime, place: Place) -> datetime | None:
        """When the window that is open now began, in UTC; null while none is."""
        local = place.local(now)
        for day in (local.date(), local.date() - timedelta(days=1)):
            opens = datetime.combine(day, self.start, local.tzinfo)
            closes = datetime.combine(day + timedelta(days=self.end <= self.start), self.end, local.tzinfo)
            if self.weekday in {None, day.weekday()} and opens <= local < closes:
                return opens.astimezone(now.tzinfo)
        return None


def window(text: str) -> Window:
    """`03:00-05:00` or `sun 03:00-05:00`. Raises `BadWindow`."""
    found = _WINDOW.fullmatch(text.strip().lower())
    if found is None or found["day"] not in {None, *_DAYS}:
        raise BadWindow(_EXPECTED)
    try:
        start, end = time.fromisoformat(found["start"]), time.fromisoformat(found["end"])
    except ValueError:
        raise BadWindow(_EXPECTED) from None
    if start == end:
        raise BadWindow("expected a window with an end after its start")
    return Window(None if found["day"] is None else _DAYS.index(found["day"]), start, end)
