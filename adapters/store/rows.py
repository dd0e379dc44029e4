"""Rows as the domain's values: one plain function each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from workflows.domain.access import Role, User
from workflows.domain.account import (
    Act,
    Book,
    Credit,
    CreditKind,
    Customer,
    Escalation,
    Flag,
    Item,
    ItemKind,
    ListedItem,
    Notice,
    NoticeState,
    Party,
    Payment,
    Plan,
    PlanState,
    Raised,
    Snooze,
)
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind, Given
from workflows.domain.calendar import Place
from workflows.domain.charges import Fee
from workflows.domain.claims import Dispute, Hold, HoldKind, Promise, PromiseEnd
from workflows.domain.contact import Meaning, OptOut, Reply
from workflows.domain.ids import BookId, CustomerId, ItemId, NoticeId, PlanId, UserId
from workflows.domain.money import Money
from workflows.domain.tasks import Task
from workflows.records import CardKind, CardState, Effect, Look, OutboxRow, OutboxState, StaffCard


def book(row: Row[Any]) -> Book:
    return Book(
        id=BookId(row.id),
        slug=row.slug,
        name=row.name,
        place=Place(row.zone, row.country, row.subdivision),
        currency=row.currency,
        language=row.language,
        seller_email=row.seller_email,
        seller_phone=row.seller_phone,
        payment_instructions=row.payment_instructions,
        fed_by_files=row.fed_by_files,
        read_through=row.read_through,
        read_at=row.read_at,
        chat_channel=row.chat_channel,
    )


def book_values(book: Book) -> dict[str, object]:
    return {
        "slug": book.slug,
        "name": book.name,
        "zone": book.place.zone,
        "country": book.place.country,
        "subdivision": book.place.subdivision,
        "currency": book.currency,
        "language": book.language,
        "seller_email": book.seller_email,
        "seller_phone": book.seller_phone,
        "payment_instructions": book.payment_instructions,
        "fed_by_files": book.fed_by_files,
        "read_through": book.read_through,
        "read_at": book.read_at,
        "chat_channel": book.chat_channel,
    }


def customer(row: Row[Any], book: Book, emails: tuple[str, ...]) -> Customer:
    return Customer(
        id=CustomerId(row.id),
        book_id=book.id,
        number=row.number,
        name=row.name,
        place=_place(row, book.place),
        language=row.language or book.language,
        party=Party(row.party),
        emails=emails,
        owner=row.owner_id,
        segment=row.segment,
        parent=row.parent_id,
    )


def look(row: Row[Any]) -> Look:
    policy = None if row.policy_name is None else (row.policy_name, row.policy_version)
    return Look(CustomerId(row.id), row.next_look_at, policy, row.oldest_due_on)


def _place(row: Row[Any], fallback: Place) -> Place:
    """What the customer's row leaves open is as at the book's place; a country of its own brings its own holidays."""
    if row.zone is None and row.country is None:
        return fallback
    if row.country is None:
        return Place(row.zone or fallback.zone, fallback.country, fallback.subdivision)
    return Place(row.zone or fallback.zone, row.country, row.subdivision)


def item(row: Row[Any]) -> Item:
    said = (row.kind, row.plan_id, row.reference, row.product)
    return item_of(row.id, row.number, row.total, row.currency, row.due_on, row.seen_at, row.issued_on, *said)


def item_of(
    key: ItemId,
    number: str,
    total: int,
    currency: str,
    due_on: date | None,
    seen_at: datetime,
    issued_on: date | None,
    kind: str,
    plan: PlanId | None,
    reference: str | None,
    product: str | None,
) -> Item:
    """As `item`, of values: a row is slow to be asked for each by its name."""
    return Item(key, number, Money(total, currency), due_on, seen_at, issued_on, _KINDS[kind], plan, reference, product)


_KINDS = {kind.value: kind for kind in ItemKind}


def payment(row: Row[Any]) -> Payment:
    return Payment(Money(row.amount, row.currency), row.paid_on, row.item_id, row.key, row.reversed_on)


def credit(row: Row[Any]) -> Credit:
    return Credit(Money(row.amount, row.currency), row.credited_on, row.item_id, row.key, CreditKind(row.kind), row.reversed_on)


def _money(row: Row[Any]) -> Money | None:
    return None if row.amount is None else Money(row.amount, row.currency)


def fee(row: Row[Any]) -> Fee:
    return Fee(row.item_id, row.step, Money(row.amount, row.currency), row.at, row.by, row.waived_at)


def approval(row: Row[Any], given: tuple[Given, ...]) -> Approval:
    return Approval(
        id=row.id,
        kind=ApprovalKind(row.kind),
        item=row.item_id,
        subject=row.subject,
        terms=row.terms,
        seal=row.seal,
        at=row.at,
        expires_at=row.expires_at,
        by=row.by,
        step=row.step,
        amount=_money(row),
        needs=Role(row.needs),
        people=row.people,
        given=given,
        ended_at=row.ended_at,
        ended_how=ApprovalEnd(row.ended_how) if row.ended_how else None,
    )


def given(row: Row[Any]) -> Given:
    return Given(row.by, row.at)


def task(row: Row[Any]) -> Task:
    return Task(row.id, row.key, row.item_id, row.what, row.at, row.owner_id, row.due_on, row.by, row.done_at, row.done_by)


def opt_out(row: Row[Any]) -> OptOut:
    return OptOut(row.channel, row.address, row.how, row.at, row.by, row.ended_at)


def reply(row: Row[Any]) -> Reply:
    return Reply(
        id=row.id,
        key=row.key,
        channel=row.channel,
        sender=row.sender,
        at=row.at,
        meaning=Meaning(row.meaning),
        items=tuple(ItemId(UUID(item)) for item in row.about),
        until=row.until,
        amount=_money(row),
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


def snooze(row: Row[Any]) -> Snooze:
    return Snooze(row.item_id, row.until, row.by, row.at, row.ended_at)


def flag(row: Row[Any]) -> Flag:
    return Flag(row.item_id, row.by, row.at, row.note, row.ended_at)


def escalation(row: Row[Any]) -> Escalation:
    return Escalation(row.item_id, row.to, row.why, row.by, row.at, row.ended_at)


def promise(row: Row[Any], items: tuple[ItemId, ...]) -> Promise:
    how = PromiseEnd(row.ended_how) if row.ended_how else None
    return Promise(row.id, items, Money(row.amount, row.currency), row.until, row.by, row.at, row.ended_at, how)


def dispute(row: Row[Any]) -> Dispute:
    return Dispute(row.item_id, row.reason, row.by, row.at, row.ended_at, row.outcome)


def hold(row: Row[Any]) -> Hold:
    had = None if row.had is None else Money(row.had, row.currency)
    return Hold(row.id, row.item_id, row.why, row.until, row.by, row.at, HoldKind(row.kind), had, row.ended_at)


def act(row: Row[Any]) -> Act:
    return Act(row.item_id, row.name, row.by, row.by_name, row.at, row.words)


def raised(row: Row[Any]) -> Raised:
    return Raised(row.item_id, row.step, row.occurrence, row.at)


def plan(row: Row[Any], covers: tuple[ItemId, ...], instalments: tuple[Item, ...]) -> Plan:
    return Plan(
        id=row.id,
        covers=covers,
        instalments=instalments,
        state=PlanState(row.state),
        by=row.by,
        at=row.at,
        accepted_by=row.accepted_by,
        accepted_at=row.accepted_at,
        accepted_how=row.accepted_how,
        ended_at=row.ended_at,
    )


def listed(row: Row[Any]) -> ListedItem:
    return ListedItem(row.item_id, row.step, row.occurrence, row.leads)


def notice(row: Row[Any], items: tuple[ListedItem, ...]) -> Notice:
    return Notice(
        id=NoticeId(row.id),
        day=row.day,
        at=row.at,
        step=row.step,
        items=items,
        state=NoticeState(row.state),
        channel=row.channel,
        by=row.by,
        currencies=tuple(row.currencies),
        sent_at=row.sent_at,
        because=row.because,
    )


def outbox_row(row: Row[Any]) -> OutboxRow:
    state = OutboxState(row.state)
    return OutboxRow(row.id, Effect(row.kind), row.key, row.payload, state, row.attempts, row.claimed_at, row.reference, row.cause)


def card(row: Row[Any]) -> StaffCard:
    return StaffCard(
        id=row.id,
        kind=CardKind(row.kind),
        book=row.book_id,
        subject=row.subject,
        day=row.day,
        at=row.at,
        state=CardState(row.state),
        data=row.data,
        platform=row.platform,
        channel=row.channel,
        message=row.message,
    )


def card_values(card: StaffCard) -> dict[str, object]:
    return {
        "id": card.id,
        "kind": card.kind.value,
        "book_id": card.book,
        "subject": card.subject,
        "day": card.day,
        "at": card.at,
        "state": card.state.value,
        "data": dict(card.data),
        "platform": card.platform,
        "channel": card.channel,
        "message": card.message,
    }


def user(row: Row[Any]) -> User:
    return User(UserId(row.id), row.email, row.name, Role(row.role), row.approves_up_to, row.language)
