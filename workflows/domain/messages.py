"""What a customer reads, and what it is written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.domain.account import Book, Customer
from workflows.domain.money import Money


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer reads. `to` are addresses of the channel; `html` is null for channels that have none."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str | None = None
    sender_name: str = ""
    reply_to: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The vendor took it. `reference` is what the vendor knows it by."""

    reference: str


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One item in a letter. `credit` is what credit notes took off it; null: nothing."""

    number: str
    due_on: date
    days_past_due: int
    total: Money
    open: Money
    issued_on: date | None = None
    reference: str | None = None
    credit: Money | None = None

    @property
    def credited(self) -> Money:
        return self.credit or Money.zero(self.total.currency)

    @property
    def paid(self) -> Money:
        return self.total - self.open - self.credited


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything a template may show. `overdue` leader first; `upcoming` may be empty, and so may `overdue` when only those are meant.

    `amounts` is what is asked for: one sum per currency over `overdue`, less money on account.
    """

    template: str
    language: str
    book: Book
    customer: Customer
    day: date
    overdue: tuple[LetterLine, ...]
    upcoming: tuple[LetterLine, ...]
    amounts: tuple[Money, ...]
    on_account: tuple[Money, ...] = ()
