"""Channels an administrator approved, the chat accounts that are colleagues', and how each wants to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.ids import UserId, new_id
from workflows.domain.preferences import Notify, Preferences
from workflows.domain.routing import quiet_of
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

    async def preferences(self) -> Mapping[UserId, Preferences]:
        found = await self._all(select(t.preferences))
        return {
            UserId(row.user_id): Preferences(Notify(row.notify), row.language, quiet_of(row.quiet) if row.quiet else None) for row in found
        }

    async def set_preferences(self, user: UserId, wanted: Preferences) -> None:
        await self._connection.execute(delete(t.preferences).where(t.preferences.c.user_id == user))
        quiet = wanted.quiet.words if wanted.quiet else None
        await self._add(t.preferences, user_id=user, notify=wanted.notify.value, language=wanted.language, quiet=quiet)
