"""What happens to an account beside the passing of a step's day, and that a policy may act on."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from workflows.domain.money import Money
from workflows.domain.values import value


class EventName(StrEnum):
    """Step names may not be any of these: what was done is remembered by name."""

    OVERDUE = "overdue"
    FLAGGED = "flagged"
    PROMISE_BROKEN = "promise_broken"
    PLAN_LATE = "plan_late"
    PLAN_DEFAULTED = "plan_defaulted"
    INSTALMENT_CREATED = "instalment_created"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_FAILED = "payment_failed"
    BALANCE_OVER = "balance_over"
    REPLY_RECEIVED = "reply_received"
    END_OF_SEQUENCE = "end_of_sequence"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


EVENT_NAMES = frozenset(name.value for name in EventName)


@value
class Trigger:
    """`over` are the sums above which `balance_over` happens, by currency."""

    name: EventName
    over: dict[str, Money] = field(default_factory=dict)
