"""Channels an administrator approved, and the chat accounts that are colleagues'."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.ids import UserId, new_id
from workflows.records import Identity


class Chats(Part):
    async def approve_channel(self, channel: str, by: str, at: datetime) -> bool:
        return await self._add_new(t.approved_channels, id=new_id(), channel=channel, by=by, at=at)

    async def disapprove_channel(self, channel: str) -> bool:
        done = await self._connection.execute(delete(t.approved_channels).where(t.approved_channels.c.channel == channel))
        return done.rowcount > 0

    async def approved_channels(self) -> Sequence[str]:
        c = t.approved_channels.c
        return [row.channel for row in await self._all(select(c.channel).order_by(c.channel))]

    async def identities(self) -> Sequence[Identity]:
        i = t.identities.c
        found = await self._all(select(i.user_id, i.platform, i.team, i.person).order_by(i.platform, i.team, i.person))
        return [Identity(UserId(row.user_id), row.platform, row.team, row.person) for row in found]
