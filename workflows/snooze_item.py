"""Silence about an item until a day, and the end of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import User
from workflows.domain.account import Account, Item, Snooze
from workflows.domain.allocation import balances
from workflows.domain.calendar import spoken
from workflows.domain.decision import NextStep
from workflows.domain.ids import ItemId
from workflows.domain.outlook import coming
from workflows.errors import Refused
from workflows.ports import Clock, Policies, UnitOfWork

LONGEST_DAYS = 90


@dataclass(frozen=True, slots=True)
class SnoozeItem:
    item: ItemId
    until: date
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Snoozed:
    """`silences` are the steps that will not happen because of it."""

    account: Account
    item: Item
    until: date
    silences: tuple[NextStep, ...]


async def snooze_item(ask: SnoozeItem, work: UnitOfWork, policies: Policies, clock: Clock) -> Snoozed:
    """Raises `Refused` for a day that has come, one too far, or an item with nothing open."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    may_last(ask.until, account.book.place.day(clock.now()))
    if balances(account).open_of(item.id).minor <= 0:
        raise Refused(f"{item.number} is paid; there is nothing to snooze.")
    silences = tuple(step for step in coming(policies.of(account), account, item.id, clock.now()) if step.day < ask.until)
    await work.snooze(Snooze(item.id, ask.until, ask.by.id, clock.now()))
    words = f"{ask.by.name} snoozed until {spoken(ask.until)}"
    await note_act(work, account, item, ask.by, "item.snoozed", words, clock.now(), until=ask.until.isoformat())
    return Snoozed(account, item, ask.until, silences)


def may_last(until: date, today: date) -> None:
    """Raises `Refused` for a day that has come, or one too far."""
    if until <= today:
        raise Refused("Choose a day after today; a snooze ends at the start of its day.")
    if (until - today).days > LONGEST_DAYS:
        raise Refused(f"A snooze lasts at most {LONGEST_DAYS} days; choose a day up to then.")


def is_snoozed(account: Account, item: Item, today: date) -> bool:
    return any(one.item == item.id and one.ended_at is None and one.until > today for one in account.snoozes)


@dataclass(frozen=True, slots=True)
class WakeItem:
    item: ItemId
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Woken:
    account: Account
    item: Item


async def wake_item(ask: WakeItem, work: UnitOfWork, clock: Clock) -> Woken:
    """Ends the snooze now; raises `Refused` when none runs."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    today = account.book.place.day(clock.now())
    if not is_snoozed(account, item, today):
        raise Refused(f"{item.number} is not snoozed.")
    await work.end_snooze(item.id, clock.now())
    await note_act(work, account, item, ask.by, "item.woken", f"{ask.by.name} ended the snooze", clock.now())
    return Woken(account, item)
