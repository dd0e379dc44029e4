"""Whom the inbox acts as: a page on this machine has no login, so a setting or the only administrator says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.domain.access import Role, User
from workflows.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Nobody:
    """There is no one to act as; `why` says so and `command` is what an administrator types."""

    why: str
    command: str


ADD = 'duebot user add you@example.com --name "Your name" --role administrator'


async def acting_user(wanted: str | None, work: UnitOfWork) -> User | Nobody:
    if wanted is not None:
        user = await work.user_by_email(wanted)
        told = f"DUEBOT_INBOX_USER names {wanted}, and there is no such user."
        return user or Nobody(told, f'duebot user add {wanted} --name "Your name" --role administrator')
    return _only_administrator([user for user in await work.users() if user.role is Role.ADMINISTRATOR])


def _only_administrator(found: Sequence[User]) -> User | Nobody:
    if not found:
        return Nobody("Nobody may use the inbox yet: there is no administrator.", ADD)
    if len(found) > 1:
        told = f"There are {len(found)} administrators, and the inbox has to know which of them sits here."
        return Nobody(told, f"DUEBOT_INBOX_USER={found[0].email} duebot serve")
    return found[0]
