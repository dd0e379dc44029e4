"""A colleague says how they want to be told."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.acting import record, require
from workflows.domain.access import Right, User
from workflows.domain.preferences import Preferences
from workflows.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True)
class SetPreferences:
    wanted: Preferences
    by: User


async def set_preferences(ask: SetPreferences, work: UnitOfWork, clock: Clock) -> Preferences:
    """For themselves alone."""
    require(ask.by, Right.SEE)
    wanted = ask.wanted
    await work.set_preferences(ask.by.id, wanted)
    facts = {"notify": wanted.notify.value, "language": wanted.language or "", "quiet": wanted.quiet.words if wanted.quiet else ""}
    await record(work, str(ask.by.id), clock.now(), "preferences.set", facts)
    return wanted
