"""An amount that nobody will pay is given up, once a second person agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.acting import item_to_act_on
from workflows.ask_approval import Requested, Wish, ask_approval
from workflows.domain.access import User
from workflows.domain.account import WRITTEN_OFF, Account, Credit, CreditKind
from workflows.domain.allocation import balances, on_plans
from workflows.domain.approvals import Approval, ApprovalKind
from workflows.domain.ids import ItemId
from workflows.domain.money import Money
from workflows.errors import BadEntry, Refused
from workflows.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True)
class WriteOff:
    """`amount` is of the item's currency."""

    item: ItemId
    amount: Money
    why: str
    by: User
    seen: int | None = None


async def write_off(ask: WriteOff, work: UnitOfWork, clock: Clock) -> Requested:
    """Asks for it. Raises `Refused` for more than is open, nothing, or no reason."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    left = balances(account).open_of(item.id)
    if left.minor <= 0:
        raise Refused(f"{item.number} is paid; there is nothing to write off.")
    if item.plan is not None or item.id in on_plans(account):
        raise Refused(f"{item.number} is on a payment plan; cancel the plan first.")
    if not 0 < ask.amount.minor <= left.minor:
        raise BadEntry({"amount": f"{left:,} is open on {item.number}; write off some of it, and no more than that."})
    if not ask.why.strip():
        raise Refused("Say in a few words why; whoever approves it reads it first.")
    return await ask_approval(Wish(ApprovalKind.WRITE_OFF, ask.amount, ask.why.strip()), account, item, ask.by, work, clock)


def unfit(approval: Approval, account: Account, today: date) -> str | None:
    """Why it cannot be carried out any more."""
    del today
    left = balances(account).open_of(approval.item)
    return f"only {left:,} is open now" if approval.amount is None or approval.amount > left else None


async def carry_out(approval: Approval, account: Account, work: UnitOfWork, clock: Clock) -> bool:
    """The credit of an approved write-off."""
    if approval.amount is None:
        return False
    credit = Credit(
        approval.amount, account.book.place.day(clock.now()), approval.item, f"{WRITTEN_OFF}{approval.id}", CreditKind.WRITE_OFF
    )
    return await work.add_credit(credit, account.customer.id, clock.now())
