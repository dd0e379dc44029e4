"""When there is nothing left that a policy does by itself: its attempts are used up, or its last step was taken."""

from __future__ import annotations

from datetime import date

from workflows.domain.account import Account
from workflows.domain.deeds import HandOver
from workflows.domain.gates import free
from workflows.domain.policy import Escalate, Sequence, Step
from workflows.domain.standing import Standing
from workflows.domain.view import View

FINISHED = "finished"


def finish(view: View) -> list[tuple[Standing, int]]:
    """Who leads at the end, with a number that only a payment or a re-opening changes; nobody while more is to come."""
    count = _last_money(view.account).toordinal()
    if view.policy.max_attempts is not None and view.overdue and not view.asked_for:
        return [(view.overdue[0], count)]
    if not view.policy.steps or view.policy.steps[-1].when.repeat_every is not None:
        return []
    leaders = view.asked_for[:1] if view.policy.sequence is Sequence.CUSTOMER else view.asked_for
    return [(seen, count) for seen in leaders if _took_the_last(view, seen)]


def _leaves(step: Step) -> bool:
    """The item goes out of the policy's hands."""
    return any(isinstance(one, Escalate | HandOver) for one in step.do)


def _last_money(account: Account) -> date:
    days = [day for paid in account.payments for day in (paid.paid_on, paid.reversed_on) if day is not None]
    return max(days, default=date.min)


def _took_the_last(view: View, seen: Standing) -> bool:
    if seen.rung is None or seen.rung.rank < len(view.policy.steps) - 1 or seen.ladder.let_go(seen.rung):
        return False
    step = seen.ladder.step(seen.rung)
    if view.policy.sequence is Sequence.CUSTOMER and len(view.asked_for) > 1 and _leaves(step):
        return False  # another one leads on
    is_free = free(step.do, view.policy.mode, view.gate(seen.item.id, step.name)).do == step.do
    return is_free and (step.remind is None or seen.ladder.was_said(seen.rung))
