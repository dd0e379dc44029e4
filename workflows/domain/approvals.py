"""Requests that a second person has to approve, and what became of them (DOMAIN 13)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workflows.domain.access import Role
from workflows.domain.ids import ApprovalId, ItemId, UserId
from workflows.domain.money import Money
from workflows.domain.values import value


class ApprovalKind(StrEnum):
    """What is asked for. A step is the policy's own request, or a message of a policy in draft."""

    STEP = "step"
    FEE = "fee"
    WAIVER = "waiver"
    PLAN = "plan"
    WRITE_OFF = "write_off"
    PAYMENT = "payment"


class ApprovalEnd(StrEnum):
    """`void`: what was to be approved was changed; `expired`: nobody answered in time; `done`: approved, and carried out."""

    DONE = "done"
    REFUSED = "refused"
    VOID = "void"
    EXPIRED = "expired"


@value
class Given:
    by: UserId
    at: datetime


@value
class Approval:
    """`terms` is what exactly is asked for, as canonical JSON; `seal` its SHA-256, which every approval is bound to.

    `subject` is what it is about: an item, or a plan. `people` of at least the role `needs` approve it, none of them `by`.
    Without `by` the policy asks, for its step `step`.
    """

    id: ApprovalId
    kind: ApprovalKind
    item: ItemId
    subject: UUID
    terms: str
    seal: str
    at: datetime
    expires_at: datetime
    by: UserId | None = None
    step: str = ""
    amount: Money | None = None
    needs: Role = Role.MANAGER
    people: int = 1
    given: tuple[Given, ...] = ()
    ended_at: datetime | None = None
    ended_how: ApprovalEnd | None = None
