"""What the use cases need from outside, named by role."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Protocol

from workflows.domain.account import Account
from workflows.domain.arrivals import Arrival
from workflows.domain.messages import Letter, Message, Receipt
from workflows.domain.policy import Policy
from workflows.records import AuditEntry
from workflows.stops import StopWork
from workflows.work.accounts import AccountWork
from workflows.work.answers import AnswerWork
from workflows.work.cards import CardWork
from workflows.work.facts import FactWork
from workflows.work.notices import NoticeWork
from workflows.work.outbox import OutboxWork
from workflows.work.people import PeopleAndChats
from workflows.work.reports import ReportWork
from workflows.work.requests import RequestWork


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


class UnitOfWork(
    AccountWork, FactWork, RequestWork, AnswerWork, NoticeWork, CardWork, ReportWork, OutboxWork, StopWork, PeopleAndChats, Protocol
):
    """One transaction. Everything that is added and everything that is read belongs to it; its opener commits it.

    Ids that do not exist raise `workflows.errors.NotKnown`. Every fact added about an account sets its `next_look_at` to now.
    """

    async def give_way(self) -> None:
        """Lets whatever else the process does have its turn: for whoever works long without asking for anything."""
        ...

    async def handled(self, key: str, at: datetime, *, kept: bool = True) -> bool:
        """Marks an accepted row as handled in this unit; false when it was already.

        What was not `kept` before gets its row here. Raises `BeingMaintained` for that during maintenance.
        """
        ...

    async def record(self, entry: AuditEntry) -> None: ...
    async def record_all(self, entries: Sequence[AuditEntry]) -> None:
        """In that order."""
        ...


class Store(Protocol):
    """Opens units of work."""

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Commits when the block ends, rolls back when it raises."""
        ...

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit for what changes nothing: all it reads is as of one instant, and to write in it fails.

        It locks nothing, so it never waits for another unit, nor another for it.
        """
        ...
