"""Who is behind a chat account, and what those are told who are no colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from adapters.chat.protocol import ChatRoom, Person, Profile
from workflows.acting import record
from workflows.domain.access import User
from workflows.errors import NotFound, OutsideError
from workflows.ports import Clock, Store, UnitOfWork

CHECKED = timedelta(minutes=5)  # somebody who was deactivated, or made a guest, has no access that long after
log = structlog.get_logger(__name__)


class Stranger(StrEnum):
    """Why somebody is no colleague."""

    UNKNOWN = "not linked"
    OUTSIDER = "guest or of another company"
    GONE = "deactivated"


@dataclass(frozen=True, slots=True)
class People:
    """`checked` is when the chat last said that a person is one of ours."""

    store: Store
    rooms: Mapping[str, ChatRoom]
    clock: Clock
    checked: dict[Person, datetime] = field(default_factory=dict)

    def vouched(self, person: Person) -> bool:
        """Whether there is no chat to ask about them, or it has just been asked."""
        return person.platform not in self.rooms or self._is_checked(person)

    async def known(self, person: Person, work: UnitOfWork) -> User | None:
        if person.platform == "inbox":
            return next((user for user in await work.users() if str(user.id) == person.id), None)
        return await work.user_by_identity(person.platform, person.team, person.id)

    async def who(self, person: Person) -> User | Stranger:
        """One whose e-mail the chat has verified is linked on the way; who is no longer one of ours is unlinked.

        Raises the errors of `workflows.errors` when the chat does not say who a stranger is. Of a colleague it is asked again next
        time: that it was they who pressed, the chat has vouched for.
        """
        async with self.store.reading() as work:
            known = await self.known(person, work)
        room = self.rooms.get(person.platform)
        if room is None or (known is not None and self._is_checked(person)):
            return known or Stranger.UNKNOWN
        try:
            profile = await room.profile(person)
        except NotFound:
            return await self._turn_away(person, Stranger.GONE)
        except OutsideError as error:
            if known is None:
                raise
            log.warning("profile not read", platform=person.platform, why=str(error))
            return known
        why = _stranger(profile)
        if why is not None:
            return await self._turn_away(person, why)
        self.checked[person] = self.clock.now()
        return known or (await self._link(person, profile.email) if profile.email else Stranger.UNKNOWN)

    def _is_checked(self, person: Person) -> bool:
        now = self.clock.now()
        for one in [one for one, at in self.checked.items() if at + CHECKED <= now]:
            del self.checked[one]
        return person in self.checked

    async def _turn_away(self, person: Person, why: Stranger) -> Stranger:
        async with self.store() as work:
            if await work.unlink(person.platform, person.team, person.id):
                about = {"platform": person.platform, "person": person.id, "why": why.value}
                await record(work, person.platform, self.clock.now(), "user.unlinked", about)
        return why

    async def _link(self, person: Person, email: str) -> User | Stranger:
        async with self.store() as work:
            if (known := await work.user_by_identity(person.platform, person.team, person.id)) is not None:
                return known  # another press of theirs has linked them meanwhile
            user = await work.user_by_email(email)
            if user is None:
                return Stranger.UNKNOWN
            if await work.link(user.id, person.platform, person.team, person.id):
                await record(work, str(user.id), self.clock.now(), "user.linked", {"platform": person.platform, "person": person.id})
            return user


def _stranger(profile: Profile) -> Stranger | None:
    if profile.deactivated:
        return Stranger.GONE
    return Stranger.OUTSIDER if profile.outsider else None
