"""How fast chats are written to: never faster than they allow, whatever the number of processes, and people's own changes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.chat.protocol import Limit
from workflows.errors import RateLimited
from workflows.ports import Clock, Store, UnitOfWork

_WORDS = "it waits for its turn, as the chat allows only so many changes a minute"


class _NotYet(Exception):
    """Ends the unit of work, so that turns taken before this one are given back."""

    def __init__(self, limit: Limit, free_at: datetime) -> None:
        super().__init__(limit.key)
        self.limit, self.free_at = limit, free_at


@dataclass(slots=True)
class Pace:
    """For one pass. `queue` holds when the last of those told to wait may come back: the next one comes after it, not with it."""

    store: Store
    clock: Clock
    queue: dict[str, datetime] = field(default_factory=dict)

    async def take(self, limits: Sequence[Limit], *, urgent: bool) -> None:
        """A turn of each, or none. Raises `RateLimited` with the time to wait."""
        now, ordered = self.clock.now(), sorted(limits, key=lambda one: one.key)
        queued = next((one for one in ordered if one.key in self.queue and not urgent), None)
        if queued is not None:
            raise self._behind(queued, now)
        try:
            async with self.store() as work:
                for limit in ordered:
                    await _turn(limit, now, work, urgent=urgent)
        except _NotYet as refused:
            if urgent:
                raise RateLimited(_WORDS, (refused.free_at - now).total_seconds()) from None
            self.queue[refused.limit.key] = refused.free_at - timedelta(seconds=refused.limit.every)
            raise self._behind(refused.limit, now) from None

    def _behind(self, limit: Limit, now: datetime) -> RateLimited:
        self.queue[limit.key] += timedelta(seconds=limit.every)
        return RateLimited(_WORDS, (self.queue[limit.key] - now).total_seconds())

    async def hold(self, limits: Sequence[Limit], seconds: float) -> None:
        """The chat itself asked for a pause: nobody goes on there before it is over."""
        async with self.store() as work:
            for limit in sorted((one for one in limits if one.alone), key=lambda one: one.key):
                wait = timedelta(seconds=seconds + limit.every * (limit.urgent - 1))
                await work.hold_turns(limit.key, self.clock.now() + wait)


async def _turn(limit: Limit, now: datetime, work: UnitOfWork, *, urgent: bool) -> None:
    every = timedelta(seconds=limit.every)
    free_at = await work.take_turn(limit.key, every, every * ((limit.urgent if urgent else limit.burst) - 1), now)
    if free_at is not None:
        raise _NotYet(limit, free_at)
