"""The workspaces of a chat as the store keeps them, each step one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.install_workspace import Begun, begin_install, end_install, keep_install, take_state
from workflows.ports import Clock, Store
from workflows.records import Installation


@dataclass(frozen=True, slots=True)
class StoredInstallations:
    """Implements `adapters.chat.protocol.Installations` for one chat."""

    platform: str
    store: Store
    clock: Clock

    async def running(self) -> Sequence[Installation]:
        async with self.store() as work:
            return await work.installations(self.platform)

    async def ended(self) -> Sequence[str]:
        async with self.store() as work:
            return await work.ended_workspaces(self.platform)

    async def begin(self, offer: str) -> Begun:
        async with self.store() as work:
            return await begin_install(self.platform, offer, work, self.clock)

    async def take(self, state: str, browser: str) -> None:
        async with self.store() as work:
            await take_state(self.platform, state, browser, work, self.clock)

    async def keep(self, new: Installation, by: str) -> None:
        async with self.store() as work:
            await keep_install(new, by, work, self.clock)

    async def renew(self, new: Installation, old_token: str) -> None:
        async with self.store() as work:
            await work.renew_installation(new, old_token)

    async def end(self, team: str, why: str, said_at: datetime) -> None:
        async with self.store() as work:
            await end_install(self.platform, team, why, said_at, work, self.clock)
