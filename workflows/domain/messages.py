"""What a customer reads, and what it is written from."""

from __future__ import annotations

from dataclasses import field
from datetime import date

from workflows.domain.account import Book, Customer
from workflows.domain.money import Money
from workflows.domain.values import value


@value
class Attachment:
    """A document that goes along. `name` is the file's name as the customer sees it."""

    name: str
    content: bytes = field(repr=False)
    kind: str = "application/pdf"


@value
class Message:
    """What a customer reads. `to` are addresses of the channel; `html` is null for channels that have none.

    `unsubscribe` is the address of a page that ends such messages with one POST; null where customers reach no page of ours.
    """

    to: tuple[str, ...]
    subject: str
    text: str
    html: str | None = None
    sender_name: str = ""
    reply_to: str | None = None
    language: str = "en"
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: str | None = None


@value
class Receipt:
    """The vendor took it. `reference` is what the vendor knows it by, `refused` those of its addresses that take no messages at all."""

    reference: str
    refused: tuple[str, ...] = ()


@value
class LetterLine:
    """One item in a letter. `credit` is what credit notes took off it, `fees` what was charged on top of `total`; null: nothing."""

    number: str
    due_on: date
    days_past_due: int
    total: Money
    open: Money
    issued_on: date | None = None
    reference: str | None = None
    credit: Money | None = None
    fees: Money | None = None

    @property
    def credited(self) -> Money:
        return self.credit or Money.zero(self.total.currency)

    @property
    def charged(self) -> Money:
        return self.fees or Money.zero(self.total.currency)

    @property
    def paid(self) -> Money:
        return self.total + self.charged - self.open - self.credited


@value
class Received:
    """Money that came. `number` is that of the item it is for; null: it names none."""

    amount: Money
    on: date
    number: str | None = None


@value
class Promised:
    """What the customer said they would pay, by when, and for which invoices."""

    amount: Money
    until: date
    numbers: tuple[str, ...]


@value
class Agreed:
    """A payment plan: its instalments in order of their days, the invoices they stand for, and the day up to which an offer stands."""

    schedule: tuple[LetterLine, ...]
    covers: tuple[str, ...]
    answer_by: date | None = None


@value
class Wording:
    """A person's own words in place of the template's."""

    subject: str
    text: str


@value
class Letter:
    """Everything a template may show. `overdue` leader first; `upcoming` may be empty, and so may `overdue` when only those are meant.

    `amounts` is what is asked for: one sum per currency over `overdue`, less money on account. The rest is there for letters about
    something that happened: a plan, money that came (with what it `settled`, and the day of a message that crossed it), a promise.
    `documents` are the invoices whose documents go along, `wording` is what a person wrote instead. `ordinal`: the how-many-th message
    it is about the item that was written of most.
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
    plan: Agreed | None = None
    received: tuple[Received, ...] = ()
    settled: tuple[str, ...] = ()
    crossed_on: date | None = None
    promised: Promised | None = None
    documents: tuple[str, ...] = ()
    wording: Wording | None = None
    ordinal: int = 1
    channel: str = "email"
