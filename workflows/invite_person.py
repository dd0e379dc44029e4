"""A colleague whose chat account uses another e-mail, or none that is confirmed, is invited with a code that works once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.acting import record, require
from workflows.domain.access import Right, User
from workflows.domain.ids import UserId
from workflows.errors import Refused
from workflows.one_time import digest_of_code, made_code
from workflows.ports import Clock, UnitOfWork

VALID = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    user: User
    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class InvitePerson:
    user: UserId
    by: User


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    """Who typed it, as their chat knows them; that they are no guest was asked before."""

    code: str
    platform: str
    team: str
    person: str


async def invite_person(ask: InvitePerson, work: UnitOfWork, clock: Clock) -> Invited:
    require(ask.by, Right.ADMINISTER)
    return await invited(await work.user(ask.user), str(ask.by.id), work, clock)


async def invited(user: User, by: str, work: UnitOfWork, clock: Clock) -> Invited:
    """An earlier code of theirs that nobody used works no more."""
    code, now = made_code(), clock.now()
    await work.invite(user.id, digest_of_code(code), by, now, now + VALID)
    await record(work, by, now, "user.invited", {"user": str(user.id)})
    return Invited(user, code, now + VALID)


async def accept_invitation(ask: AcceptInvitation, work: UnitOfWork, clock: Clock) -> User:
    """Raises `Refused` for a code that does not work, and for an account that is another colleague's."""
    known = await work.user_by_identity(ask.platform, ask.team, ask.person)
    if known is not None:
        raise Refused(f"This chat account is {known.name}'s already. An administrator changes that with: duebot user link.")
    user = await work.take_invitation(digest_of_code(ask.code), clock.now())
    if user is None:
        raise Refused("This code does not work: it was used, is older than a week, or was mistyped. Ask an administrator for a new one.")
    await work.link(user, ask.platform, ask.team, ask.person)
    linked = {"platform": ask.platform, "person": ask.person, "invited": True}
    await record(work, str(user), clock.now(), "user.linked", linked)
    return await work.user(user)
