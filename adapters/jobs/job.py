"""A job, whichever engine runs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

GRACE = 15.0  # seconds that a run under way is given at the end; one that takes longer is broken off, and begun again elsewhere

log = structlog.get_logger(__name__)


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

    async def run(self) -> None:
        """Trouble is logged and stops no other job."""
        try:
            await self.body()
        except Exception:
            log.exception("job failed", job=self.name)
