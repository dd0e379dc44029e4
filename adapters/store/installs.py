"""Workspaces the app is installed in, their tokens encrypted, and the one-time secrets of installing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.ids import new_id
from workflows.records import Installation

_W = t.workspaces.c
_S = t.install_states.c


class Installs(Part):
    async def add_install_state(
        self, digest: str, platform: str, expires_at: datetime, *, browser: str | None = None, offer: str | None = None
    ) -> None:
        await self._add(t.install_states, digest=digest, platform=platform, expires_at=expires_at, browser=browser, offer=offer)

    async def has_install_offer(self, digest: str, platform: str, now: datetime) -> bool:
        await self._connection.execute(delete(t.install_states).where(_S.expires_at <= now))
        found = select(_S.digest).where(_S.digest == digest, _S.platform == platform, _S.browser.is_(None))
        return bool(await self._all(found))

    async def take_install_state(self, digest: str, platform: str, browser: str, now: datetime) -> bool:
        """One statement takes it, so that two requests at once cannot both."""
        mine = (_S.digest == digest) & (_S.platform == platform) & (_S.browser == browser) & (_S.expires_at > now)
        taken = (await self._connection.execute(delete(t.install_states).where(mine).returning(_S.offer))).one_or_none()
        if taken is None:
            return False
        offered = await self._connection.execute(delete(t.install_states).where(_S.digest == taken.offer))
        return offered.rowcount == 1

    async def keep_installation(self, new: Installation, at: datetime) -> None:
        team = (_W.platform == new.platform) & (_W.team == new.team)
        values: dict[str, object] = {"name": new.name, "bot": new.bot, "scopes": " ".join(new.scopes), "expires_at": new.expires_at}
        values |= {"installed_at": at, "ended_at": None}
        row = new_id()
        await self._add_new(t.workspaces, id=row, platform=new.platform, team=new.team, **values)
        found = await self._one(select(_W.id).where(team).with_for_update(), "workspace")
        sealed = self._vault.seal(_tokens(new), "workspaces", "tokens", found.id)
        await self._connection.execute(update(t.workspaces).where(_W.id == found.id).values(tokens=sealed, **values))

    async def renew_installation(self, new: Installation, old_token: str) -> bool:
        """False when another process has renewed, or somebody ended it, meanwhile."""
        team = (_W.platform == new.platform) & (_W.team == new.team) & _W.ended_at.is_(None)
        found = await self._all(select(t.workspaces).where(team).with_for_update())
        if not found or self._installation(found[0]).token != old_token:
            return False
        sealed = self._vault.seal(_tokens(new), "workspaces", "tokens", found[0].id)
        values = update(t.workspaces).where(_W.id == found[0].id).values(tokens=sealed, expires_at=new.expires_at)
        await self._connection.execute(values)
        return True

    async def end_installation(self, platform: str, team: str, before: datetime, at: datetime) -> bool:
        runs = (_W.platform == platform) & (_W.team == team) & _W.ended_at.is_(None)
        older = runs & (_W.installed_at <= before)
        done = await self._connection.execute(update(t.workspaces).where(older).values(ended_at=at, tokens=None, expires_at=None))
        return done.rowcount == 1

    async def installations(self, platform: str) -> Sequence[Installation]:
        running = select(t.workspaces).where(_W.platform == platform, _W.ended_at.is_(None))
        return [self._installation(row) for row in await self._all(running.order_by(_W.installed_at, _W.id))]

    async def ended_workspaces(self, platform: str) -> Sequence[str]:
        ended = select(_W.team).where(_W.platform == platform, _W.ended_at.is_not(None))
        return [row.team for row in await self._all(ended.order_by(_W.team))]

    def _installation(self, row: Row[Any]) -> Installation:
        tokens = json.loads(self._vault.open(row.tokens, "workspaces", "tokens", row.id))
        scopes = tuple(row.scopes.split())
        return Installation(row.platform, row.team, row.name, row.bot, tokens["token"], scopes, tokens["refresh"], row.expires_at)


def _tokens(new: Installation) -> str:
    return json.dumps({"token": new.token, "refresh": new.refresh})
