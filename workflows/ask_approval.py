"""A request for a second person: sealed, told to colleagues, and put up as a card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from workflows.acting import note_act, record, show, stand
from workflows.domain.access import User
from workflows.domain.account import Account, Book, Item
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind
from workflows.domain.approving import STANDS_FOR, asked_words, counted, people_needed, sealed, terms_of, waiting
from workflows.domain.ids import ApprovalId, CardId, new_id
from workflows.domain.money import Money
from workflows.errors import AlreadyDone
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, CardState, StaffCard


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `terms` hold everything that carrying it out needs, as JSON; amount, item and reason are added to them."""

    kind: ApprovalKind
    amount: Money
    why: str
    terms: Mapping[str, object] = field(default_factory=dict)
    subject: UUID | None = None


@dataclass(frozen=True, slots=True)
class Requested:
    """It waits for somebody's approval."""

    account: Account
    item: Item
    approval: Approval


async def ask_approval(wish: Wish, account: Account, item: Item, by: User, work: UnitOfWork, clock: Clock) -> Requested:
    """A request for the same thing on the item that still waits gives way: what was approved of it is void.

    Raises `AlreadyDone` when exactly this waits already.
    """
    now = clock.now()
    before = next((one for one in waiting(account, wish.kind, now) if one.item == item.id), None)
    approval = _sealed(wish, account, item, by, now, before)
    if before is not None:
        if _same(before, approval):
            raise AlreadyDone(f"This waits for approval already: {asked_words(before)}.")
        await void(work, account, before, now)
    await work.add_approval(approval)
    facts = {"approval": str(approval.id), "kind": approval.kind.value, "amount": wish.amount, "seal": approval.seal}
    await note_act(work, account, item, by, "approval.asked", f"{by.name} asked to {asked_words(approval)}", now, **facts)
    day = account.book.place.day(now)
    await stand(work, account.book, StaffCard(CardId(new_id()), CardKind.APPROVAL, account.book.id, approval.id, day, now))
    return Requested(account, item, approval)


def _sealed(wish: Wish, account: Account, item: Item, by: User, now: datetime, before: Approval | None) -> Approval:
    sum_ = counted(account, wish.kind, wish.amount, now, before.id if before else None)
    money = {"amount": wish.amount.plain, "currency": wish.amount.currency, "counted": sum_.plain}
    text, seal = sealed({**wish.terms, "kind": wish.kind.value, "item": str(item.id), "why": wish.why, **money})
    return Approval(
        ApprovalId(new_id()),
        wish.kind,
        item.id,
        wish.subject or item.id,
        text,
        seal,
        now,
        now + STANDS_FOR,
        by.id,
        amount=wish.amount,
        people=people_needed(wish.kind, sum_),
    )


def _same(before: Approval, approval: Approval) -> bool:
    """A plan's own id and what the amount adds up to say nothing of what is wanted."""
    said = [{key: value for key, value in terms_of(one).items() if key not in {"plan", "counted"}} for one in (before, approval)]
    return said[0] == said[1]


async def void(work: UnitOfWork, account: Account, approval: Approval, at: datetime) -> None:
    """What was to be approved was changed, so nothing of it counts any more."""
    await work.end_approval(approval.id, ApprovalEnd.VOID, at)
    await record(work, "duebot", at, "approval.void", {"approval": str(approval.id), "item": str(approval.item)})
    await show_request(work, account.book, approval.id, at, ended=True)


async def show_request(work: UnitOfWork, book: Book, approval: ApprovalId, at: datetime, *, ended: bool) -> None:
    """Its card is drawn anew, and whoever pressed looks at it; one that ended keeps no buttons."""
    for card in await work.live_cards(book.id, approval):
        if ended:
            await work.set_card(replace(card, state=CardState.FROZEN))
        show(work, book, card, at, acted=True)
