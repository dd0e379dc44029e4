"""A person's answer on a message that may or may not have left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from workflows.acting import record, redraw, require, show, when
from workflows.domain.access import Right, User
from workflows.domain.account import Account, Notice, NoticeState
from workflows.domain.ids import NoticeId
from workflows.errors import AlreadyDone
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardState, OutboxState


@dataclass(frozen=True, slots=True)
class SettleUnknown:
    """`left` is what the person found out: true, and it counts as sent; false, and it goes out again."""

    notice: NoticeId
    left: bool
    by: User


@dataclass(frozen=True, slots=True)
class UnknownSettled:
    account: Account
    notice: Notice
    said: str


async def settle_unknown(ask: SettleUnknown, work: UnitOfWork, clock: Clock) -> UnknownSettled:
    """Raises `AlreadyDone` naming who answered before and when, `NotAllowed` for a viewer."""
    require(ask.by, Right.CHASE)
    found, customer = await work.notice(ask.notice)
    account = await work.account(customer)
    notice = next(other for other in account.notices if other.id == found.id)
    if notice.state is not NoticeState.UNKNOWN:
        before = [str(card.data["said"]) for card in await work.cards_about(notice.id) if "said" in card.data]
        raise AlreadyDone(before[0] if before else f"This was answered already: the message is {notice.state.value}.")
    cards = await work.live_cards(account.book.id, notice.id)
    rows = [UUID(str(card.data["row"])) for card in cards if "row" in card.data]
    for row in rows:
        await work.settle(
            row, OutboxState.SENT if ask.left else OutboxState.QUEUED, clock.now(), not_before=None if ask.left else clock.now()
        )
    await work.set_notice(notice.id, NoticeState.SENT if ask.left else NoticeState.QUEUED, clock.now(), f"{ask.by.name} answered")
    said = _words(ask, when(account.book.place, clock.now()))
    for card in cards:
        await work.set_card(replace(card, state=CardState.FROZEN, data={**card.data, "said": said}))
        show(work, account.book, card, clock.now(), acted=True)
    await record(work, str(ask.by.id), clock.now(), "notice.settled", {"notice": str(notice.id), "left": ask.left})
    for entry in notice.items:
        await redraw(work, account, entry.item, clock.now())
    return UnknownSettled(account, notice, said)


def _words(ask: SettleUnknown, at: str) -> str:
    told = "says it was sent" if ask.left else "says it was not sent; what is still due goes out again"
    return f"{ask.by.name} {told} ({at})."
