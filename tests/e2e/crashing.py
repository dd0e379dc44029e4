"""A Duebot process that kills itself at a named point; run by `test_crashes.py` in processes of its own.

Everything in it is the real thing: the store, the letters, the jobs, the desk, the channel. Only the ports are wrapped, to die
between a thing and the next.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, cast

from adapters.chat.protocol import CardRef, ChatRoom, Incoming, Person
from adapters.letters.template_letters import TemplateLetters
from adapters.outreach.eml_folder import EmlFolder
from adapters.outreach.smtp import TLS, SMTPMail, SMTPSettings
from adapters.store.engine import open_engine
from adapters.store.inbound import SqlInbound
from adapters.store.unit_of_work import SqlStore
from bot.handle import Desk
from bot.jobs import Jobs
from cards.actions import Action, Name
from tests.conftest import SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.workflows.office import ANA, policies
from workflows.domain.ids import ItemId
from workflows.domain.messages import Message, Receipt
from workflows.ports import Outreach, Store, UnitOfWork
from workflows.send_reminder import PreviewReminder, preview_reminder

SENDER = "receivables@seller.example"

# What a unit of work is called after: the first of these it asks for.
UNITS = {
    "handled": "click",
    "claim_accounts": "tick",
    "raised_between": "alerts",
    "abandoned": "abandoned",
    "reserve": "claim",
    "set_sending": "sending",
    "settle": "receipt",
    "settle_sent": "receipt",
}

POINTS = (
    "before the click is accepted",
    "after the click is accepted",
    "before the commit of the click",
    "after the commit of the click",
    "before the commit of the tick",
    "after the commit of the tick",
    "before the commit of the alerts",
    "after the commit of the alerts",
    "before the commit of the abandoned",
    "before the commit of the claim",
    "after the commit of the claim",
    "before the commit of the sending",
    "after the commit of the sending",
    "before the channel has a message",
    "after the channel has a message",
    "before the commit of the receipt",
    "after the commit of the receipt",
)
CHAT_POINTS = ("before the chat has a card", "after the chat has a card")
# Here messages have left, or may have, that nothing is known of. (After the first receipt the others may be known already.)
IN_DOUBT = frozenset(POINTS[POINTS.index("after the commit of the sending") : -1])


@dataclass(slots=True)
class Fuse:
    """Kills the process, as `kill -9` would, the first time it comes past its point, or past so many of any kind."""

    point: str | None
    left: int | None = None

    def pass_by(self, point: str) -> None:
        assert self.point is None or self.point in {*POINTS, *CHAT_POINTS}
        if self.left is not None:
            self.left -= 1
        if point == self.point or self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class Watched:
    """A unit of work that remembers what it was for."""

    work: UnitOfWork
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self.work, name)

    @property
    def name(self) -> str:
        return next((UNITS[asked] for asked in self.asked if asked in UNITS), "something else")


@dataclass(slots=True)
class DyingStore:
    store: Store
    fuse: Fuse

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return dying(self.store(), self.fuse)

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self.store.reading()


@asynccontextmanager
async def dying(unit: AbstractAsyncContextManager[UnitOfWork], fuse: Fuse) -> AsyncGenerator[UnitOfWork, None]:
    async with unit as work:
        watched = Watched(work)
        yield cast(UnitOfWork, watched)  # ruff: ignore[fallible-context-manager] - a unit that raises has no commit to die at
        fuse.pass_by(f"before the commit of the {watched.name}")
    fuse.pass_by(f"after the commit of the {watched.name}")


@dataclass(slots=True)
class DyingChannel:
    outreach: Outreach
    fuse: Fuse
    channel: str = "email"

    async def send(self, message: Message, key: str) -> Receipt:
        self.fuse.pass_by("before the channel has a message")
        receipt = await self.outreach.send(message, key)
        self.fuse.pass_by("after the channel has a message")
        return receipt

    async def was_sent(self, key: str) -> bool | None:
        return await self.outreach.was_sent(key)

    async def rest(self) -> None:
        await self.outreach.rest()


@dataclass(slots=True)
class DyingInbound:
    inbound: SqlInbound
    fuse: Fuse

    async def accept(self, incoming: Incoming) -> bool:
        self.fuse.pass_by("before the click is accepted")
        new = await self.inbound.accept(incoming)
        self.fuse.pass_by("after the click is accepted")
        return new

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inbound, name)


@dataclass(slots=True)
class DyingRoom:
    room: ChatRoom
    fuse: Fuse

    async def post(self, *given: Any) -> CardRef:
        self.fuse.pass_by("before the chat has a card")
        ref = await self.room.post(*given)
        self.fuse.pass_by("after the chat has a card")
        return ref

    def __getattr__(self, name: str) -> Any:
        return getattr(self.room, name)


@dataclass(frozen=True, slots=True)
class Run:
    """What a process does. `channel` is the port of a mail server or a folder; `click` is an item to send a reminder about by hand."""

    url: str
    channel: int | Path
    at: datetime
    point: str | None = None
    click: ItemId | None = None
    passes: int = 1


def channel_of(where: int | Path, clock: FixedClock) -> Outreach:
    if isinstance(where, Path):
        return EmlFolder(where, sender=SENDER, clock=clock)
    return SMTPMail(SMTPSettings("127.0.0.1", SENDER, where, TLS.NONE), clock)


def run(ask: Run, barrier: Barrier | None = None) -> None:
    """The whole life of one process."""
    if barrier is not None:
        barrier.wait()
    asyncio.run(_live(ask))


async def _live(ask: Run) -> None:
    clock, fuse = FixedClock(ask.at), Fuse(ask.point)
    real = SqlStore(open_engine(ask.url), [SECRET_KEY])
    store, letters, inbound = DyingStore(real, fuse), TemplateLetters(), real.inbound(clock)
    book = policies()
    desk = Desk(store, book, letters, clock, {}, lambda: None)
    channels = {"email": DyingChannel(channel_of(ask.channel, clock), fuse)}
    jobs = Jobs(store, book, letters, clock, channels, {}, inbound, desk)
    if ask.click is not None:
        pressed = await _press(ask.click, jobs)
        fuse.pass_by("before the click is accepted")
        await inbound.accept(pressed)
        fuse.pass_by("after the click is accepted")
        await desk(pressed)
    for _ in range(ask.passes):
        await jobs.catch_up()
        await jobs.tick()
        await jobs.deliver()
        clock.advance(timedelta(minutes=6))
    await real.close()


async def _press(item: ItemId, jobs: Jobs) -> Incoming:
    """Send, as it stands under the preview."""
    async with jobs.store() as work:
        seen = await preview_reminder(PreviewReminder(item, ANA), work, jobs.policies, jobs.letters, jobs.clock)
    data = {"print": seen.fingerprint, "earlier": str(seen.earlier)}
    return Incoming("press-1", Person("inbox", "", str(ANA.id)), Action(Name.CONFIRM_REMINDER, item, data=data))
