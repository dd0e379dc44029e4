"""Where Teams can be written to: learnt from every activity, needed to speak first and to ask who somebody is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from adapters.chat.protocol import Address, Addresses
from adapters.chat.teams.names import PLATFORM
from adapters.chat.teams.turn import Kind, Room, Turn


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation, or a person (then `user` is their id for this bot and `conversation` one both are in).

    `private` is the one-to-one chat with the person, once there is one. `closed` says why nothing may be written there any more.
    """

    service: str
    tenant: str
    conversation: str
    room: str
    user: str = ""
    private: str = ""
    name: str = ""
    sort: str = ""
    closed: str = ""


class AddressBook:
    """Nothing is remembered here: another process may have heard, or been refused, in between."""

    def __init__(self, store: Addresses) -> None:
        self._store = store

    async def find(self, key: str) -> Place | None:
        found = await self._store.find(PLATFORM, key)
        return None if found is None else Place(**found.details)

    async def keep(self, key: str, place: Place) -> None:
        """What says nothing new costs no write."""
        if await self.find(key) != place:
            await self._store.keep(Address(PLATFORM, key, asdict(place)))

    async def close(self, key: str, why: str) -> None:
        place = await self.find(key)
        if place is not None:
            await self.keep(key, replace(place, closed=why))

    async def learn(self, turn: Turn) -> None:
        """Who wrote and from where; whoever writes or installs the app may be written to again."""
        if turn.kind is Kind.REMOVED:
            await self._left(turn)
            return
        heard = turn.kind is not Kind.OTHER
        await self._learn_conversation(turn, heard=heard)
        if turn.person and heard:
            await self._learn_person(turn)

    async def _learn_conversation(self, turn: Turn, *, heard: bool) -> None:
        before = await self.find(turn.conversation)
        name, sort = turn.channel_name or (before.name if before else ""), turn.sort or (before.sort if before else "")
        closed = "" if heard or before is None else before.closed
        place = Place(turn.service, turn.tenant, turn.conversation, turn.room.value, name=name, sort=sort, closed=closed)
        await self.keep(turn.conversation, place)

    async def _learn_person(self, turn: Turn) -> None:
        before = await self.find(turn.person)
        own = turn.conversation if turn.room is Room.PERSONAL else before.private if before else ""
        await self.keep(turn.person, Place(turn.service, turn.tenant, turn.conversation, turn.room.value, user=turn.user, private=own))

    async def _left(self, turn: Turn) -> None:
        why = "Duebot was removed there: add the app again."
        await self.close(turn.conversation, why)
        if turn.room is Room.PERSONAL and turn.person:
            await self.close(turn.person, why)
