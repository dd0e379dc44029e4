"""Silence about everything of a customer until a day: first seen with every step it silences, then done as seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import User
from workflows.domain.account import Account, Item, Snooze
from workflows.domain.allocation import balances, on_plans
from workflows.domain.calendar import spoken
from workflows.domain.decision import NextStep
from workflows.domain.ids import ItemId
from workflows.domain.money import Money
from workflows.domain.outlook import coming
from workflows.errors import PreviewChanged, Refused
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.snooze_item import may_last


@dataclass(frozen=True, slots=True)
class SnoozeCustomer:
    """The customer of the item. `shown` is the mark of the preview that was looked at; empty while none was."""

    item: ItemId
    until: date
    by: User
    seen: int | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class CustomerSnooze:
    """`silences` are the open items, each with what is open on it and its steps that will not happen; `mark` changes with them."""

    account: Account
    item: Item
    until: date
    silences: tuple[tuple[Item, Money, tuple[NextStep, ...]], ...]
    mark: str


async def preview_customer_snooze(ask: SnoozeCustomer, work: UnitOfWork, policies: Policies, clock: Clock) -> CustomerSnooze:
    """What it would do; stores nothing. Raises `Refused` for a day that has come, one too far, or a customer who owes nothing."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    may_last(ask.until, account.book.place.day(clock.now()))
    policy, left, now = policies.of(account), balances(account), clock.now()
    silences = tuple(
        (one, left.open_of(one.id), tuple(step for step in coming(policy, account, one.id, now) if step.day < ask.until))
        for one in open_items(account)
    )
    if not silences:
        raise Refused(f"{account.customer.name} owes nothing; there is nothing to snooze.")
    return CustomerSnooze(account, item, ask.until, silences, _mark(ask.until, silences))


def open_items(account: Account) -> list[Item]:
    """Everything that is still asked for, the oldest due first; the instalments of a plan in place of what it covers."""
    left, covered = balances(account), on_plans(account)
    items = [item for item in account.all_items if item.id not in covered and left.open_of(item.id).minor > 0]
    return sorted(items, key=lambda item: (item.due_on or date.max, item.number))


def _mark(until: date, silences: Iterable[tuple[Item, Money, tuple[NextStep, ...]]]) -> str:
    shown = [f"{item.id}:{','.join(f'{step.step} {step.day}' for step in steps)}" for item, _, steps in silences]
    return hashlib.sha256("\n".join([until.isoformat(), *shown]).encode()).hexdigest()[:16]


async def snooze_customer(ask: SnoozeCustomer, work: UnitOfWork, policies: Policies, clock: Clock) -> CustomerSnooze:
    """Snoozes what was shown. Raises `PreviewChanged` when it would silence something else by now, and `Refused` as the preview does."""
    found = await preview_customer_snooze(ask, work, policies, clock)
    if found.mark != ask.shown:
        raise PreviewChanged("What is open has changed since this list was drawn. Look at the new one before you snooze.")
    words = f"{ask.by.name} snoozed everything of the customer until {spoken(ask.until)}"
    for item, _, _ in found.silences:
        await work.snooze(Snooze(item.id, ask.until, ask.by.id, clock.now()))
        await note_act(work, found.account, item, ask.by, "item.snoozed", words, clock.now(), until=ask.until.isoformat(), whole=True)
    return found
