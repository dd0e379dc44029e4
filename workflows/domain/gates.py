"""Which part of what a step does may be done now: what needs approval waits, and what was left out stays undone."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from workflows.domain.account import Account
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind
from workflows.domain.deeds import Approve, Charge, SendReceipt
from workflows.domain.ids import ItemId
from workflows.domain.policy import Do, Mode, Remind
from workflows.domain.values import value

_LEAVES = (Remind, SendReceipt, Charge)  # what a policy in draft does not do without a word


class Gate(StrEnum):
    CLOSED = "closed"
    ASKED = "asked"
    OPEN = "open"
    LEFT_OUT = "left out"


@value
class Free:
    """What may be done now, and the approval to be asked for first, when nobody was asked yet."""

    do: tuple[Do, ...]
    ask: Approve | None = None


def gates(account: Account) -> dict[tuple[ItemId, str], Gate]:
    """Of every step of an item about which somebody was asked. Refused, it is left out; void or expired, it is as if nobody was asked."""
    asked = (one for one in account.approvals if one.kind is ApprovalKind.STEP)
    return {(one.item, one.step): _gate(one) for one in asked if one.ended_how not in {ApprovalEnd.VOID, ApprovalEnd.EXPIRED}}


def _gate(asked: Approval) -> Gate:
    if asked.ended_how is ApprovalEnd.REFUSED:
        return Gate.LEFT_OUT
    return Gate.OPEN if len(asked.given) >= asked.people else Gate.ASKED


def free(do: tuple[Do, ...], mode: Mode, gate: Gate) -> Free:
    """The part of `do` up to the first thing that needs an approval that was not given."""
    if gate is Gate.LEFT_OUT:
        return Free(())
    at = next((n for n, one in enumerate(do) if _needs_approval(one, mode)), None)
    if at is None or gate is Gate.OPEN:
        return Free(do)
    needed = do[at]
    ask = needed if isinstance(needed, Approve) else Approve()
    return Free(do[:at], ask if gate is Gate.CLOSED else None)


def _needs_approval(one: Do, mode: Mode) -> bool:
    return isinstance(one, Approve) or (mode is Mode.DRAFT and isinstance(one, _LEAVES))


def before(do: Iterable[Do], kind: type) -> tuple[Do, ...]:
    """What stands before the first of that kind."""
    found: list[Do] = []
    for one in do:
        if isinstance(one, kind):
            break
        found.append(one)
    return tuple(found)
