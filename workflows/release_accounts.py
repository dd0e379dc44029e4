"""Lets accounts go that were already overdue when they were first read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from workflows.acting import record, require, show, when
from workflows.domain.access import Right, User
from workflows.domain.account import Book
from workflows.domain.ids import BookId
from workflows.errors import AlreadyDone
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, CardState, StaffCard


@dataclass(frozen=True, slots=True)
class ReleaseAccounts:
    """All waiting accounts of the book, or of every book. Without `by` it is the command line or the demo."""

    book: BookId | None = None
    by: User | None = None


@dataclass(frozen=True, slots=True)
class Released:
    accounts: int


async def release_accounts(ask: ReleaseAccounts, work: UnitOfWork, clock: Clock) -> Released:
    """What falls due then is the highest step each account has reached, once.

    Raises `NotAllowed`, and `AlreadyDone` naming the colleague who released them before, and when.
    """
    if ask.by is not None:
        require(ask.by, Right.RELEASE)
    waiting = await work.waiting_for_release(ask.book)
    if ask.by is not None and not waiting:
        raise AlreadyDone(await _who_was_first(ask.book, work))
    actor = "command line" if ask.by is None else str(ask.by.id)
    await work.lock_accounts(waiting)  # in the order everybody locks them in, which is not that of `waiting`
    for customer in waiting:
        await work.release(customer, None if ask.by is None else ask.by.id, clock.now())
        await record(work, actor, clock.now(), "account.released", {"customer": str(customer)})
    for card in await work.live_cards(ask.book):
        if card.kind is CardKind.REVIEW:
            await work.set_card(
                replace(
                    card,
                    state=CardState.FROZEN,
                    data={**card.data, "released": len(waiting), "by": _name(ask.by), "at": clock.now().isoformat()},
                )
            )
            show(work, await _book(card, work), card, clock.now(), acted=True)
    return Released(len(waiting))


async def _who_was_first(book: BookId | None, work: UnitOfWork) -> str:
    released = [card for card in (await work.cards_about(book) if book else ()) if "released" in card.data]
    if not released:
        return "Nobody waits for a release any more."
    place, data = (await _book(released[0], work)).place, released[0].data
    return f"{data['by']} released them {when(place, datetime.fromisoformat(data['at']))}."


def _name(by: User | None) -> str:
    return "An administrator" if by is None else by.name


async def _book(card: StaffCard, work: UnitOfWork) -> Book:
    return next(book for book in await work.books() if book.id == card.book)
