"""What stands behind a chat: keeps what arrives, and answers as it was told to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.chat.protocol import Incoming, Reply
from cards.actions import Name
from cards.elements import Card, Text
from workflows.install_workspace import Begun
from workflows.records import Installation


@dataclass(slots=True)
class FakeInbound:
    """Keeps the rows, and the keys of what was given up. `refuse` stands for a database that is down; while `gate` is not set nothing is committed."""

    rows: dict[str, Incoming] = field(default_factory=dict)
    given_up: list[str] = field(default_factory=list)
    refuse: bool = False
    refused: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event | None = None

    async def accept(self, incoming: Incoming) -> bool:
        self.asked.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.refuse:
            self.refused.set()
            raise ConnectionError("the database is down")
        if incoming.key in self.rows:
            return False
        self.rows[incoming.key] = incoming
        return True

    async def give_up(self, incoming: Incoming) -> bool:
        self.given_up.append(incoming.key)
        return True


@dataclass(slots=True)
class FakeHandler:
    """`replies` by the action's name or the command's text; anything else gets a line. While `gate` is not set nobody is answered.

    `opening` is the command that is known to mean a form.
    """

    replies: dict[Name | str, Reply | Exception] = field(default_factory=dict)
    handled: list[Incoming] = field(default_factory=list)
    gate: asyncio.Event | None = None
    called: asyncio.Event = field(default_factory=asyncio.Event)
    opening: str = ""

    def opens(self, text: str) -> bool:
        return text == self.opening

    async def __call__(self, incoming: Incoming) -> Reply:
        self.handled.append(incoming)
        self.called.set()
        if self.gate is not None:
            await self.gate.wait()
        asked = incoming.action.name if incoming.action else incoming.text or ""
        reply = self.replies.get(asked) or Reply(line(f"Did {asked}."))
        if isinstance(reply, Exception):
            raise reply
        return reply


def line(words: str) -> Card:
    return Card(words, (Text(words),))


@dataclass(slots=True)
class SetClock:
    """Stands still until it is set."""

    at: datetime = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass(slots=True)
class FakeInstallations:
    """What is installed where; `over` is what was said to be over."""

    there: dict[str, Installation] = field(default_factory=dict)
    over: list[str] = field(default_factory=list)

    async def ended(self) -> Sequence[str]:
        return self.over

    async def running(self) -> Sequence[Installation]:
        return list(self.there.values())

    async def begin(self, offer: str) -> Begun:
        return Begun(offer, "browser")

    async def take(self, state: str, browser: str) -> None: ...

    async def keep(self, new: Installation, by: str) -> None:
        self.there[new.team] = new

    async def renew(self, new: Installation, old_token: str) -> None:
        if self.there[new.team].token == old_token:
            self.there[new.team] = new

    async def end(self, team: str, why: str, said_at: datetime) -> None:
        self.over.append(team)
        self.there.pop(team, None)
