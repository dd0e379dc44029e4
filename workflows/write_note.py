"""Words for colleagues about an item."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import User
from workflows.domain.account import Account, Item
from workflows.domain.ids import ItemId
from workflows.errors import Refused
from workflows.ports import Clock, UnitOfWork

LONGEST = 1_000  # characters


@dataclass(frozen=True, slots=True)
class WriteNote:
    item: ItemId
    words: str
    by: User


@dataclass(frozen=True, slots=True)
class Noted:
    account: Account
    item: Item
    words: str


async def write_note(ask: WriteNote, work: UnitOfWork, clock: Clock) -> Noted:
    """It changes nothing else, so it may be written whatever somebody did meanwhile. Raises `Refused` for none, or too many, words."""
    account, item = await item_to_act_on(work, ask.item, ask.by, None)
    words = ask.words.strip()
    if not words:
        raise Refused("A note needs words.")
    if len(words) > LONGEST:
        raise Refused(f"A note has at most {LONGEST} characters; this one has {len(words)}.")
    await note_act(work, account, item, ask.by, "item.noted", f"{ask.by.name} noted: {words}", clock.now())
    return Noted(account, item, words)
