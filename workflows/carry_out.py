"""What a policy decided beside alerts, reminders and escalations becomes rows: fees, approvals, tasks, hand-overs, words to owners."""

from __future__ import annotations

from datetime import date, datetime

from workflows.acting import record, redraw, stand
from workflows.domain.access import User
from workflows.domain.account import Account, Escalation, Plan, PlanState, Raised
from workflows.domain.approvals import Approval, ApprovalKind
from workflows.domain.approving import STANDS_FOR, sealed
from workflows.domain.charges import Fee
from workflows.domain.decision import Action, ActionKind
from workflows.domain.deeds import Approve
from workflows.domain.finish import FINISHED
from workflows.domain.ids import ApprovalId, CardId, TaskId, UserId, new_id
from workflows.domain.lateness import PlanTurn
from workflows.domain.tasks import Task
from workflows.escalate_item import hand_to_manager
from workflows.ports import UnitOfWork
from workflows.records import CardKind, StaffCard

TO_DO = frozenset({ActionKind.TASK, ActionKind.OFFER_PLAN, ActionKind.HAND_OVER})


async def charge(action: Action, account: Account, work: UnitOfWork, now: datetime) -> bool:
    """False when the step charged the item before."""
    (entry,), (amount,) = action.items, action.amounts
    if not await work.add_fee(Fee(entry.item, action.step, amount, now)):
        return False
    facts = {"item": str(entry.item), "step": action.step, "fee": amount, "because": action.because}
    await record(work, actor(action), now, "fee.charged", facts)
    await redraw(work, account, entry.item, now)
    return True


async def ask(action: Action, account: Account, work: UnitOfWork, now: datetime) -> None:
    """A request in the policy's own name; its card stands until somebody answered."""
    entry, needed = action.items[0], action.ask or Approve()
    number = account.item(entry.item).number
    amount = action.amounts[0] if len(action.amounts) == 1 else None
    terms: dict[str, object] = {"step": action.step, "invoice": number, "policy": action.policy[0], "why": action.because}
    if amount is not None:
        terms |= {"amount": amount.plain, "currency": amount.currency}
    text, seal = sealed(terms)
    new = Approval(
        ApprovalId(new_id()),
        ApprovalKind.STEP,
        entry.item,
        entry.item,
        text,
        seal,
        now,
        now + STANDS_FOR,
        step=action.step,
        amount=amount,
        needs=needed.by,
        people=needed.people,
    )
    await work.add_approval(new)
    await record(
        work, actor(action), now, "approval.asked", {"approval": str(new.id), "item": str(entry.item), "step": action.step, "seal": seal}
    )
    day = account.book.place.day(now)
    await stand(work, account.book, StaffCard(CardId(new_id()), CardKind.APPROVAL, account.book.id, new.id, day, now))


async def make_task(action: Action, account: Account, managers: list[User], work: UnitOfWork, now: datetime) -> bool:
    """False when it was made before. What is handed over leaves our hands: a manager has it, and nothing more is asked."""
    entry = action.items[0]
    owner = account.customer.owner if action.to == "owner" else None
    task = Task(TaskId(new_id()), action.key, entry.item, action.what, now, owner, _day(action, account, now))
    if not await work.add_task(task):
        return False
    item = account.item(entry.item)
    await record(work, actor(action), now, f"{action.kind.value}.made", {"item": str(item.id), "number": item.number, "what": action.what})
    if action.kind is ActionKind.HAND_OVER and managers:
        why = f"the policy hands it over: {action.what.lower()}"
        await hand_to_manager(Escalation(item.id, managers[0].id, why, None, now), account, actor(action), work)
    await redraw(work, account, item.id, now)
    return True


def _day(action: Action, account: Account, now: datetime) -> date:
    return action.day or account.book.place.day(now)


async def tell(action: Action, work: UnitOfWork, now: datetime) -> bool:
    """Words to the owner, and the end of a sequence: staff hear of it as of anything raised."""
    new = [entry for entry in action.items if await work.add_raised(Raised(entry.item, entry.step or action.step, entry.occurrence, now))]
    if new:
        kind = "sequence.finished" if new[0].step == FINISHED else "owner.notified"
        facts = {"items": [str(entry.item) for entry in new], "step": action.step, "because": action.because}
        await record(work, actor(action), now, kind, facts)
    return bool(new)


async def turn(change: PlanTurn, account: Account, work: UnitOfWork, now: datetime) -> None:
    """A plan that is in default, wholly paid, or runs again since money was taken back, is kept as such."""
    plan = next(one for one in account.plans if one.id == change.plan)
    by, at, how = _agreed(plan)
    if change.state is PlanState.ACTIVE:
        await work.set_plan(plan.id, change.state, by, at, how)
    else:
        await work.set_plan(plan.id, change.state, by, change.at)
    await record(work, "duebot", now, f"plan.{change.state.value}", {"plan": str(plan.id), "since": change.at.isoformat()})


def _agreed(plan: Plan) -> tuple[UserId, datetime, str]:
    """Who accepted it, when and how: a plan that runs again was not agreed anew."""
    return plan.accepted_by or plan.by, plan.accepted_at or plan.at, plan.accepted_how


def actor(action: Action) -> str:
    name, version = action.policy
    return f"policy:{name}@{version}"
