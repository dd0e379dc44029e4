"""Jobs that keep the books honest: each does its work once a day, whenever it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from adapters.keep.head_file import HeadFile
from adapters.store.unit_of_work import SqlStore
from bot.config import Settings
from workflows.audit_invariants import audit_invariants
from workflows.ports import Clock, Policies
from workflows.publish_head import HeadPlaces, publish_head


@dataclass(slots=True)
class Keeping:
    """`audited_on` is remembered in this process only: an audit repeated after a restart raises no card again."""

    store: SqlStore
    policies: Policies
    clock: Clock
    places: HeadPlaces
    audited_on: date | None = None

    async def publish(self) -> bool:
        return await publish_head(self.store.audit, self.places, self.store, self.clock)

    async def audit(self) -> int:
        """How many places were found where a rule does not hold."""
        today = self.clock.now().date()
        if self.audited_on == today:
            return 0
        found = await audit_invariants(self.store, self.policies, self.clock)
        self.audited_on = today
        return len(found)


def head_places(settings: Settings) -> HeadPlaces:
    log = None if settings.audit_head_file is None else HeadFile(settings.audit_head_file)
    return HeadPlaces(log, settings.audit_head_channel)
