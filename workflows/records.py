"""What the store keeps beside the facts, and what it is asked for: outbox, staff cards, audit, rows of a ledger, figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from workflows.domain.account import Book, Customer, Item
from workflows.domain.ids import BookId, CardId, CustomerId, UserId
from workflows.domain.money import Money

CHANGED = date.min  # in place of an account's oldest due day: something changed since it was worked out


@dataclass(frozen=True, slots=True)
class Look:
    """What is noted when an account was looked at: when to look again, on which policy it runs (null: not started), and the due day of
    its oldest open debt; null without one.
    """

    customer: CustomerId
    next_at: datetime | None
    policy: tuple[str, int] | None
    oldest_due_on: date | None


class OutboxState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class Effect(StrEnum):
    """The kinds of outbox rows: a message to a customer, a card in a chat, files in the thread of one, a mail to a colleague."""

    NOTICE = "notice"
    CARD = "card"
    FILE = "file"
    STAFF_MAIL = "staff_mail"


ACTED, ANEW = "acted", "anew"  # in the row of a card: a person waits for it; it is drawn though nothing changed


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One effect. `key` is unique for ever and is what the vendor is given to know it by; `attempts` counts this claim.

    `cause` is the reference under which the log names what queued it.
    """

    id: UUID
    kind: Effect
    key: str
    payload: Mapping[str, Any]
    state: OutboxState
    attempts: int
    claimed_at: datetime | None = None
    reference: str | None = None
    cause: str | None = None


class CardKind(StrEnum):
    ALERT = "alert"
    DIGEST = "digest"
    PROBLEM = "problem"
    ANSWER = "answer"
    REVIEW = "review"
    SUMMARY = "summary"
    AUDIT_HEAD = "audit_head"
    APPROVAL = "approval"
    HOME = "home"
    SHARED = "shared"


class Mark(StrEnum):
    """What makes an open item worth a list of its own in the inbox."""

    ON_PLAN = "on_plan"
    SNOOZED = "snoozed"
    PROMISED = "promised"
    DISPUTED = "disputed"
    HELD = "held"
    ESCALATED = "escalated"
    FLAGGED = "flagged"


class CardState(StrEnum):
    LIVE = "live"
    FROZEN = "frozen"


TO_ADMINISTRATORS = "to_administrators"  # of a card's data: it goes to them alone


@dataclass(frozen=True, slots=True)
class StaffCard:
    """A card that stands in a chat or the inbox. `subject` is what it is about: an item, a book, a notice.

    `channel` and `message` say where the chat holds it; null: not (yet) posted anywhere but in the inbox.
    `data` are the few facts a card keeps from the moment it was raised (a digest: its items).
    """

    id: CardId
    kind: CardKind
    book: BookId
    subject: UUID
    day: date
    at: datetime
    state: CardState = CardState.LIVE
    data: Mapping[str, Any] = field(default_factory=dict)
    platform: str | None = None
    channel: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A chat account that is a colleague's; `person` is what the chat calls them, `team` the workspace or tenant."""

    user: UserId
    platform: str
    team: str
    person: str


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one workspace of a chat. `bot` is the id it has there; a token that expires is renewed with `refresh`."""

    platform: str
    team: str
    name: str
    bot: str
    token: str = field(repr=False)
    scopes: tuple[str, ...] = ()
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """DOMAIN's trail: who (a person's id, or `policy:standard@1`), what, and small facts with money as strings. Never bodies or secrets."""

    actor: str
    at: datetime
    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundItem:
    item: Item
    customer: Customer
    book: Book


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One invoice as a file says it. `paid` is everything received so far, dated `paid_on` (the file's date where the file has none).

    A total below zero is a credit note: money on account, less what `paid` (below zero too) says was used of it. Lines that say the same of an
    invoice may each name another `product`, so rows are not told apart by it.
    """

    number: str
    customer_number: str
    customer_name: str | None
    total: Money
    due_on: date | None
    issued_on: date | None = None
    paid: Money | None = None
    paid_on: date | None = None
    reference: str | None = None
    product: str | None = field(default=None, repr=False, compare=False)
    email: str | None = None
    more_emails: tuple[str, ...] = ()
    language: str | None = None
    country: str | None = None
    zone: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer as somebody says it, without an invoice. What is null stays as it is."""

    customer_number: str
    customer_name: str | None
    email: str | None = None
    more_emails: tuple[str, ...] = ()
    language: str | None = None
    country: str | None = None
    zone: str | None = None
    party: str | None = None


class Stored(StrEnum):
    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class OutageKind(StrEnum):
    """Why a chat takes no cards: it is down and comes back by itself, an administrator has to connect it anew, or one channel takes none.

    The first two hold for ways to customers, too.
    """

    DOWN = "down"
    RECONNECT = "reconnect"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Outage:
    """`home` is the workspace, of a channel its address. Of a way to customers `platform` is its name, and there is no home."""

    platform: str
    home: str
    kind: OutageKind
    why: str
    since: datetime
    told_at: datetime | None = None

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.home}"
