"""A mark on an item for colleagues."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import User
from workflows.domain.account import Account, Flag, Item
from workflows.domain.allocation import balances
from workflows.domain.ids import ItemId
from workflows.errors import Refused
from workflows.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True)
class FlagItem:
    """`on` false takes the mark away."""

    item: ItemId
    by: User
    on: bool = True
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Flagged:
    account: Account
    item: Item
    on: bool


async def flag_item(ask: FlagItem, work: UnitOfWork, clock: Clock) -> Flagged:
    """Raises `Refused` when the item is so marked already, or is to be marked and is paid."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    flagged = any(flag.item == item.id and flag.ended_at is None for flag in account.flags)
    if flagged is ask.on:
        raise Refused(f"{item.number} is already flagged." if flagged else f"{item.number} is not flagged.")
    if ask.on and balances(account).open_of(item.id).minor <= 0:
        raise Refused(f"{item.number} is paid; there is nothing to flag.")
    if ask.on:
        await work.flag(Flag(item.id, ask.by.id, clock.now()))
    else:
        await work.end_flag(item.id, clock.now())
    name, words = ("item.flagged", f"{ask.by.name} flagged it") if ask.on else ("item.unflagged", f"{ask.by.name} took the flag away")
    await note_act(work, account, item, ask.by, name, words, clock.now())
    return Flagged(account, item, ask.on)
