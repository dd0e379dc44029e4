"""Moves running accounts to the newest version of a policy. What was said stays said: no step is repeated by it, and none is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.acting import record, require
from workflows.compare_policies import goes_on, would_move
from workflows.domain.access import Right, User
from workflows.domain.ids import CustomerId
from workflows.domain.policy import Policy
from workflows.ports import Clock, Policies, UnitOfWork


@dataclass(frozen=True, slots=True)
class MovePolicy:
    """These accounts, to what the policy called `name` now makes of them. Without `by` it is the command line."""

    name: str
    accounts: Sequence[CustomerId]
    by: User | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    accounts: int


async def move_policy(ask: MovePolicy, work: UnitOfWork, before: Policies, after: Policies, clock: Clock) -> Moved:
    """`after` are the policies with the new version current, which the store keeps already. Each account is looked at again at once.

    An account that has moved meanwhile, or to which the policy does not apply any more, stays as it is. Raises `NotAllowed`.
    """
    if ask.by is not None:
        require(ask.by, Right.ADMINISTER)
    now, actor, moved = clock.now(), "command line" if ask.by is None else str(ask.by.id), 0
    for account in await work.accounts(ask.accounts):
        becomes = would_move(ask.name, account, before, after)
        if becomes is None:
            continue
        was = before.of(account)
        await work.looked(account.customer.id, now, (becomes.name, becomes.version))
        if goes_on(was, becomes):
            await work.resume(account.customer.id, now)
        facts = {"customer": str(account.customer.id), "from": _words(was), "to": _words(becomes)}
        await record(work, actor, now, "account.moved", facts)
        moved += 1
    return Moved(moved)


def _words(policy: Policy) -> str:
    return f"{policy.name}, version {policy.version}"
