"""An account: one customer in one book with every fact a decision needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum

from workflows.domain.approvals import Approval
from workflows.domain.calendar import Place
from workflows.domain.charges import Fee
from workflows.domain.claims import Dispute, Hold, Promise
from workflows.domain.contact import OptOut, Reply
from workflows.domain.ids import BookId, CustomerId, ItemId, NoticeId, PlanId, UserId
from workflows.domain.money import Money
from workflows.domain.tasks import Task
from workflows.domain.values import value

HAND, APPROVED, WRITTEN_OFF = "hand:", "approved:", "write_off:"
NOTED = (HAND, APPROVED, WRITTEN_OFF)  # how the keys of money begin that a colleague noted: an act tells of it, too
SPOKEN = frozenset({"phone", "voice", "voice_recorded"})  # channels on which nothing is written


class Party(StrEnum):
    BUSINESS = "business"
    SOLE_TRADER = "sole_trader"
    CONSUMER = "consumer"


@value
class Book:
    """A legal entity whose receivables are watched. `place` is where its days begin and end.

    `fed_by_files` books are only as fresh as the last file: `read_through` is the day that file was exported. `read_in` is the language of
    the one who looks at it now, which only the figures drawn for them follow; empty: the book's.
    """

    id: BookId
    slug: str
    name: str
    place: Place
    currency: str | None = None
    language: str = "en"
    seller_email: str | None = None
    seller_phone: str | None = None
    payment_instructions: str | None = None
    fed_by_files: bool = True
    read_through: date | None = None
    read_at: datetime | None = None
    chat_channel: str | None = None
    read_in: str = ""


@value
class Customer:
    """Who owes. `number` is the seller's own key for them; `place` falls back to the book's.

    `parent` is the customer who pays for this one. `segment` is the seller's word for the kind of customer; policies choose by it.
    """

    id: CustomerId
    book_id: BookId
    number: str
    name: str
    place: Place
    language: str = "en"
    party: Party = Party.BUSINESS
    emails: tuple[str, ...] = ()
    owner: UserId | None = None
    segment: str | None = None
    parent: CustomerId | None = None


class ItemKind(StrEnum):
    INVOICE = "invoice"
    INSTALMENT = "instalment"


@value
class Item:
    """One amount with one due day: an invoice, or an instalment of a plan (then `plan` names it).

    `seen_at` is when Duebot first learnt of it. An item without `due_on` is never late. `product` is the seller's word for what was sold.
    """

    id: ItemId
    number: str
    total: Money
    due_on: date | None
    seen_at: datetime
    issued_on: date | None = None
    kind: ItemKind = ItemKind.INVOICE
    plan: PlanId | None = None
    reference: str | None = None
    product: str | None = None


@value
class Payment:
    """Money received. Without `item` it is money on account. From `reversed_on` (bounced, charged back) it counts for nothing."""

    amount: Money
    paid_on: date
    item: ItemId | None = None
    key: str = ""
    reversed_on: date | None = None


class CreditKind(StrEnum):
    NOTE = "note"
    WRITE_OFF = "write_off"


@value
class Credit:
    """A credit note or a write-off, for one item or on account. From `reversed_on` it counts for nothing."""

    amount: Money
    credited_on: date
    item: ItemId | None = None
    key: str = ""
    kind: CreditKind = CreditKind.NOTE
    reversed_on: date | None = None


@value
class Snooze:
    """Silence about an item up to 00:00 of `until` in the book's zone. `ended_at` is set when staff wake it early or set another."""

    item: ItemId
    until: date
    by: UserId
    at: datetime
    ended_at: datetime | None = None


@value
class Flag:
    """A mark for colleagues; it changes nothing about chasing."""

    item: ItemId
    by: UserId
    at: datetime
    note: str = ""
    ended_at: datetime | None = None


@value
class Escalation:
    """The item is in a manager's hands; reminders wait until it is handed back (`ended_at`). Without `by` the policy did it."""

    item: ItemId
    to: UserId
    why: str
    by: UserId | None
    at: datetime
    ended_at: datetime | None = None


class PlanState(StrEnum):
    """Completed: all is paid. Defaulted: an instalment stayed unpaid; the invoices are due again as they were."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    COMPLETED = "completed"
    DEFAULTED = "defaulted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


@value
class Plan:
    """Instalments in place of the items they cover. `instalments` are items of kind instalment, in order of due day.

    Acceptance keeps who noted it, when, and how the customer gave their word.
    """

    id: PlanId
    covers: tuple[ItemId, ...]
    instalments: tuple[Item, ...]
    state: PlanState
    by: UserId
    at: datetime
    accepted_by: UserId | None = None
    accepted_at: datetime | None = None
    accepted_how: str = ""
    ended_at: datetime | None = None


class NoticeState(StrEnum):
    """Where a message to the customer is. `suppressed` and `failed` never reached them; `unknown` may have."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"

    @property
    def counts(self) -> bool:
        return self not in {NoticeState.FAILED, NoticeState.SUPPRESSED}


@value
class ListedItem:
    """What a notice said of one item: the step it counts as (null: none was reached), and the occurrence of that step."""

    item: ItemId
    step: str | None
    occurrence: int = 0
    leads: bool = False


@value
class Notice:
    """One message to the customer, over whichever channel. `day` is the local day at the customer's place."""

    id: NoticeId
    day: date
    at: datetime
    step: str
    items: tuple[ListedItem, ...]
    state: NoticeState
    channel: str = "email"
    by: UserId | None = None
    currencies: tuple[str, ...] = ()
    sent_at: datetime | None = None
    because: str = ""


@value
class Raised:
    """Staff were told that an item reached a step."""

    item: ItemId
    step: str
    occurrence: int
    at: datetime


@value
class Act:
    """Something a person did about an item, in words for colleagues: `Ana snoozed until Mon 30 Nov`. `name` is the use case."""

    item: ItemId
    name: str
    by: UserId
    by_name: str
    at: datetime
    words: str


@value
class Account:
    """Everything known of one customer in one book. `fresh_until` is the instant up to which balances count as current; null: always.

    A policy that had been switched off went on at `resumed_at`. `channels` are those over which the customer can be reached where that is known without addresses; null: as their addresses say.
    """

    book: Book
    customer: Customer
    items: tuple[Item, ...] = ()
    payments: tuple[Payment, ...] = ()
    credits: tuple[Credit, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    flags: tuple[Flag, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    plans: tuple[Plan, ...] = ()
    promises: tuple[Promise, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    holds: tuple[Hold, ...] = ()
    fees: tuple[Fee, ...] = ()
    approvals: tuple[Approval, ...] = ()
    tasks: tuple[Task, ...] = ()
    opt_outs: tuple[OptOut, ...] = ()
    replies: tuple[Reply, ...] = ()
    notices: tuple[Notice, ...] = ()
    raised: tuple[Raised, ...] = ()
    acts: tuple[Act, ...] = ()
    policy: tuple[str, int] | None = None
    released_at: datetime | None = None
    resumed_at: datetime | None = None
    fresh_until: datetime | None = None
    channels: frozenset[str] | None = None
    _by_id: dict[ItemId, Item] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)

    @property
    def all_items(self) -> tuple[Item, ...]:
        """Invoices and the instalments of active plans."""
        if not self.plans:
            return self.items
        return self.items + tuple(item for plan in self.plans if plan.state is PlanState.ACTIVE for item in plan.instalments)

    @property
    def undisturbed(self) -> bool:
        """Nobody ever did or said anything that could keep one of its items silent."""
        claims = self.promises or self.holds or self.disputes or self.plans or self.approvals
        return not (claims or self.snoozes or self.replies or self.escalations or self.resumed_at)

    def item(self, item: ItemId) -> Item:
        """Raises `KeyError` for an item that is not of this account."""
        if not self._by_id:  # filled when first asked for: many an account that is made is asked for none
            self._by_id.update({item.id: item for item in self.all_items})
        return self._by_id[item]

    def written_on(self, notice: Notice) -> date:
        """The local day at the customer's place on which the message left, or is to leave."""
        return notice.day if notice.sent_at is None else self.customer.place.day(notice.sent_at)

    def times_written(self, items: Iterable[ItemId]) -> int:
        """How many messages that count have listed one of the items, of that which was listed most; what was said on the phone is none."""
        mine = (notice for notice in self.notices if notice.state.counts and notice.channel not in SPOKEN)
        times = Counter(item for notice in mine for item in {listed.item for listed in notice.items})
        return max((times[item] for item in items), default=0)

    def acts_on(self, item: ItemId) -> tuple[Act, ...]:
        """What people did about the item, oldest first. Their number is the version a card carries."""
        return tuple(act for act in self.acts if act.item == item)
