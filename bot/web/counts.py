"""The figures beside the lists. They cost a look over the whole book, so they are kept for a few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.live.lines import outgoing_lines
from bot.web.listings import MARKS, standing
from bot.web.place import View
from workflows.domain.account import Book
from workflows.domain.ids import BookId
from workflows.ports import Policies, UnitOfWork
from workflows.records import StaffCard

KEPT_SECONDS = 15.0


class Counts:
    """`forget` after everything a person did, so that they see its effect at once."""

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._kept: dict[BookId, tuple[float, Mapping[View, int]]] = {}

    def forget(self) -> None:
        self._kept.clear()

    async def of(self, book: Book, cards: Sequence[StaffCard], work: UnitOfWork, policies: Policies, now: datetime) -> Mapping[View, int]:
        """Cards are counted anew each time, the rest is at most a few seconds old."""
        at, kept = self._kept.get(book.id, (0.0, None))
        if kept is None or self._elapsed() - at > KEPT_SECONDS:
            kept = await _counted(book, work, policies, now)
            self._kept[book.id] = (self._elapsed(), kept)
        own = {view: len(standing(cards, view)) for view in (View.NEEDS_ME, View.APPROVALS, View.ANSWERS, View.PROBLEMS)}
        return {**kept, **own}


async def _counted(book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Mapping[View, int]:
    day = book.place.day(now)
    marks = await work.mark_counts(book.id, day)
    return {
        View.FIRST_CONTACT: len(await work.waiting_for_release(book.id)),
        View.TASKS: len(await work.open_tasks(book.id)),
        View.TODAY: len((await outgoing_lines(book, work, policies, now)).lines),
        View.OVERDUE: await work.count_overdue(day, book.id),
        **{view: marks[mark] for view, mark in MARKS.items()},
    }
