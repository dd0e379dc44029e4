"""What this process did since it began, counted at its edges for whoever watches it. No customer's name, no amount."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.chat.protocol import CardRef, ChatRoom, Limit, Person, Profile
from cards.elements import Card
from workflows.domain import messages
from workflows.errors import OutcomeUnknown, OutsideError
from workflows.ports import Outreach

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)  # seconds; a chat waits three
SENT, UNKNOWN, ERROR = "sent", "unknown", "error"


@dataclass(slots=True)
class Times:
    """How often something took how long: `within[n]` at most `BUCKETS[n]` seconds and more than the one before, the last one longer."""

    within: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        self.within[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


@dataclass(frozen=True, slots=True)
class Counts:
    """`sends` by vendor and result, `runs` by job and result."""

    sends: Counter[tuple[str, str]] = field(default_factory=Counter)
    runs: Counter[tuple[str, str]] = field(default_factory=Counter)
    acknowledged: Times = field(default_factory=Times)

    @contextmanager
    def sending(self, vendor: str) -> Generator[None, None, None]:
        """Counts how the block ended."""
        result = ERROR
        try:
            yield
            result = SENT
        except OutcomeUnknown:
            result = UNKNOWN
            raise
        except OutsideError as trouble:
            result = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(trouble).__name__).lower()
            raise
        finally:
            self.sends[vendor, result] += 1

    def of_channels(self, channels: Mapping[str, Outreach]) -> dict[str, Outreach]:
        return {name: CountedChannel(channel, self) for name, channel in channels.items()}

    def of_rooms(self, rooms: Mapping[str, ChatRoom]) -> dict[str, ChatRoom]:
        return {name: CountedRoom(room, self) for name, room in rooms.items()}


def vendor_of(connector: object) -> str:
    """A connector's file is named for its vendor."""
    return type(connector).__module__.rpartition(".")[2]


class CountedChannel:
    """A channel to customers, counted."""

    def __init__(self, outreach: Outreach, counts: Counts) -> None:
        self._outreach, self._counts, self._vendor = outreach, counts, vendor_of(outreach)
        self.channel = outreach.channel

    async def send(self, message: messages.Message, key: str) -> messages.Receipt:
        with self._counts.sending(self._vendor):
            return await self._outreach.send(message, key)

    async def was_sent(self, key: str) -> bool | None:
        return await self._outreach.was_sent(key)

    async def rest(self) -> None:
        await self._outreach.rest()


class CountedRoom:
    """A chat, counted."""

    def __init__(self, room: ChatRoom, counts: Counts) -> None:
        self._room, self._counts = room, counts
        self.platform, self.edits = room.platform, room.edits

    def threads(self, channel: str) -> bool:
        return self._room.threads(channel)

    def address(self, team: str, channel: str) -> str:
        return self._room.address(team, channel)

    def home(self, written: str) -> str:
        return self._room.home(written)

    def limits(self, channel: str, *, new: bool) -> Sequence[Limit]:
        return self._room.limits(channel, new=new)

    async def homes(self) -> Sequence[str]:
        return await self._room.homes()

    async def alive(self, home: str) -> None:
        await self._room.alive(home)

    async def check(self, channel: str) -> None:
        await self._room.check(channel)

    async def post(self, channel: str, card: Card) -> CardRef:
        with self._counts.sending(self.platform):
            return await self._room.post(channel, card)

    async def update(self, ref: CardRef, card: Card) -> None:
        with self._counts.sending(self.platform):
            await self._room.update(ref, card)

    async def reply(self, ref: CardRef, card: Card) -> CardRef:
        with self._counts.sending(self.platform):
            return await self._room.reply(ref, card)

    async def profile(self, person: Person) -> Profile:
        return await self._room.profile(person)


class Acknowledged:
    """Times how long a chat waits for the answer to what it brought."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app, self._counts = app, counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.monotonic()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                self._counts.acknowledged.add(time.monotonic() - began)
            await send(message)

        await self._app(scope, receive, timed)
