"""An item into a manager's hands, and back to chasing."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.acting import item_to_act_on, note_act, stand
from workflows.domain.access import Role, User
from workflows.domain.account import Account, Escalation, Item, Raised
from workflows.domain.allocation import balances
from workflows.domain.ids import CardId, ItemId, UserId, new_id
from workflows.domain.telling import ESCALATED
from workflows.errors import BadEntry, Refused
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, Effect, StaffCard


@dataclass(frozen=True, slots=True)
class EscalateItem:
    item: ItemId
    to: UserId
    why: str
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Escalated:
    account: Account
    item: Item
    to: User
    why: str


async def escalate_item(ask: EscalateItem, work: UnitOfWork, clock: Clock) -> Escalated:
    """Raises `Refused` without a reason, to somebody who is no manager, or when it is escalated already."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    to = await work.user(ask.to)
    if to.role < Role.MANAGER:
        raise BadEntry({"to": f"{to.name} is a {to.role.word}; choose a manager."})
    if not ask.why.strip():
        raise Refused("Say in a few words why; the manager reads it first.")
    if balances(account).open_of(item.id).minor <= 0:
        raise Refused(f"{item.number} is paid; there is nothing to escalate.")
    if any(e.item == item.id and e.ended_at is None for e in account.escalations):
        raise Refused(f"{item.number} is escalated already.")
    await hand_to_manager(Escalation(item.id, to.id, ask.why.strip(), ask.by.id, clock.now()), account, str(ask.by.id), work)
    words = f"{ask.by.name} escalated it to {to.name}: {ask.why.strip()}"
    await note_act(work, account, item, ask.by, "item.escalated", words, clock.now(), to=str(to.id))
    return Escalated(account, item, to, ask.why.strip())


async def hand_to_manager(fact: Escalation, account: Account, actor: str, work: UnitOfWork) -> None:
    """A person's act or the policy's, which is `actor`: the item has a card, which goes to the manager too, and what proves the claim follows under it.

    Where a person did it, the card that stands will do; what policies escalate is moved up with what else was raised.
    """
    book, item, at = account.book, fact.item, fact.at
    await work.escalate(fact)
    day = book.place.day(at)
    if fact.by is None:
        await work.add_raised(Raised(item, ESCALATED, day.toordinal(), at))
    elif not await work.live_cards(book.id, item, CardKind.ALERT):
        await stand(work, book, StaffCard(CardId(new_id()), CardKind.ALERT, book.id, item, day, at))
    if book.chat_channel is not None:
        pack = {"item": str(item), "by": actor, "asked_at": at.isoformat()}
        await work.enqueue(Effect.FILE, f"file:{item}:{at.isoformat()}", pack, at)


@dataclass(frozen=True, slots=True)
class HandBackItem:
    item: ItemId
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class HandedBack:
    account: Account
    item: Item


async def hand_back_item(ask: HandBackItem, work: UnitOfWork, clock: Clock) -> HandedBack:
    """Chasing goes on from here; what fell in between is not caught up unless the policy says so."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    if not any(e.item == item.id and e.ended_at is None for e in account.escalations):
        raise Refused(f"{item.number} is not escalated.")
    await work.end_escalation(item.id, clock.now())
    await note_act(work, account, item, ask.by, "item.handed_back", f"{ask.by.name} handed it back to chasing", clock.now())
    return HandedBack(account, item)
