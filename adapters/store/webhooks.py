"""Channels that can only be posted to: their addresses are secrets, encrypted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.ids import new_id

_H = t.webhooks.c


class Webhooks(Part):
    async def add_webhook(self, platform: str, url: str, at: datetime) -> str:
        row = new_id()
        await self._add(t.webhooks, id=row, platform=platform, url=self._vault.seal(url, "webhooks", "url", row), at=at)
        return str(row)

    async def webhook(self, hook: str) -> str | None:
        try:
            row = UUID(hook)
        except ValueError:
            return None
        found = await self._all(select(_H.url).where(_H.id == row))
        return self._vault.open(found[0].url, "webhooks", "url", row) if found else None

    async def has_webhooks(self, platform: str) -> bool:
        found = select(func.count()).select_from(t.webhooks).where(_H.platform == platform)
        return bool((await self._connection.execute(found)).scalar_one())
