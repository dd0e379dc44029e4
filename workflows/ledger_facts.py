"""What a ledger for a simulation says: facts in order of time, each about one customer, all of them, or the passing of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workflows.domain.account import Party
from workflows.domain.calendar import Place
from workflows.domain.money import Money


@dataclass(frozen=True, slots=True)
class Known:
    """Who a customer is. What is null stays as it was; `channels` are those over which they can be reached.

    A `parent` pays for them: what they owe is the parent's, and is asked of the parent.
    """

    customer: str
    place: Place | None = None
    language: str | None = None
    party: Party | None = None
    channels: tuple[str, ...] | None = None
    excluded: bool | None = None
    parent: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment: its day, and either its amount or its share of the whole."""

    due_on: date
    amount: Money | None = None
    share: int = 1


@dataclass(frozen=True, slots=True)
class Invoiced:
    """An invoice. With `parts` it was issued in instalments; a draft counts for nothing. The same number again takes its place."""

    customer: str
    number: str
    total: Money
    due_on: date | None
    issued_on: date
    parts: tuple[Part, ...] = ()
    is_draft: bool = False
    product: str | None = None


class MoneyKind(StrEnum):
    PAYMENT = "payment"
    CREDIT = "credit"
    VOID = "void"
    WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class Received:
    """Money, or a credit, for an invoice or on account of a customer. A void and a write-off name an invoice and no amount."""

    kind: MoneyKind
    customer: str | None
    invoice: str | None
    amount: Money | None = None
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Reversed:
    """Undoes the fact of that id."""

    of: str


@dataclass(frozen=True, slots=True)
class Snoozed:
    invoices: tuple[str, ...]
    until: date


@dataclass(frozen=True, slots=True)
class Promised:
    """Without `amount` everything that is open on the invoices."""

    invoices: tuple[str, ...]
    until: date
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute, or with `resolved` its end."""

    invoices: tuple[str, ...]
    why: str = "no reason given"
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Silence over the invoices, or without any over the whole customer."""

    customer: str | None
    invoices: tuple[str, ...] = ()
    until: date | None = None
    why: str = "no reason given"


@dataclass(frozen=True, slots=True)
class PolicySwitched:
    """Nothing is done for anybody while the policies are off."""

    on: bool


@dataclass(frozen=True, slots=True)
class Flagged:
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan the customer has agreed to."""

    invoices: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Released:
    """Lets a customer go who waits after first contact, ends holds, and hands back what was escalated."""

    customer: str | None
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticked:
    """Every account is looked at."""


@dataclass(frozen=True, slots=True)
class Replied:
    """The customer answered, about the invoices or without any about everything; somebody has to release it."""

    customer: str | None
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptedOut:
    """No more messages over that channel; `*`: over any."""

    customer: str
    channel: str


@dataclass(frozen=True, slots=True)
class Collecting:
    """The money is to be drawn from the customer's account on that day."""

    invoices: tuple[str, ...]
    on: date


@dataclass(frozen=True, slots=True)
class Failed:
    """A payment that did not come about; without `amount` of everything that is open."""

    invoices: tuple[str, ...]
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a step does about the invoices is approved, or left out."""

    invoices: tuple[str, ...]
    step: str
    approved: bool


Claimed = Promised | Disputed | Held
Heard = Replied | OptedOut | Collecting | Failed | Answered
Says = Known | Invoiced | Received | Reversed | Snoozed | Claimed | Flagged | Planned | Released | PolicySwitched | Ticked | Heard


@dataclass(frozen=True, slots=True)
class LedgerFact:
    """`id` is the ledger's own name for it; `at` the instant from which it is known."""

    id: str
    at: datetime
    says: Says


class CannotBe(ValueError):
    """A fact that cannot be, given those before it; the sentence says why."""
