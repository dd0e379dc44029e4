"""A job, whichever engine runs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from adapters.core.cause import caused_by, new_cause

GRACE = 15.0  # seconds that a run under way is given at the end; one that takes longer is broken off, and begun again elsewhere

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Failing:
    """What a job fails of for the time being, by the error's name; empty: it works."""

    of: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """`body` runs every minute of UTC; with `wakes` also as soon as there is something to do.

    Jobs of one `queue` hold each other up and nobody else. A `shared` one may run in several processes at once, any other in one only.
    """

    name: str
    body: Callable[[], Awaitable[object]]
    queue: str
    wakes: bool = False
    shared: bool = False
    failing: Failing = field(default_factory=Failing, compare=False)

    async def run(self) -> None:
        """Trouble stops no other job. It is logged once, and once that it is over: a database that is down fails every job every minute."""
        with caused_by(new_cause()):
            await self._run()

    async def _run(self) -> None:
        try:
            await self.body()
        except Exception as error:
            if type(error).__name__ != self.failing.of:
                log.exception("job failed", job=self.name)
            self.failing.of = type(error).__name__
            return
        if self.failing.of:
            log.info("job works again", job=self.name)
        self.failing.of = ""
