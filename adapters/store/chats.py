"""The chat accounts that are colleagues'."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.ids import UserId
from workflows.records import Identity


class Chats(Part):
    async def identities(self) -> Sequence[Identity]:
        i = t.identities.c
        found = await self._all(select(i.user_id, i.platform, i.person).order_by(i.platform, i.person))
        return [Identity(UserId(row.user_id), row.platform, row.person) for row in found]
