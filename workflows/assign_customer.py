"""Whose customer it is: given to a colleague, taken by oneself, or let go."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import Role, User
from workflows.domain.account import Account, Item
from workflows.domain.ids import ItemId, UserId
from workflows.errors import AlreadyDone, BadEntry, Refused
from workflows.ports import Clock, UnitOfWork
from workflows.snooze_item import is_snoozed


@dataclass(frozen=True, slots=True)
class AssignCustomer:
    """The customer of the item. `to` null takes the owner away."""

    item: ItemId
    to: UserId | None
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class ClaimCustomer:
    """`I take it`: the colleague becomes the owner, unless somebody else is."""

    item: ItemId
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Assigned:
    """`woke` says that a snooze of the item was ended by it."""

    account: Account
    item: Item
    to: User | None
    woke: bool = False


async def assign_customer(ask: AssignCustomer, work: UnitOfWork, clock: Clock) -> Assigned:
    """Raises `Refused` for somebody who may only look, or who has it already."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    to = await work.user(ask.to) if ask.to else None
    if to is not None and to.role < Role.COLLECTOR:
        raise BadEntry({"to": f"{to.name} is a {to.role.word} and could do nothing about it; choose a collector or a manager."})
    if account.customer.owner == ask.to:
        raise Refused(f"{to.name} has {account.customer.name} already." if to else f"Nobody has {account.customer.name}.")
    return await _give(account, item, to, ask.by, work, clock)


async def claim_customer(ask: ClaimCustomer, work: UnitOfWork, clock: Clock) -> Assigned:
    """Whoever takes it looks at it now: a snooze of the item ends. Raises `AlreadyDone` when a colleague has it."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    owner = await work.user(account.customer.owner) if account.customer.owner else None
    if owner is not None:
        who = "You have" if owner.id == ask.by.id else f"{owner.name} has"
        raise AlreadyDone(f"{who} {account.customer.name}. To change that, use Assign.")
    woke = is_snoozed(account, item, account.book.place.day(clock.now()))
    if woke:
        await work.end_snooze(item.id, clock.now())
    return await _give(account, item, ask.by, ask.by, work, clock, woke=woke)


async def _give(account: Account, item: Item, to: User | None, by: User, work: UnitOfWork, clock: Clock, *, woke: bool = False) -> Assigned:
    now = clock.now()
    await work.assign(account.customer.id, to.id if to else None, now)
    words = f"{by.name} took the customer" if to and to.id == by.id else f"{by.name} gave the customer to {to.name if to else 'nobody'}"
    words += " and ended the snooze" if woke else ""
    before = str(account.customer.owner) if account.customer.owner else None
    facts = {"customer": str(account.customer.id), "from": before, "to": str(to.id) if to else None, "woke": woke}
    await note_act(work, account, item, by, "customer.assigned", words, now, **facts)
    return Assigned(account, item, to, woke)
