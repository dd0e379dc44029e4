"""What was decided in a simulation, as facts of the account: the same rows production would keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid5

from workflows.domain.account import Account, Escalation, Notice, NoticeState
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind, Given
from workflows.domain.charges import Fee
from workflows.domain.decision import Action, ActionKind
from workflows.domain.ids import ApprovalId, ItemId, NoticeId, TaskId, UserId
from workflows.domain.tasks import Task
from workflows.simulated_claims import NAMES, STAFF

MANAGER = UserId(uuid5(NAMES, "manager"))
_LONG = timedelta(days=36_500)  # nobody's answer is awaited for a time only


def carried_out(account: Account, action: Action, now: datetime) -> Account:
    match action.kind:
        case ActionKind.REMIND | ActionKind.RECEIPT:
            return _notify(account, action, now)
        case ActionKind.ESCALATE:
            return _escalate(account, action, now)
        case ActionKind.FEE:
            new = Fee(action.items[0].item, action.step, action.amounts[0], now)
            return replace(account, fees=(*account.fees, new))
        case ActionKind.TASK | ActionKind.OFFER_PLAN | ActionKind.HAND_OVER:
            task = Task(TaskId(uuid5(NAMES, action.key)), action.key, action.items[0].item, action.what, now)
            account = replace(account, tasks=(*account.tasks, task))
            return _escalate(account, action, now) if action.kind is ActionKind.HAND_OVER else account
        case ActionKind.APPROVAL:
            people = action.ask.people if action.ask else 1
            return replace(account, approvals=(*account.approvals, asked(action.items[0].item, action.step, people, now)))
        case _:
            return account


def _notify(account: Account, action: Action, now: datetime) -> Account:
    """A notice counts as sent at once."""
    day = action.day or account.customer.place.day(now)
    currencies = tuple(amount.currency for amount in action.amounts)
    key = NoticeId(uuid5(NAMES, action.key))
    listed = action.items + action.upcoming
    notice = Notice(key, day, now, action.step, listed, NoticeState.SENT, action.via[0], None, currencies, now)
    return replace(account, notices=(*account.notices, notice))


def _escalate(account: Account, action: Action, now: datetime) -> Account:
    new = (Escalation(entry.item, MANAGER, "the policy", None, now) for entry in action.items[:1])
    return replace(account, escalations=(*account.escalations, *new))


def asked(item: ItemId, step: str, people: int, at: datetime) -> Approval:
    key = ApprovalId(uuid5(NAMES, f"approval {item} {step}"))
    return Approval(key, ApprovalKind.STEP, item, item, "", "", at, at + _LONG, step=step, people=people)


def approve(account: Account, items: tuple[ItemId, ...], step: str, at: datetime) -> Account:
    """Everybody whose word is needed gives it, asked or not."""
    return _answer(account, items, step, at, None)


def leave_out(account: Account, items: tuple[ItemId, ...], step: str, at: datetime) -> Account:
    return _answer(account, items, step, at, ApprovalEnd.REFUSED)


def _answer(account: Account, items: tuple[ItemId, ...], step: str, at: datetime, end: ApprovalEnd | None) -> Account:
    waiting = {one.item: one for one in account.approvals if one.kind is ApprovalKind.STEP and one.step == step}
    answered = [waiting.get(item) or asked(item, step, 1, at) for item in items]
    new = tuple(
        replace(one, ended_at=at, ended_how=end) if end else replace(one, given=tuple(Given(STAFF, at) for _ in range(one.people)))
        for one in answered
    )
    kept = tuple(one for one in account.approvals if one not in answered)
    return replace(account, approvals=(*kept, *new))
