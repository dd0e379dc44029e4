"""The window in which maintenance may run by itself, in the book's own time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workflows.domain.calendar import Place
from workflows.domain.maintenance import BadWindow, window

BERLIN = Place("Europe/Berlin", "DE")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "now", "began"),
    [
        ("03:00-05:00", "2026-11-24T01:59:59", None),
        ("03:00-05:00", "2026-11-24T02:00", "2026-11-24T02:00"),
        ("03:00-05:00", "2026-11-24T03:59:59", "2026-11-24T02:00"),
        ("03:00-05:00", "2026-11-24T04:00", None),
        ("tue 03:00-05:00", "2026-11-24T02:30", "2026-11-24T02:00"),
        ("Sun 03:00-05:00", "2026-11-24T02:30", None),
        ("mon 23:00-01:00", "2026-11-23T22:30", "2026-11-23T22:00"),
        ("mon 23:00-01:00", "2026-11-23T23:30", "2026-11-23T22:00"),  # half past midnight on Tuesday
        ("mon 23:00-01:00", "2026-11-24T22:30", None),
        ("sun 01:00-04:00", "2026-03-29T01:30", "2026-03-29T00:00"),  # the night that jumps from two to three
        ("sun 01:00-04:00", "2026-10-25T02:30", "2026-10-24T23:00"),  # the night that has an hour twice
    ],
)
def test_the_boundaries(text: str, now: str, began: str | None) -> None:
    assert window(text).began(utc(now), BERLIN) == (None if began is None else utc(began))


@pytest.mark.parametrize("text", ["", "night", "3:00-5:00", "03:00", "24:00-25:00", "xyz 03:00-05:00", "03:00-03:00", "sunday 03:00-05:00"])
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(BadWindow, match="expected a window"):
        window(text)
