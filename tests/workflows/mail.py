"""Letters as customers write them, for tests of what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from workflows.domain.arrivals import Answer, Arrival
from workflows.errors import OutsideError

_KEYS = count(1)


def answer(words: str, *, sender: str = "pay@acme.example", subject: str = "Re: your invoice", refers: tuple[str, ...] = ()) -> Answer:
    return Answer(f"mail:{next(_KEYS)}", sender, subject, words, refers)


@dataclass
class FakeMailbox:
    """Keeps letters in order; `batch` at a time. `trouble` is raised at the next look."""

    letters: list[Arrival] = field(default_factory=list)
    batch: int = 2
    trouble: OutsideError | None = None
    name: str = "fake"
    asked: list[tuple[str | None, date]] = field(default_factory=list)

    async def arrivals(self, mark: str | None, since: date) -> Sequence[tuple[str, Arrival]]:
        self.asked.append((mark, since))
        if self.trouble is not None:
            raise self.trouble
        first = int(mark) if mark else 0
        return [(str(at + 1), self.letters[at]) for at in range(first, min(first + self.batch, len(self.letters)))]
