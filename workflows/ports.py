"""What the use cases need from outside, named by role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from workflows.domain.account import (
    Account,
    Act,
    Book,
    Credit,
    Customer,
    Escalation,
    Flag,
    ListedItem,
    Notice,
    NoticeState,
    Payment,
    Plan,
    PlanState,
    Raised,
    Snooze,
)
from workflows.domain.aging import AgingRow, Debtor
from workflows.domain.approvals import Approval, ApprovalEnd
from workflows.domain.arrivals import Arrival
from workflows.domain.charges import Fee
from workflows.domain.claims import Dispute, Hold, Promise, PromiseEnd
from workflows.domain.contact import Meaning, OptOut, Reply
from workflows.domain.forecast import DueSum
from workflows.domain.ids import (
    ApprovalId,
    BookId,
    CardId,
    CustomerId,
    HoldId,
    ItemId,
    NoticeId,
    PlanId,
    PromiseId,
    ReplyId,
    TaskId,
    UserId,
)
from workflows.domain.messages import Letter, Message, Receipt
from workflows.domain.money import Money
from workflows.domain.policy import Policy
from workflows.domain.summary import Correspondence
from workflows.domain.tasks import Task
from workflows.outbox_ports import OutboxWork
from workflows.people_ports import PeopleAndChats
from workflows.records import (
    AuditEntry,
    CardKind,
    CustomerRow,
    FoundItem,
    LedgerRow,
    Look,
    Mark,
    StaffCard,
    Stored,
)
from workflows.stops import StopWork


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class Policies(Protocol):
    """The policy files, every version an account may still run on."""

    async def refresh(self) -> None:
        """Learns the versions that other processes stored since: accounts may have moved to them."""
        ...

    def current(self, account: Account) -> Policy:
        """The newest version of the policy that applies to the account as a whole."""
        ...

    def of(self, account: Account) -> Policy:
        """The version the account runs on, the current one for an account that has not started; with the items that others have."""
        ...


class Outreach(Protocol):
    """A channel to customers. Raises the errors of `workflows.errors`; `OutcomeUnknown` when the message may have left."""

    channel: str

    async def send(self, message: Message, key: str) -> Receipt: ...

    async def was_sent(self, key: str) -> bool | None:
        """Whether the message of that key left; null when the vendor cannot be asked."""
        ...

    async def rest(self) -> None:
        """Nothing more leaves for now: what was kept open for it is closed."""
        ...


class Mailbox(Protocol):
    """Where customers' answers arrive. Raises the errors of `workflows.errors`."""

    name: str

    async def arrivals(self, mark: str | None, since: date) -> Sequence[tuple[str, Arrival]]:
        """What came after `mark`, oldest first, a batch at most, each with the mark behind it; empty when there is no more.

        Without a mark, or where the mailbox was numbered anew since, what came from that day on.
        """
        ...


class Letters(Protocol):
    """Writes letters in the customer's language; falls back to the book's, then English. `languages` are those it knows, as codes."""

    @property
    def languages(self) -> frozenset[str]: ...

    def write(self, letter: Letter) -> Message:
        """Raises `Refused`, and `DocumentMissing` when a document that goes along cannot be had."""
        ...


class UnitOfWork(OutboxWork, StopWork, PeopleAndChats, Protocol):
    """One transaction. Everything that is added and everything that is read belongs to it; its opener commits it.

    Ids that do not exist raise `workflows.errors.NotKnown`. Every fact added about an account sets its `next_look_at` to now.
    """

    async def give_way(self) -> None:
        """Lets whatever else the process does have its turn: for whoever works long without asking for anything."""
        ...

    # books
    async def add_book(self, book: Book) -> None: ...
    async def change_book(self, book: Book) -> None: ...
    async def book(self, slug: str) -> Book: ...
    async def books(self) -> Sequence[Book]: ...

    # accounts
    async def account(self, customer: CustomerId) -> Account:
        """The whole account, its row locked to the end of the unit where the database has row locks."""
        ...

    async def lock_accounts(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, int]:
        """Their rows locked as by `account`, each with a number that differs once anything about the account changed."""
        ...

    async def account_of(self, item: ItemId) -> Account: ...
    async def accounts(self, customers: Sequence[CustomerId]) -> Sequence[Account]:
        """Many at once, in the order asked for; those that do not exist are left out."""
        ...

    async def claim_accounts(self, now: datetime, limit: int) -> Sequence[CustomerId]:
        """Accounts whose `next_look_at` has come, oldest first, locked; those another worker holds are left out.

        None while a stop of `workflows.stops` holds.
        """
        ...

    async def looked(self, customer: CustomerId, next_look_at: datetime | None, policy: tuple[str, int] | None) -> None:
        """`policy` is the version the account runs on; null while it has not started on one."""
        ...

    async def looked_all(self, looks: Sequence[Look]) -> None: ...

    def all_accounts(self, book: BookId | None = None) -> AsyncIterator[Account]:
        """Streams; bounded memory."""
        ...

    async def overdue_accounts(
        self, day: date, limit: int, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None
    ) -> tuple[Sequence[CustomerId], int]:
        """Accounts with an open item past due on that day, the oldest due first, and how many there are without the limit.

        Of that `owner` only; with at least `least` past due on that day in its currency.
        """
        ...

    async def looking_before(self, book: BookId, until: datetime, limit: int) -> Sequence[CustomerId]:
        """Accounts of the book whose `next_look_at` comes before `until`, soonest first."""
        ...

    async def count_overdue(self, day: date, book: BookId | None = None, owner: UserId | None = None, least: Money | None = None) -> int:
        """As many accounts as `overdue_accounts` has without its limit."""
        ...

    # facts
    async def store_rows(self, book: BookId, rows: Sequence[LedgerRow], at: datetime) -> Sequence[Stored]:
        """Invoices with their customers and payments, by number within the book; one answer per row, same order."""
        ...

    async def hold_unlisted(self, book: BookId, listed: Collection[str], as_of: date, at: datetime) -> Sequence[str]:
        """Open invoices known before `at` that are not among the listed are put on hold, and those that are among them again are let go.

        The numbers of all that are on hold for it now.
        """
        ...

    async def store_customer(self, book: BookId, row: CustomerRow, at: datetime) -> Stored:
        """A customer without an invoice, by number within the book; an address is added to those that are known."""
        ...

    async def snooze(self, fact: Snooze) -> None:
        """Ends the snooze that runs, if one does."""
        ...

    async def end_snooze(self, item: ItemId, at: datetime) -> None: ...
    async def flag(self, fact: Flag) -> None: ...
    async def end_flag(self, item: ItemId, at: datetime) -> None: ...
    async def escalate(self, fact: Escalation) -> None: ...
    async def end_escalation(self, item: ItemId, at: datetime) -> None: ...
    async def promise(self, fact: Promise, customer: CustomerId) -> None: ...
    async def end_promise(self, promise: PromiseId, how: PromiseEnd, at: datetime) -> None: ...
    async def dispute(self, fact: Dispute) -> None: ...
    async def settle_dispute(self, item: ItemId, outcome: str, at: datetime) -> None: ...
    async def hold(self, fact: Hold, customer: CustomerId) -> None: ...
    async def end_hold(self, hold: HoldId, at: datetime) -> None: ...
    async def add_payment(self, payment: Payment, customer: CustomerId, at: datetime) -> bool:
        """False, and nothing stored, when money of that key is known of the customer."""
        ...

    async def add_credit(self, credit: Credit, customer: CustomerId, at: datetime) -> bool:
        """As `add_payment`."""
        ...

    async def reverse_money(self, customer: CustomerId, key: str, on: date, at: datetime) -> bool:
        """The payment or credit of that key counts for nothing from `on`; false when there is none, or it is reversed."""
        ...

    async def assign(self, customer: CustomerId, owner: UserId | None, at: datetime) -> None: ...

    # fees, approvals, tasks
    async def add_fee(self, fee: Fee) -> bool:
        """False when the step charged the item before."""
        ...

    async def waive_fee(self, item: ItemId, step: str, at: datetime) -> None: ...
    async def add_approval(self, approval: Approval) -> None: ...
    async def approval(self, approval: ApprovalId) -> tuple[Approval, CustomerId]: ...
    async def give_approval(self, approval: ApprovalId, by: UserId, at: datetime) -> bool:
        """False when that person has approved it before."""
        ...

    async def end_approval(self, approval: ApprovalId, how: ApprovalEnd, at: datetime) -> None: ...
    async def open_approvals(self, book: BookId) -> Sequence[tuple[CustomerId, ApprovalId]]:
        """Those that have not ended, the oldest first."""
        ...

    async def add_task(self, task: Task) -> bool:
        """False when a task of that key is there."""
        ...

    async def finish_task(self, task: TaskId, by: UserId, at: datetime) -> bool:
        """False when it was done before."""
        ...

    async def task(self, task: TaskId) -> tuple[Task, CustomerId]: ...
    async def open_tasks(self, book: BookId) -> Sequence[tuple[CustomerId, Task]]:
        """The soonest due first, those without a day last."""
        ...

    # what customers say back
    async def opt_out(self, fact: OptOut, customer: CustomerId) -> bool:
        """False when one for that channel and address runs."""
        ...

    async def opt_in(self, customer: CustomerId, channel: str, address: str, at: datetime) -> bool:
        """Ends the opt-out that runs; false when none does."""
        ...

    async def add_reply(self, reply: Reply, customer: CustomerId, words: str) -> bool:
        """False when an answer of that key is there. `words` are kept encrypted."""
        ...

    async def reply(self, reply: ReplyId) -> tuple[Reply, CustomerId, str]:
        """With its words; empty when they were erased."""
        ...

    async def end_reply(self, reply: ReplyId, meaning: Meaning, by: UserId | None, at: datetime) -> bool:
        """Somebody dealt with it; false when it was dealt with before."""
        ...

    async def open_replies(self, book: BookId) -> Sequence[tuple[CustomerId, Reply]]:
        """Those that nobody has dealt with, the oldest first."""
        ...

    # mailboxes
    async def read_mark(self, source: str) -> tuple[str, datetime] | None:
        """How far it was read, in its own words, and when; null while it never was."""
        ...

    async def set_read_mark(self, source: str, mark: str, at: datetime) -> None: ...
    async def first_arrival(self, key: str, at: datetime) -> bool:
        """False when that letter came in before."""
        ...

    async def notice_sent_as(self, reference: str) -> tuple[NoticeId, CustomerId] | None:
        """The message the vendor knows by that reference; for mail its Message-ID."""
        ...

    async def customers_at(self, address: str) -> Sequence[CustomerId]:
        """Whose e-mail address it is, in any case."""
        ...

    # plans
    async def add_plan(self, plan: Plan, customer: CustomerId) -> None: ...
    async def plan(self, plan: PlanId) -> tuple[Plan, CustomerId]: ...
    async def set_plan(self, plan: PlanId, state: PlanState, by: UserId, at: datetime, how: str = "") -> None: ...
    async def release(self, customer: CustomerId, by: UserId | None, at: datetime) -> None: ...
    async def resume(self, customer: CustomerId, at: datetime) -> None:
        """A policy that had been switched off goes on for the account."""
        ...

    async def waiting_for_release(self, book: BookId | None) -> Sequence[CustomerId]: ...
    async def add_act(self, act: Act) -> None: ...
    async def add_raised(self, raised: Raised) -> bool:
        """False when that item was raised at that step and occurrence before."""
        ...

    async def raise_all(self, raised: Sequence[tuple[CustomerId, Raised]]) -> Sequence[Raised]:
        """As `add_raised` for many items at once; those that were not raised before."""
        ...

    async def raised_between(self, book: BookId, start: datetime, end: datetime) -> Sequence[tuple[CustomerId, Raised]]:
        """What staff of the book are to be told of, raised from `start` up to, not including, `end`; oldest first."""
        ...

    # notices
    async def add_notice(self, customer: CustomerId, notice: Notice, key: str) -> bool:
        """False, and nothing stored, when the key was used, or a counting notice led with the same item, step and occurrence."""
        ...

    async def add_notices(self, new: Sequence[tuple[CustomerId, Notice, str]]) -> frozenset[NoticeId]:
        """As `add_notice` for many at once, each with its key, of accounts that this unit holds; those that were stored."""
        ...

    async def notice(self, notice: NoticeId) -> tuple[Notice, CustomerId]: ...
    async def addressees(self, notices: Sequence[NoticeId]) -> Mapping[NoticeId, CustomerId]:
        """Whom they are to; those that do not exist are left out."""
        ...

    async def notices_of(self, book: BookId, day: date) -> Sequence[tuple[Notice, CustomerId]]:
        """Messages of that local day to the book's customers, oldest first, whatever their state."""
        ...

    async def set_notice(self, notice: NoticeId, state: NoticeState, at: datetime, because: str = "") -> None:
        """A state that does not count frees the key, so that the step may go out another day."""
        ...

    async def notices_sent(self, notices: Sequence[NoticeId], at: datetime) -> None:
        """As `set_notice` with `sent`, for many that exist."""
        ...

    async def relist_notice(self, notice: NoticeId, items: Sequence[ListedItem], currencies: Sequence[str]) -> None:
        """What the message says in the end, when something changed between its cause and its sending."""
        ...

    async def keep_body(self, notice: NoticeId, message: Message) -> str:
        """Stores the message encrypted and returns the SHA-256 of its text as hex."""
        ...

    async def keep_bodies(self, messages: Mapping[NoticeId, Message]) -> Mapping[NoticeId, str]:
        """As `keep_body`, for many that exist."""
        ...

    async def body(self, notice: NoticeId) -> Message | None:
        """The message as it was kept, without its documents; null when none was, or erasure emptied it."""
        ...

    # cards
    async def add_card(self, card: StaffCard) -> bool:
        """False when a card of that kind, subject and day stands already; one that has frozen stands again, with the new `at` and `data`.

        Freezes older live cards of the subject (not problems).
        """
        ...

    async def card(self, card: CardId) -> StaffCard:
        """Its row locked to the end of the unit where the database has row locks."""
        ...

    async def live_cards(
        self, book: BookId | None = None, subject: UUID | None = None, kind: CardKind | None = None
    ) -> Sequence[StaffCard]:
        """Newest first."""
        ...

    async def cards_about(self, subject: UUID) -> Sequence[StaffCard]:
        """The newest of a subject, live and frozen, newest first."""
        ...

    async def cards_showing(self, books: Collection[BookId], items: Sequence[ItemId]) -> Sequence[StaffCard]:
        """Live cards of the items, and those of the books that list any of them; newest first."""
        ...

    async def set_card(self, card: StaffCard) -> None: ...

    # inbound
    async def handled(self, key: str, at: datetime) -> bool:
        """Marks an accepted row as handled in this unit. False when it was already."""
        ...

    # audit
    async def record(self, entry: AuditEntry) -> None: ...
    async def record_all(self, entries: Sequence[AuditEntry]) -> None:
        """In that order."""
        ...

    # reading for answers and reports
    async def find_items(self, number: str, book: BookId | None = None) -> Sequence[FoundItem]: ...
    async def named_customers(self, words: str) -> Sequence[Customer]:
        """Whose number or whole name it is, any case."""
        ...

    async def find_customers(self, words: str, limit: int = 10) -> Sequence[Customer]:
        """By number or by part of the name, any case, exact matches first."""
        ...

    async def near_customers(self, words: str, limit: int = 5) -> Sequence[Customer]:
        """Whose name or number is spelt almost so, the likeliest first."""
        ...

    async def near_items(self, words: str, limit: int = 5) -> Sequence[FoundItem]:
        """Open or not, whose number holds the words, or is spelt almost so."""
        ...

    async def aging(self, book: BookId, day: date) -> Sequence[AgingRow]:
        """Counting every fact dated on or before that day whenever it was learnt; one row per currency, by code."""
        ...

    async def owners(self, items: Sequence[ItemId]) -> Mapping[ItemId, CustomerId]: ...
    async def marked(self, book: BookId, mark: Mark, day: date, limit: int, skip: int = 0) -> Sequence[tuple[CustomerId, ItemId]]:
        """Items with that mark and something open, the oldest due first."""
        ...

    async def mark_counts(self, book: BookId, day: date) -> Mapping[Mark, int]: ...
    def debtors(self, book: BookId, day: date, most: int | None = None) -> AsyncIterator[Debtor]:
        """As `aging`, by customer: per currency those first who owe most of what is overdue, at most `most`.

        Streams; bounded memory. Read it to its end.
        """
        ...

    async def late_beside(self, book: BookId, day: date, items: Sequence[ItemId]) -> Sequence[tuple[int, Money]]:
        """What the customers of the items owe past its day: how many debts and how much, a row per currency."""
        ...

    async def debtors_page(self, book: BookId, day: date, limit: int, skip: int) -> Sequence[Debtor]:
        """A page of `debtors`."""
        ...

    async def due_sums(self, book: BookId, day: date) -> Sequence[DueSum]:
        """What is open at the end of that day, by the day it is due."""
        ...

    async def sold(self, book: BookId, start: date, end: date) -> Sequence[Money]:
        """What was invoiced from `start` to `end`, both included: one sum per currency, by code."""
        ...

    async def sold_by_month(self, book: BookId, start: date, end: date) -> Sequence[tuple[date, Money]]:
        """As `sold`, for each calendar month, named by its first day."""
        ...

    async def collected(self, book: BookId, start: date, end: date) -> Sequence[Money]:
        """Money that came in from `start` to `end`, less what was taken back in that time: one sum per currency, by code."""
        ...

    async def paid_late(self, book: BookId, start: date, end: date) -> Sequence[tuple[int, Money]]:
        """Money that came in for items with a due day and was not taken back by `end`: sums by days after that day (negative: before)."""
        ...

    async def written_off(self, book: BookId, end: date) -> Sequence[Money]:
        """Up to and including that day: one sum per currency, by code."""
        ...

    async def correspondence(self, book: BookId, start: datetime, end: datetime) -> Correspondence:
        """What was written to customers, and what they answered, from `start` up to, not including, `end`."""
        ...

    def promising_accounts(self, book: BookId, start: date, end: date) -> AsyncIterator[Account]:
        """Those with a promise for a day from `start` to `end`. Streams; nothing is locked."""
        ...

    def planning_accounts(self, book: BookId, at: datetime) -> AsyncIterator[Account]:
        """Those with a plan that was running at that instant. Streams; nothing is locked."""
        ...

    async def knows_since(self, book: BookId, at: datetime) -> bool:
        """Whether something of the book was known before that instant."""
        ...


class Store(Protocol):
    """Opens units of work."""

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Commits when the block ends, rolls back when it raises."""
        ...
