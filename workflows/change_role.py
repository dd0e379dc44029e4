"""An administrator says what a colleague may do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflows.acting import record, require
from workflows.domain.access import Right, Role, User
from workflows.domain.ids import UserId
from workflows.errors import Refused
from workflows.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True)
class ChangeRole:
    user: UserId
    role: Role
    by: User


async def change_role(ask: ChangeRole, work: UnitOfWork, clock: Clock) -> User:
    """Raises `Refused` for one's own role, so that nobody locks themselves out: another administrator, or the command line, does that."""
    require(ask.by, Right.ADMINISTER)
    if ask.user == ask.by.id:
        raise Refused("Your own role is changed by another administrator, or with: duebot user role.")
    user = await work.user(ask.user)
    await work.set_role(user.id, ask.role)
    changed = {"user": str(user.id), "from": user.role.word, "to": ask.role.word}
    await record(work, str(ask.by.id), clock.now(), "user.role", changed)
    return replace(user, role=ask.role)
