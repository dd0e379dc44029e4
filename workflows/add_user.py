"""An administrator adds a colleague; their chat account is linked by the e-mail the first time they press something."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.acting import record, require
from workflows.domain.access import Right, Role, User
from workflows.domain.ids import UserId, new_id
from workflows.errors import Refused
from workflows.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True)
class AddUser:
    """`email` is an address that a mail server would take."""

    email: str
    name: str
    role: Role
    by: User


async def add_user(ask: AddUser, work: UnitOfWork, clock: Clock) -> User:
    """Raises `Refused` for one who is there."""
    require(ask.by, Right.ADMINISTER)
    if (known := await work.user_by_email(ask.email)) is not None:
        raise Refused(f"{known.name} has that e-mail already, and is {known.role.word}.")
    user = User(UserId(new_id()), ask.email, ask.name, ask.role)
    await work.add_user(user)
    await record(work, str(ask.by.id), clock.now(), "user.added", {"user": str(user.id), "role": user.role.word})
    return user
