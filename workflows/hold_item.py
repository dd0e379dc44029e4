"""Nothing is sent about an item, or to a customer, until a day or a person's word; and while money is awaited that is said to be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import User
from workflows.domain.account import Account, Item
from workflows.domain.allocation import balances
from workflows.domain.calendar import spoken
from workflows.domain.claims import Hold, HoldKind
from workflows.domain.holds import holds_on, received_for
from workflows.domain.ids import HoldId, ItemId, new_id
from workflows.errors import BadEntry, Refused
from workflows.ports import Clock, UnitOfWork

SAYS_PAID_DAYS = 5  # business days in which money that is said to be paid should arrive


@dataclass(frozen=True, slots=True)
class HoldItem:
    """`whole` holds everything of the item's customer. Without `until` it lasts until somebody releases it."""

    item: ItemId
    why: str
    until: date | None
    by: User
    whole: bool = False
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    account: Account
    item: Item
    hold: Hold


async def hold_item(ask: HoldItem, work: UnitOfWork, clock: Clock) -> Held:
    """Raises `Refused` without a reason, for a day that has come, an item with nothing open, or one that is on hold already."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    today = account.book.place.day(clock.now())
    _may_hold(account, item, today)
    if not ask.why.strip():
        raise Refused("Say in a few words why; colleagues read it on the card.")
    if ask.until is not None and ask.until <= today:
        raise BadEntry({"until": "Choose a day after today; a hold ends at the start of its day."})
    about = None if ask.whole else item.id
    hold = Hold(HoldId(new_id()), about, ask.why.strip(), ask.until, ask.by.id, clock.now())
    await work.hold(hold, account.customer.id)
    until = f" until {spoken(ask.until)}" if ask.until else ""
    words = f"{ask.by.name} put {'the whole customer' if ask.whole else 'it'} on hold{until}: {hold.why}"
    facts = {"until": ask.until.isoformat() if ask.until else None, "whole": ask.whole}
    await note_act(work, account, item, ask.by, "hold.set", words, clock.now(), **facts)
    return Held(account, item, hold)


def _may_hold(account: Account, item: Item, today: date) -> None:
    if balances(account).open_of(item.id).minor <= 0:
        raise Refused(f"{item.number} is paid; there is nothing to hold.")
    if holds_on(account, item, today):
        raise Refused(f"{item.number} is on hold already; release it first.")


@dataclass(frozen=True, slots=True)
class SaysPaid:
    item: ItemId
    by: User
    seen: int | None = None


async def says_paid(ask: SaysPaid, work: UnitOfWork, clock: Clock) -> Held:
    """Holds the item for five whole business days; money that comes ends it sooner. Raises `Refused` as `hold_item` does."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    place = account.book.place
    today = place.day(clock.now())
    _may_hold(account, item, today)
    until = place.add_business_days(today, SAYS_PAID_DAYS) + timedelta(days=1)
    had = received_for(account, item)
    hold = Hold(HoldId(new_id()), item.id, "", until, ask.by.id, clock.now(), HoldKind.SAYS_PAID, had)
    await work.hold(hold, account.customer.id)
    words = f"{ask.by.name} noted that the customer says it is paid"
    await note_act(work, account, item, ask.by, "hold.says_paid", words, clock.now(), until=until.isoformat())
    return Held(account, item, hold)


@dataclass(frozen=True, slots=True)
class ReleaseHold:
    item: ItemId
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class HoldReleased:
    account: Account
    item: Item
    whole: bool


async def release_hold(ask: ReleaseHold, work: UnitOfWork, clock: Clock) -> HoldReleased:
    """Ends everything that holds the item, a hold of the whole customer too. Raises `Refused` when nothing does."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    holds = holds_on(account, item, account.book.place.day(clock.now()))
    if not holds:
        raise Refused(f"{item.number} is not on hold.")
    for hold in holds:
        await work.end_hold(hold.id, clock.now())
    whole = any(hold.item is None for hold in holds)
    words = f"{ask.by.name} released {'the whole customer' if whole else 'it'}"
    await note_act(work, account, item, ask.by, "hold.released", words, clock.now(), whole=whole)
    return HoldReleased(account, item, whole)
