"""Which card answers money by hand, a request, its approval, an owner, a task or an opt-out."""

from __future__ import annotations

from datetime import datetime

from cards import outcome
from cards import request_outcomes as cards
from cards.elements import Card
from workflows.answer_query import see
from workflows.approve_request import Answered
from workflows.ask_approval import Requested
from workflows.assign_customer import Assigned
from workflows.create_task import TaskSet
from workflows.domain.account import Account
from workflows.domain.approving import why_not
from workflows.domain.decision import ItemDecision
from workflows.offer_plan import PlanSet
from workflows.opt_out_customer import ContactChanged
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.record_payment import PaymentNoted, PaymentReversed

RequestResult = Answered | Requested | PaymentNoted | PaymentReversed | PlanSet | Assigned | TaskSet | ContactChanged


async def request_card(result: RequestResult, work: UnitOfWork, policies: Policies, clock: Clock) -> Card:
    """Reads the account anew, so that it speaks of the item as it is after the act."""
    seen = await see(result.account.customer.id, work, policies, clock.now())
    decided = seen.of(result.item.id)
    if isinstance(result, Requested):
        users = sorted(await work.users(), key=lambda user: (user.role, user.name))  # managers before administrators
        approvers = [user.name for user in users if why_not(result.approval, user) is None]
        return cards.requested(seen.account, decided, result.approval, approvers, seen.at)
    return _card(result, seen.account, decided, seen.at)


def _card(
    result: Answered | PaymentNoted | PaymentReversed | PlanSet | Assigned | TaskSet | ContactChanged,
    account: Account,
    decided: ItemDecision,
    now: datetime,
) -> Card:
    match result:
        case Answered():
            return cards.approval_answered(account, decided, result.approval, now, result.because)
        case PaymentNoted():
            return cards.payment_noted(account, decided, result.payment, now)
        case PaymentReversed():
            return cards.payment_reversed(account, decided, result.payment, now)
        case PlanSet():
            return outcome.plan_ended(account, decided, now, cancelled=True)
        case Assigned():
            return cards.assigned(account, result.to.name if result.to else None, woke=result.woke)
        case TaskSet() if result.task.done_at is not None:
            return cards.task_done(account, decided, result.task)
        case TaskSet():
            return cards.task_made(account, decided, result.task, result.owner.name if result.owner else None, now)
        case ContactChanged():
            return cards.contact_changed(account, decided, result.address, now, out=result.out)
