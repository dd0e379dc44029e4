"""One Duebot process of a round: what `duebot serve` is made of, with the round's hands on its clock, its network, its disk and its life."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import socket
import sys
from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, ClassVar, cast

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from adapters.chat.protocol import ChatRoom
from adapters.chat.slack import workspaces
from adapters.jobs.embedded import ticking
from adapters.outreach.smtp import SMTPMail
from adapters.store import engine
from adapters.store.inbound import SqlInbound
from adapters.store.unit_of_work import SqlStore, SqlUnitOfWork
from bot.app import App, running
from bot.config import Settings
from bot.schedule import jobs as all_jobs
from bot.serve import listening, serve_app
from tests.chaos.warmth import build_with
from tests.e2e.crashing import DyingChannel, DyingInbound, DyingRoom, Fuse, dying
from tests.fakes.clock import FixedClock
from tests.peers.smtp import HOST
from workflows.ports import Outreach

MAIL_HOST, CHAT_HOST = "mail.chaos.test", "chat.chaos.test"
PATIENCE = 0.4  # seconds a vendor is waited for, in the place of half a minute
LOCK_PATIENCE_MS = 500  # and a locked database
_LOOK_UP = socket.getaddrinfo


@dataclass(frozen=True, slots=True)
class Doom:
    """A process dies at a named point, or after so many statements, commits and calls of its life."""

    point: str | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Birth:
    """`web` opens the doors, `works` runs the jobs; one process may do both."""

    settings: Settings
    at: datetime
    web: bool
    works: bool
    doom: Doom


@dataclass(frozen=True, slots=True)
class Minute:
    """The clock shows `at`; names of `unknown` hosts are not found; files may grow to `room` bytes (null: as they like).

    With `everything` also the jobs run that have no part in sending.
    """

    at: datetime
    unknown: frozenset[str] = frozenset()
    room: int | None = None
    works: bool = True
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Born:
    port: int | None


@dataclass(frozen=True, slots=True)
class Past:
    """The minute is over: what the log said, by its words, and the last trouble nobody expected."""

    said: Mapping[str, int]
    trouble: str


class MortalStore(SqlStore):
    """Its units and what it accepts pass by the fuse."""

    fuse: ClassVar[Fuse]

    def __call__(self) -> AbstractAsyncContextManager[SqlUnitOfWork]:
        return cast("AbstractAsyncContextManager[SqlUnitOfWork]", dying(super().__call__(), self.fuse))

    def inbound(self, clock: Any) -> SqlInbound:
        return cast(SqlInbound, DyingInbound(super().inbound(clock), self.fuse))


@dataclass(slots=True)
class Log:
    """Counts what is said, and says nothing."""

    said: Counter[str] = field(default_factory=Counter)
    trouble: str = ""

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        self.said[str(event["event"])] += 1
        if event.get("exc_info"):
            error = sys.exception()
            self.trouble = f"{event['event']}: {type(error).__name__}: {error}"[:400]
        raise structlog.DropEvent

    def past(self) -> Past:
        past = Past(dict(self.said), self.trouble)
        self.said.clear()
        self.trouble = ""
        return past


def live(birth: Birth, pipe: Connection) -> None:
    """The whole life of one process; ends with 0 after SIGTERM."""
    for name in [name for name in os.environ if "proxy" in name.lower() or name.startswith("DUEBOT_")]:
        del os.environ[name]
    logging.disable(logging.CRITICAL)  # what drivers and servers say of what is done to them
    asyncio.run(_Process(birth, pipe).live())


def names_lead_here(unknown: Callable[[], frozenset[str]]) -> None:
    """The vendors' names are found on loopback, unless they are `unknown`. asyncio and all clients look names up through this."""
    known = _LOOK_UP

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host in unknown():
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return known(HOST if host in {MAIL_HOST, CHAT_HOST} else host, *args, **kwargs)

    socket.getaddrinfo = look_up


class _Process:
    def __init__(self, birth: Birth, pipe: Connection) -> None:
        self._birth, self._pipe = birth, pipe
        self._clock, self._fuse, self._log = FixedClock(birth.at), Fuse(birth.doom.point, birth.doom.after), Log()
        self._unknown: frozenset[str] = frozenset()
        self._left, self._senders = asyncio.Event(), set[str]()

    async def live(self) -> None:
        structlog.configure(processors=[self._log])
        self._take_over()
        async with running(self._birth.settings, self._clock, connect=True) as app, AsyncExitStack() as stack:
            self._give_mortal_parts(app)
            port = await self._open_doors(app, stack) if self._birth.web else None
            jobs = all_jobs(app)
            self._senders = {"tick", "catch_up", "mind_chats", *(job.name for job in jobs if job.wakes)}
            scheduler = await stack.enter_async_context(ticking(jobs, app.wake)) if self._birth.works else None
            if scheduler is not None:
                scheduler.pause()  # minutes are the round's
            if not self._birth.web:
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._left.set)
            self._pipe.send(Born(port))
            await self._obey(scheduler)

    def _take_over(self) -> None:
        """What stands where the process meets the machine. Nothing of Duebot's own is replaced by something else."""
        MortalStore.fuse = self._fuse
        build_with(SqlStore=MortalStore)
        workspaces.TIMEOUT = PATIENCE  # type: ignore[assignment]
        locked_for = f"PRAGMA busy_timeout = {LOCK_PATIENCE_MS}"
        engine._SQLITE_SESSION = (*engine._SQLITE_SESSION[:-1], locked_for)  # ruff: ignore[private-member-access]
        names_lead_here(lambda: self._unknown)

    def _give_mortal_parts(self, app: App) -> None:
        channels, rooms = cast("dict[str, Outreach]", app.jobs.channels), cast("dict[str, ChatRoom]", app.jobs.rooms)
        for name, channel in channels.items():
            if isinstance(channel, SMTPMail):
                channel._settings = replace(channel._settings, timeout_seconds=PATIENCE)  # ruff: ignore[private-member-access]
            channels[name] = DyingChannel(channel, self._fuse)
        for name, room in rooms.items():
            rooms[name] = cast(ChatRoom, DyingRoom(room, self._fuse))

    async def _open_doors(self, app: App, stack: AsyncExitStack) -> int:
        public, private = (stack.enter_context(listening(HOST, 0, "--port")) for _ in range(2))
        public.listen()  # so that who knows the port finds the door
        serving = asyncio.create_task(serve_app(app, public, private, jobs=False))
        serving.add_done_callback(lambda _: self._left.set())  # it hears the signal itself
        stack.push_async_callback(asyncio.wait_for, serving, None)
        return int(public.getsockname()[1])

    async def _obey(self, scheduler: AsyncIOScheduler | None) -> None:
        """Minute by minute, until SIGTERM."""
        asked: asyncio.Queue[Minute] = asyncio.Queue()

        def hear() -> None:
            try:
                asked.put_nowait(self._pipe.recv())
            except EOFError:
                os._exit(1)  # the round is gone; nobody is left to tell

        asyncio.get_running_loop().add_reader(self._pipe.fileno(), hear)
        leaving = asyncio.create_task(self._left.wait())
        while not self._left.is_set():
            next_one = asyncio.create_task(asked.get())
            await asyncio.wait({next_one, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if next_one.done():
                await self._pass(next_one.result(), scheduler)
            next_one.cancel()

    async def _pass(self, minute: Minute, scheduler: AsyncIOScheduler | None) -> None:
        """The jobs at once, as the clock calls them, and again those that have something to do now."""
        self._clock.set(minute.at)
        self._unknown = minute.unknown
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard if minute.room is None else minute.room, hard))
        if scheduler is not None and minute.works:
            jobs = {job.id: job.func for job in scheduler.get_jobs()}
            await asyncio.gather(*(run() for name, run in jobs.items() if minute.everything or name in self._senders))
            await asyncio.gather(*(run() for name, run in jobs.items() if name in self._senders))
        self._pipe.send(self._log.past())
