"""Where Teams can be written to: learnt from every activity, needed to speak first and to ask who somebody is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from adapters.chat.protocol import Address, Addresses
from adapters.chat.teams.names import PLATFORM
from adapters.chat.teams.turn import Kind, Room, Turn


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation, or a person (then `user` is their id for this bot and `conversation` one both are in).

    `private` is the one-to-one chat with the person, once there is one. `team`, `name` and `sort` are of a channel. `closed` says why nothing
    may be written there any more.
    """

    service: str
    tenant: str
    conversation: str
    room: str
    user: str = ""
    private: str = ""
    team: str = ""
    name: str = ""
    sort: str = ""
    closed: str = ""


_UNMET = Place("", "", "", "")


class AddressBook:
    """Nothing is remembered here: another process may have heard, or been refused, in between."""

    def __init__(self, store: Addresses) -> None:
        self._store = store
        self._learning: dict[str, asyncio.Task[None]] = {}

    async def find(self, key: str) -> Place | None:
        """What is just being learnt of it is waited for."""
        if (learning := self._learning.get(key)) is not None:
            await asyncio.wait({learning})
        return (await self._known(key)).get(key)

    async def newest(self) -> Place | None:
        """The last one that was learnt."""
        found = await self._store.newest(PLATFORM)
        return None if found is None else _place(found.details)

    async def keep(self, key: str, place: Place) -> None:
        await self._store.keep(Address(PLATFORM, key, asdict(place)))

    async def close(self, key: str, why: str) -> None:
        place = await self.find(key)
        if place is not None and place.closed != why:
            await self.keep(key, replace(place, closed=why))

    def learning(self, turn: Turn) -> asyncio.Task[None]:
        """As `learn`, meanwhile."""
        task = asyncio.create_task(self.learn(turn))
        self._learning.update(dict.fromkeys((turn.conversation, turn.person), task))
        task.add_done_callback(self._learnt)
        return task

    def _learnt(self, task: asyncio.Task[None]) -> None:
        self._learning = {key: one for key, one in self._learning.items() if one is not task}

    async def learn(self, turn: Turn) -> None:
        """Who wrote and from where; whoever writes or installs the app may be written to again. What says nothing new costs one read."""
        if turn.kind is Kind.REMOVED:
            await self._left(turn)
            return
        channels = dict.fromkeys((turn.conversation, turn.about or turn.conversation))
        known = await self._known(*channels, *([turn.person] if turn.person else []))
        heard = {key: _conversation(turn, key, known.get(key, _UNMET)) for key in channels}
        if turn.person and turn.kind is not Kind.OTHER:
            heard[turn.person] = _person(turn, known.get(turn.person))
        for key, place in heard.items():
            if known.get(key) != place:
                await self.keep(key, place)
        if turn.kind is Kind.ADDED and turn.team:
            await self._reopen(turn.team)

    async def _known(self, *keys: str) -> Mapping[str, Place]:
        return {key: _place(found.details) for key, found in (await self._store.find(PLATFORM, *keys)).items()}

    async def _reopen(self, team: str) -> None:
        """The app is added to a team as a whole; a channel that still has to have it by itself is closed again by Teams' answer."""
        for key, found in (await self._store.having(PLATFORM, "team", team)).items():
            if (place := _place(found.details)).closed:
                await self.keep(key, replace(place, closed=""))

    async def _left(self, turn: Turn) -> None:
        why = "Duebot was removed there: add the app again."
        await self.close(turn.conversation, why)
        if turn.room is Room.PERSONAL and turn.person:
            await self.close(turn.person, why)


def _place(details: Mapping[str, str]) -> Place:
    """What was kept without its team may have the name and privacy of another channel, so they open nothing."""
    place = Place(**details)
    return place if place.team else replace(place, name="", sort="" if place.sort == "private" else place.sort)


def _conversation(turn: Turn, key: str, before: Place) -> Place:
    """Where it was said, or the channel it tells of: to both it is news of where they are, and only to the latter of what it is."""
    here, told = key == turn.conversation, key == turn.about
    return Place(
        turn.service,
        turn.tenant,
        key,
        turn.room.value if here else Room.CHANNEL.value,
        team=turn.team or before.team,
        name=(turn.channel_name if told else "") or before.name,
        sort=(turn.sort if told else "") or before.sort,
        closed="" if here and turn.kind is not Kind.OTHER else before.closed,
    )


def _person(turn: Turn, before: Place | None) -> Place:
    own = turn.conversation if turn.room is Room.PERSONAL else before.private if before else ""
    return Place(turn.service, turn.tenant, turn.conversation, turn.room.value, user=turn.user, private=own)
