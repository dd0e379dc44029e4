"""The customer objects to an item, and the end of it."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import User
from workflows.domain.account import Account, Item
from workflows.domain.allocation import balances
from workflows.domain.claims import Dispute
from workflows.domain.holds import dispute_on
from workflows.domain.ids import ItemId
from workflows.errors import Refused
from workflows.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True)
class OpenDispute:
    item: ItemId
    reason: str
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Disputed:
    account: Account
    item: Item


async def open_dispute(ask: OpenDispute, work: UnitOfWork, clock: Clock) -> Disputed:
    """Raises `Refused` without a reason, for an item with nothing open, or when it is disputed already."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    reason = ask.reason.strip()
    if not reason:
        raise Refused("Say what the customer objects to; whoever settles it reads that first.")
    if balances(account).open_of(item.id).minor <= 0:
        raise Refused(f"{item.number} is paid; there is nothing to dispute.")
    if dispute_on(account, item) is not None:
        raise Refused(f"{item.number} is disputed already.")
    await work.dispute(Dispute(item.id, reason, ask.by.id, clock.now()))
    await note_act(work, account, item, ask.by, "dispute.opened", f"{ask.by.name} noted a dispute: {reason}", clock.now())
    return Disputed(account, item)


@dataclass(frozen=True, slots=True)
class SettleDispute:
    item: ItemId
    outcome: str
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class DisputeSettled:
    account: Account
    item: Item
    outcome: str


async def settle_dispute(ask: SettleDispute, work: UnitOfWork, clock: Clock) -> DisputeSettled:
    """Chasing goes on from here. Raises `Refused` without an outcome, or when nothing is disputed."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    dispute, outcome = dispute_on(account, item), ask.outcome.strip()
    if dispute is None:
        raise Refused(f"{item.number} is not disputed.")
    if not outcome:
        raise Refused("Say how it was settled; it is kept with the invoice.")
    await work.settle_dispute(dispute.item, outcome, clock.now())
    await note_act(work, account, item, ask.by, "dispute.settled", f"{ask.by.name} settled the dispute: {outcome}", clock.now())
    return DisputeSettled(account, item, outcome)
