"""A Duebot service that comes to a stand while it handles what a person did, and stays so until it is killed; for the tests of kills.

Everything in it is the real thing; only the desk and its units of work wait, or fail, where they are told to.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from multiprocessing.connection import Connection
from typing import Any, ClassVar, cast

from adapters.chat.protocol import Incoming, Reply
from adapters.store.unit_of_work import SqlStore, SqlUnitOfWork
from bot.app import running
from bot.config import Settings
from bot.handle import Desk
from bot.serve import listening, serve_app
from tests.chaos.warmth import build_with
from tests.fakes.clock import FixedClock
from tests.peers.smtp import HOST

HELD = "held"


class Stand(StrEnum):
    """What is to be done is, or everything but for the commit; or it failed each time it was tried."""

    BEFORE = "before it is noted as handled"
    COMMIT = "before its handling is committed"
    FAILED = "before the person is told that it failed"


@dataclass(frozen=True, slots=True)
class Life:
    settings: Settings
    at: datetime
    stand: Stand


@dataclass(slots=True)
class _Unit:
    """`handles` once it is the unit in which a request is handled."""

    work: SqlUnitOfWork
    wait: Any
    handles: bool = field(default=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.work, name)

    async def handled(self, *given: Any, kept: bool = True) -> bool:
        if HeldDesk.fails():
            raise ConnectionError
        await self.wait(Stand.BEFORE)
        self.handles = True
        return await self.work.handled(*given, kept=kept)


class HeldStore(SqlStore):
    life: ClassVar[Life]
    pipe: ClassVar[Connection]

    def __call__(self) -> AbstractAsyncContextManager[SqlUnitOfWork]:
        return self._holding()

    @asynccontextmanager
    async def _holding(self) -> AsyncGenerator[SqlUnitOfWork, None]:
        async with super().__call__() as work:
            unit = _Unit(work, _wait)
            yield cast(SqlUnitOfWork, unit)  # ruff: ignore[fallible-context-manager] - one that raises is not committed
            if unit.handles:
                await _wait(Stand.COMMIT)


class HeldDesk(Desk):
    """What it is given fails each of the two times it is tried."""

    left: ClassVar[int] = 2

    @classmethod
    def fails(cls) -> bool:
        """Whether this time does, too."""
        trying = HeldStore.life.stand is Stand.FAILED and cls.left > 0
        cls.left -= trying
        return trying

    async def __call__(self, incoming: Incoming) -> Reply:
        reply = await super().__call__(incoming)
        await _wait(Stand.FAILED)
        return reply


async def _wait(stand: Stand) -> None:
    if stand is HeldStore.life.stand:
        HeldStore.pipe.send(HELD)
        await asyncio.get_running_loop().create_future()


def serve_held(life: Life, pipe: Connection) -> None:
    """Tells the port of its public door, then that it stands."""
    for name in [name for name in os.environ if "proxy" in name.lower() or name.startswith("DUEBOT_")]:
        del os.environ[name]
    HeldStore.life, HeldStore.pipe = life, pipe
    build_with(SqlStore=HeldStore, Desk=HeldDesk)
    asyncio.run(_serve(life, pipe))


async def _serve(life: Life, pipe: Connection) -> None:
    async with running(life.settings, FixedClock(life.at), connect=True) as app:
        public, private = (listening(HOST, 0, "--port") for _ in range(2))
        public.listen()  # so that who knows the port finds the door
        pipe.send(public.getsockname()[1])
        await serve_app(app, public, private, jobs=False)
