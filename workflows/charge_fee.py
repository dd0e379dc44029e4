"""A fee on a late invoice, and its waiving: each only once a second person agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.acting import item_to_act_on
from workflows.ask_approval import Requested, Wish, ask_approval
from workflows.domain.access import User
from workflows.domain.account import Account, Item, ItemKind, Party
from workflows.domain.approvals import Approval, ApprovalKind
from workflows.domain.approving import terms_of
from workflows.domain.charges import Fee
from workflows.domain.decide import decide
from workflows.domain.decision import ItemDecision
from workflows.domain.holds import dispute_on
from workflows.domain.ids import ItemId
from workflows.domain.money import Money
from workflows.errors import BadEntry, Refused
from workflows.ports import Clock, Policies, UnitOfWork

BY_HAND = "by hand"  # the step of a fee on an item that has reached none


@dataclass(frozen=True, slots=True)
class ProposeFee:
    """`amount` is of the item's currency."""

    item: ItemId
    amount: Money
    why: str
    by: User
    seen: int | None = None


async def propose_fee(ask: ProposeFee, work: UnitOfWork, policies: Policies, clock: Clock) -> Requested:
    """One fee per item and step, for ever: what the policy charged for the step counts.

    Raises `Refused` for an item that is not late, disputed, a consumer's, or has its fee for the step.
    """
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    decided = decide(policies.of(account), account, clock.now()).of(item.id)
    step = decided.level or BY_HAND
    _may_be(ask, account, decided, step)
    wish = Wish(ApprovalKind.FEE, ask.amount, ask.why.strip(), {"step": step})
    return await ask_approval(wish, account, item, ask.by, work, clock)


def _may_be(ask: ProposeFee, account: Account, decided: ItemDecision, step: str) -> None:
    item = decided.item
    if not decided.overdue or decided.open.minor <= 0:
        raise Refused(f"{item.number} is not late; a fee is for what is.")
    if item.kind is ItemKind.INSTALMENT:
        raise Refused(f"{item.number} is an instalment; a plan's terms say what it costs.")
    if account.customer.party is Party.CONSUMER:
        raise Refused(f"{account.customer.name} is a consumer; fees by hand are for businesses only.")
    if dispute_on(account, item) is not None:
        raise Refused(f"{item.number} is disputed; settle the dispute first.")
    if ask.amount.minor <= 0:
        raise BadEntry({"amount": "A fee is of some amount."})
    if ask.amount > item.total:
        raise BadEntry({"amount": f"A fee cannot be more than the invoice itself, {item.total:,}."})
    if not ask.why.strip():
        raise Refused("Say in a few words what the fee is for; whoever approves it reads it first.")
    if fee_of(account, item.id, step) is not None:
        raise Refused(f"{item.number} has had its fee for the step “{step}”; there is one for each, for ever.")


def fee_of(account: Account, item: ItemId, step: str) -> Fee | None:
    return next((fee for fee in account.fees if (fee.item, fee.step) == (item, step)), None)


def unfit(approval: Approval, account: Account, today: date) -> str | None:
    """Why it cannot be charged any more."""
    del today
    item = next((one for one in account.items if one.id == approval.item), None)
    if item is not None and dispute_on(account, item) is not None:
        return f"{item.number} is disputed meanwhile"
    charged = fee_of(account, approval.item, str(terms_of(approval).get("step", "")))
    return "a fee for that step was charged meanwhile" if charged else None


async def carry_out(approval: Approval, account: Account, work: UnitOfWork, clock: Clock) -> bool:
    """Charges the fee that was approved; false when the step has charged one."""
    del account
    if approval.amount is None:
        return False
    return await work.add_fee(Fee(approval.item, str(terms_of(approval)["step"]), approval.amount, clock.now(), approval.by))


@dataclass(frozen=True, slots=True)
class WaiveFee:
    """`step` names the fee among those of the item."""

    item: ItemId
    step: str
    why: str
    by: User
    seen: int | None = None


async def waive_fee(ask: WaiveFee, work: UnitOfWork, clock: Clock) -> Requested:
    """Asks for it. Raises `Refused` without a reason or such a fee."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    fee = fee_of(account, item.id, ask.step)
    if fee is None or fee.waived_at is not None:
        raise Refused(f"There is no such fee on {item.number}.")
    if not ask.why.strip():
        raise Refused("Say in a few words why; whoever approves it reads it first.")
    return await ask_approval(
        Wish(ApprovalKind.WAIVER, fee.amount, ask.why.strip(), {"step": fee.step}), account, item, ask.by, work, clock
    )


def fees_on(account: Account, item: Item) -> tuple[Fee, ...]:
    """Those that still count."""
    return tuple(fee for fee in account.fees if fee.item == item.id and fee.waived_at is None)


def unfit_waiver(approval: Approval, account: Account, today: date) -> str | None:
    """Why it cannot be waived any more."""
    del today
    fee = fee_of(account, approval.item, str(terms_of(approval).get("step", "")))
    return "the fee is waived already" if fee is None or fee.waived_at is not None else None


async def carry_out_waiver(approval: Approval, account: Account, work: UnitOfWork, clock: Clock) -> bool:
    """The fee counts for nothing from now on."""
    del account
    await work.waive_fee(approval.item, str(terms_of(approval)["step"]), clock.now())
    return True
