"""What staff are told of an item's present and future, and when time alone changes something."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from workflows.domain.account import Account, PlanState
from workflows.domain.calendar import spoken
from workflows.domain.decision import Action, ActionKind, ItemDecision, NextStep, State
from workflows.domain.ids import ItemId
from workflows.domain.policy import Policy, Sequence, Step
from workflows.domain.standing import NO_ADDRESS, PLAN_OFFER_DAYS, Standing, View
from workflows.domain.windows import opens


def decided(view: View, seen: Standing) -> ItemDecision:
    level = None if seen.rung is None else seen.ladder.step(seen.rung).name
    return ItemDecision(
        seen.item,
        seen.state,
        level,
        seen.open,
        seen.days_past_due,
        _because(view, seen),
        _next_step(view, seen),
        0 if seen.rung is None else seen.rung.occurrence,
    )


def _because(view: View, seen: Standing) -> str:
    return seen.because or _held_back(view, seen) or _on_the_ladder(seen)


def _held_back(view: View, seen: Standing) -> str | None:
    """The first thing that stands between an open item and its next step; null when nothing does."""
    late = seen.overdue
    reasons = (
        (seen.days_past_due is None, "It has no due day, so it is never late."),
        (seen.open.currency in view.covered_currencies, "Money on account covers everything that is open."),
        (late and view.waits_for_release, "It was already overdue when first read; a manager has to release it."),
        (late and _without_minimum(view, seen), f"The policy gives no minimum for {seen.open.currency}, so nothing is asked in it."),
        (late and seen.item.id not in view.listable, "It is below the policy's limits, so nothing happens."),
        (late and view.part_covered([seen]), "Money on account covers part of it; a person decides what it is for."),
        (late and not view.channels, NO_ADDRESS),
        (late and not view.is_fresh, "The balances are not fresh; reminders wait for a newer file."),
    )
    return next((words for holds, words in reasons if holds), None)


def _without_minimum(view: View, seen: Standing) -> bool:
    return bool(view.policy.minimum) and seen.open.currency not in view.policy.minimum


def _on_the_ladder(seen: Standing) -> str:
    if seen.rung is None:
        return "No step is reached yet."
    name, day = seen.ladder.step(seen.rung).name, spoken(seen.rung.day)
    if seen.ladder.was_said(seen.rung):
        return f"The step {name} was reached on {day}, and the customer has been written to."
    if seen.ladder.let_go(seen.rung):
        return f"The step {name} of {day} fell in a pause and is not caught up."
    return f"The step {name} was reached on {day}."


def _next_step(view: View, seen: Standing) -> NextStep | None:
    """What happens next by itself: to a listed item, what happens to the one that leads."""
    if view.waits_for_release and seen.overdue:
        return None
    if seen.chased and seen.overdue and view.policy.sequence is Sequence.CUSTOMER and seen.item.id in view.listable:
        seen = view.overdue[0]
    if seen.state not in {State.OPEN, State.CHASING, State.SNOOZED}:
        return None
    if not view.channels:
        return None
    if seen.chased and view.pending(seen) and seen.rung is not None:
        return NextStep(seen.ladder.step(seen.rung).name, seen.rung.day, view.writing_from, reminds=True)
    after = view.day if seen.chased else max(view.day, (view.snoozed_until(seen.item.id) or view.day) - timedelta(days=1))
    for rung in seen.ladder.ahead(after):
        step = seen.ladder.step(rung)
        return NextStep(step.name, rung.day, _when(view, step, rung.day), reminds=step.remind is not None)
    return None


def coming(policy: Policy, account: Account, item: ItemId, now: datetime) -> tuple[NextStep, ...]:
    """Every known step that lies ahead of an item if nothing holds it back, soonest first; a step that is due and waits is among them."""
    view = View(policy, account, now)
    seen = next(standing for standing in view.seen if standing.item.id == item)
    waiting = [seen.rung] if seen.rung is not None and view.pending(seen) else []
    rungs = [*waiting, *seen.ladder.ahead(view.day)]
    steps = [(seen.ladder.step(rung), max(rung.day, view.day)) for rung in rungs]
    return tuple(NextStep(step.name, day, _when(view, step, day), reminds=step.remind is not None) for step, day in steps)


def _when(view: View, step: Step, day: date) -> datetime:
    place = view.account.customer.place if step.remind is not None else view.account.book.place
    at = opens(view.policy, place, day)
    return max(at, view.writing_from) if step.remind is not None else at


def next_look(view: View, actions: tuple[Action, ...]) -> datetime | None:
    """The earliest instant at which time alone changes something. Early is harmless, late is not."""
    if all(seen.state is State.SETTLED for seen in view.seen):
        return None
    places = (view.account.book.place, view.account.customer.place)
    days = {rung.day for seen in view.seen if seen.state is not State.SETTLED for rung in seen.ladder.ahead(min(view.day, view.book_day))}
    days |= {s.until for s in view.account.snoozes if s.ended_at is None}
    instants = [opens(view.policy, place, day) for day in days for place in places]
    instants += [plan.at + timedelta(days=PLAN_OFFER_DAYS) for plan in view.account.plans if plan.state is PlanState.PROPOSED]
    if not view.waits_for_release:
        instants.append(view.telling_from)
    if any(action.kind is ActionKind.NONE for action in actions) and view.is_fresh:
        instants.append(view.writing_from)
    return min((instant for instant in instants if instant > view.now), default=None)
