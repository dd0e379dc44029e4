"""Colleagues by what stands for them in payloads and facts."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.domain.access import User
from workflows.domain.ids import UserId
from workflows.ports import UnitOfWork


async def names(work: UnitOfWork) -> Mapping[UserId, str]:
    """By id."""
    return {user.id: user.name for user in await work.users()}


async def colleague(written: str, work: UnitOfWork) -> User | None:
    """Of an id as text; null for nobody."""
    return next((user for user in await work.users() if str(user.id) == written), None) if written else None
