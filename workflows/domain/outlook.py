"""What staff are told of an item's present and future, and when time alone changes something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from workflows.domain.account import Account, Plan, PlanState
from workflows.domain.calendar import spoken
from workflows.domain.decision import Action, ActionKind, ItemDecision, NextStep, State
from workflows.domain.happenings import period_ends
from workflows.domain.ids import ItemId
from workflows.domain.ladder import Rung
from workflows.domain.lateness import late_parts
from workflows.domain.policy import Policy, Sequence, Step
from workflows.domain.standing import PLAN_OFFER_DAYS, Standing
from workflows.domain.view import NO_ADDRESS, View
from workflows.domain.windows import next_allowed, opens

_DAY = timedelta(days=1)
_GO_ON = frozenset({State.OPEN, State.CHASING, State.SNOOZED, State.PROMISED, State.HELD})  # by the passing of time alone
_MINUTE = timedelta(minutes=1)  # how often the engine ticks
_CHANGE_WHAT_IS_ASKED = frozenset({ActionKind.ESCALATE, ActionKind.FEE, ActionKind.HAND_OVER, ActionKind.FINISHED})


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
        view.promise_on(seen.item.id),
        view.promises_kept,
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
        (late and not view.names(seen.open.currency), f"The policy is not for {seen.open.currency}, so nothing is asked in it."),
        (late and seen.item.id not in view.listable, "It is below the policy's limits, so nothing happens."),
        (late and seen.item.id not in view.asked_ids, "The customer has been written to as often as the policy allows before money comes."),
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
    if seen.state is State.SETTLED:
        return None
    late = seen.chased and seen.overdue
    if not view.channels or (late and (view.waits_for_release or seen.item.id not in view.asked_ids)):
        return None
    if late and view.policy.sequence is Sequence.CUSTOMER:
        seen = view.asked_for[0]
    until = None if seen.chased else view.quiet_to(seen.item)
    if seen.state not in _GO_ON or (seen.state is State.HELD and view.held_to(seen.item) is None):
        return None
    if seen.chased and seen.rung is not None and (words := view.words(seen)) is not None:
        return NextStep(words.name, seen.rung.day, view.writing_from, reminds=True)
    if until is not None and (waiting := _caught_up(seen, until)) is not None:
        return _ahead(view, seen, waiting, until)
    after = view.day if until is None else max(view.day, until - _DAY)
    return next((_ahead(view, seen, rung, rung.day) for rung in seen.ladder.ahead(after)), None)


def _caught_up(seen: Standing, until: date) -> Rung | None:
    """The step that falls into a pause and is said at its end, if nothing changes until then."""
    waiting = seen.ladder.reached(until)
    if waiting is None or seen.ladder.was_said(waiting) or seen.ladder.let_go(waiting) or seen.ladder.step(waiting).remind is None:
        return None
    return waiting


def _ahead(view: View, seen: Standing, rung: Rung, day: date) -> NextStep:
    step = seen.ladder.step(rung)
    return NextStep(step.name, day, _when(view, step, day), reminds=step.remind is not None)


def coming(policy: Policy, account: Account, item: ItemId, now: datetime) -> tuple[NextStep, ...]:
    """Every known step that lies ahead of an item if nothing holds it back, soonest first; a step that is due and waits is among them."""
    view = View(policy.for_item(item), account, now)
    seen = next(standing for standing in view.seen if standing.item.id == item)
    waiting = [seen.rung] if seen.rung is not None and view.words(seen) else []
    return tuple(_ahead(view, seen, rung, max(rung.day, view.day)) for rung in [*waiting, *seen.ladder.ahead(view.day)])


def _when(view: View, step: Step, day: date) -> datetime:
    place = view.account.customer.place if step.remind is not None else view.account.book.place
    at = opens(view.policy, place, day)
    return max(at, view.writing_from) if step.remind is not None else at


def next_look(view: View, actions: tuple[Action, ...], change: datetime | None, *, to_tell: bool) -> datetime | None:
    """The earliest instant at which time alone changes something. Early is harmless, late is not. `change` is what `next_change` says."""
    looks = [*_changes_seen(view, change), *_waits_end(view, actions, to_tell=to_tell)]
    return min((instant for instant in looks if instant > view.now), default=None)


def next_change(view: View) -> datetime | None:
    """The first instant at which a state or level changes by time alone."""
    return min((instant for instant in _changes(view) if instant > view.now), default=None)


def _changes_seen(view: View, first: datetime | None) -> Iterator[datetime]:
    """When the first of the coming changes can be acted on: by a message, or by telling staff."""
    if first is not None:
        yield next_allowed(view.policy, view.account.customer.place, first)
        yield next_allowed(view.policy, view.account.book.place, first)


def _changes(view: View) -> Iterator[datetime]:
    """A step's day begins at the customer's place; an item becomes overdue, and a snooze ends, at the book's."""
    unsettled = view.unsettled
    coming = [ahead[0].day for seen in unsettled if (ahead := seen.ladder.ahead(view.day))]
    reached = min(coming, default=None)
    if reached is not None:
        yield view.account.customer.place.start_of(reached)
    silent = [] if view.undisturbed else unsettled
    ends = [end for seen in silent for end in (view.snoozed_until(seen.item.id), view.promised_to(seen.item.id))]
    ends += [hold.until for hold in view.account.holds if hold.until is not None and view.book_day < hold.until]
    ends += [day for plan in view.account.plans if plan.state is PlanState.ACTIVE for day in _plan_days(view, plan)]
    ends += period_ends(view)
    ends += [seen.item.due_on + _DAY for seen in unsettled if seen.item.due_on is not None and not seen.overdue]
    if (end := min((day for day in ends if day is not None), default=None)) is not None:
        yield view.account.book.place.start_of(end)
    if unsettled:
        yield from (plan.at + timedelta(days=PLAN_OFFER_DAYS) for plan in view.account.plans if plan.state is PlanState.PROPOSED)


def _plan_days(view: View, plan: Plan) -> Iterator[date]:
    """When its instalments are late, when notice is given and when the whole is due, if nothing is paid."""
    for late in late_parts(view.policy, view.account, plan):
        yield from (day for day in (late.on, late.notice_on, late.default_on) if view.book_day < day)


def _waits_end(view: View, actions: tuple[Action, ...], *, to_tell: bool) -> Iterator[datetime]:
    """When what was withheld, or hides behind what is done now, comes."""
    kinds = {action.kind for action in actions}
    if ActionKind.NONE in kinds and view.is_fresh:
        yield view.writing_from
        if view.policy.messages_per_day > 1:
            yield view.early_from
        if view.policy.events:  # what they say keeps the hours only
            yield next_allowed(view.policy, view.account.customer.place, view.now)
    if kinds & {ActionKind.REMIND, ActionKind.RECEIPT}:  # it may fail, or a step may count from it
        yield next_allowed(view.policy, view.account.customer.place, view.now, view.day + _DAY)
    if kinds & _CHANGE_WHAT_IS_ASKED:
        yield view.now + _MINUTE
    if to_tell:
        yield view.telling_from
