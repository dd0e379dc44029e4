"""Staff, and the chat accounts that are theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.fetch import kept
from adapters.store.unit import Part
from workflows.domain.access import Role, User
from workflows.domain.ids import UserId, new_id
from workflows.errors import NotKnown

_USER, _IDENTITY = t.users.c, t.identities.c
_USERS = select(t.users, t.preferences.c.language).select_from(t.users.outerjoin(t.preferences))
_BY_NAME = _USERS.order_by(_USER.name, _USER.email)
_IS_THEIRS = select(_IDENTITY.id).where(
    _IDENTITY.user_id == _USER.id,
    _IDENTITY.platform == bindparam("platform"),
    _IDENTITY.team == bindparam("team"),
    _IDENTITY.person == bindparam("person"),
)
_AMONG_ALL = _BY_NAME.add_columns(_IS_THEIRS.exists().label("theirs"))
_BY_ID, _BY_EMAIL = _USERS.where(_USER.id == bindparam("user")), _USERS.where(_USER.email == bindparam("email"))
_BY_IDENTITY = _USERS.where(_IS_THEIRS.exists())


class People(Part):
    async def add_user(self, user: User) -> None:
        await self._add(t.users, id=user.id, email=_same(user.email), name=user.name, role=user.role.value, approves_up_to=user.limit)

    async def users(self) -> Sequence[User]:
        return [rows.user(row) for row in await kept(self._connection, _BY_NAME, {})]

    async def user(self, user: UserId) -> User:
        return rows.user(await self._one(_BY_ID, "user", {"user": user}))

    async def user_by_email(self, email: str) -> User | None:
        return await self._user(_BY_EMAIL, {"email": _same(email)})

    async def user_by_identity(self, platform: str, team: str, person: str) -> User | None:
        return await self._user(_BY_IDENTITY, {"platform": platform, "team": team, "person": person})

    async def users_with(self, platform: str, team: str, person: str) -> tuple[Sequence[User], User | None]:
        found = await kept(self._connection, _AMONG_ALL, {"platform": platform, "team": team, "person": person})
        users = [rows.user(row) for row in found]
        return users, next((user for row, user in zip(found, users, strict=True) if row.theirs), None)

    async def set_role(self, user: UserId, role: Role) -> None:
        await self._set(user, role=role.value)

    async def set_limit(self, user: UserId, limit: int | None) -> None:
        await self._set(user, approves_up_to=limit)

    async def _set(self, user: UserId, **values: int | None) -> None:
        done = await self._connection.execute(update(t.users).where(t.users.c.id == user).values(**values))
        if done.rowcount == 0:
            raise NotKnown("There is no such user.")

    async def link(self, user: UserId, platform: str, team: str, person: str) -> bool:
        """A chat account belongs to one user: the one it was linked to last."""
        await self.user(user)
        i = t.identities.c
        if await self._add_new(t.identities, id=new_id(), user_id=user, platform=platform, team=team, person=person):
            return True
        anothers = (i.platform == platform) & (i.team == team) & (i.person == person) & (i.user_id != user)
        return (await self._connection.execute(update(t.identities).where(anothers).values(user_id=user))).rowcount == 1

    async def unlink(self, platform: str, team: str, person: str) -> bool:
        i = t.identities.c
        there = (i.platform == platform) & (i.team == team) & (i.person == person)
        return (await self._connection.execute(delete(t.identities).where(there))).rowcount == 1

    async def _user(self, query: Select[Any], given: Mapping[str, object]) -> User | None:
        found = await kept(self._connection, query, given)
        return rows.user(found[0]) if found else None


def _same(email: str) -> str:
    return email.strip().casefold()
