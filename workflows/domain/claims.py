"""What customers say and staff note of it: promises to pay, disputes, and holds. Facts only; what they come to is worked out elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from workflows.domain.ids import HoldId, ItemId, PromiseId, UserId
from workflows.domain.money import Money
from workflows.domain.values import value


class PromiseEnd(StrEnum):
    """How a promise ended before its time: staff cancelled it, or a newer one took its place."""

    CANCELLED = "cancelled"
    REPLACED = "replaced"


@value
class Promise:
    """The customer's word that `amount` is paid on those items by the end of `until`."""

    id: PromiseId
    items: tuple[ItemId, ...]
    amount: Money
    until: date
    by: UserId
    at: datetime
    ended_at: datetime | None = None
    ended_how: PromiseEnd | None = None


@value
class Dispute:
    """The customer objects to the item; nothing is asked of it until the dispute is settled (`ended_at`, with its `outcome`)."""

    item: ItemId
    reason: str
    by: UserId
    at: datetime
    ended_at: datetime | None = None
    outcome: str = ""


class HoldKind(StrEnum):
    """Why nothing is sent: a colleague said so, the customer says that it is paid, or the newest file no longer has the open invoice."""

    STAFF = "staff"
    SAYS_PAID = "says_paid"
    UNLISTED = "unlisted"


@value
class Hold:
    """Silence about an item, or (without `item`) about everything of the customer, up to 00:00 of `until`; null: until it is released.

    `had` is what had been received on the item when the customer said that it is paid: more than that ends the hold. One for an invoice
    that a file no longer has is nobody's (`by`), its `why` is the file's day, and a file that has the invoice again ends it and sets `until`;
    where a person ended it the invoice is owed all the same, and no file holds it anew before one has had it.
    """

    id: HoldId
    item: ItemId | None
    why: str
    until: date | None
    by: UserId | None
    at: datetime
    kind: HoldKind = HoldKind.STAFF
    had: Money | None = None
    ended_at: datetime | None = None
