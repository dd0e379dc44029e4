"""Invitations: codes with which somebody's chat account becomes a colleague's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update

from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.ids import UserId, new_id

_I = t.invitations.c


class Invitations(Part):
    async def invite(self, user: UserId, digest: str, by: str, at: datetime, expires_at: datetime) -> None:
        await self._connection.execute(delete(t.invitations).where(_I.user_id == user, _I.used_at.is_(None)))
        await self._add(t.invitations, id=new_id(), digest=digest, user_id=user, by=by, at=at, expires_at=expires_at)

    async def take_invitation(self, digest: str, at: datetime) -> UserId | None:
        """One statement takes it, so that two who type it at once are not both linked."""
        good = (_I.digest == digest) & _I.used_at.is_(None) & (_I.expires_at > at)
        taken = update(t.invitations).where(good).values(used_at=at).returning(_I.user_id)
        found = (await self._connection.execute(taken)).scalar_one_or_none()
        return None if found is None else UserId(found)
