"""What staff are told of: steps reached, snoozes over, promises and plans that were not kept, items that go to a manager."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from workflows.domain.account import ListedItem, NoticeState, PlanState
from workflows.domain.claims import HoldKind
from workflows.domain.decision import Action, ActionKind
from workflows.domain.events import EventName
from workflows.domain.ids import ItemId
from workflows.domain.lateness import late_now
from workflows.domain.policy import Alert, Escalate, Step
from workflows.domain.standing import Standing, leads_first, rung_of
from workflows.domain.view import View

WOKE = "woke"  # what staff are told when a snooze is over
PROMISE_BROKEN = EventName.PROMISE_BROKEN.value
PLAN_LATE = EventName.PLAN_LATE.value
PLAN_DEFAULTED = EventName.PLAN_DEFAULTED.value
HOLD_OVER = "hold_over"
ESCALATED = "escalated"  # by the policy, which gives it to a manager
AGAIN = frozenset({WOKE, PROMISE_BROKEN, PLAN_LATE, PLAN_DEFAULTED, HOLD_OVER, ESCALATED})  # what was being seen to needs somebody again


def to_tell(view: View) -> Iterator[Action]:
    """Alerts of which staff have not been told yet."""
    yield from _alerts(view)
    if not view.undisturbed:
        yield from _woken(view)
        yield from _came_to_nothing(view)


def _alerts(view: View) -> Iterator[Action]:
    """One per account and step over the items that reached it and were not raised."""
    groups: dict[str, list[Standing]] = {}
    for seen, step in view.reached:
        tells = step.alerts and not step.escalates  # who gets the item is told by that
        if tells and _is_untold(view, seen, step) and _may(view, seen, step, Alert):
            groups.setdefault(step.name, []).append(seen)
    for name, items in groups.items():
        listed = tuple(seen.listed(leads=True) for seen in sorted(items, key=leads_first))
        key = f"alert:{listed[0].item}:{name}:{listed[0].occurrence}"
        yield Action(ActionKind.ALERT, name, listed, key, f"The step {name} is reached.", amounts=view.asked(items), day=view.book_day)


def _woken(view: View) -> Iterator[Action]:
    """One for each item whose snooze is over."""
    for seen in view.chased:
        until = view.woke_on(seen.item.id)
        if until is not None and (seen.item.id, WOKE, until.toordinal()) not in view.raised:
            woke = (ListedItem(seen.item.id, WOKE, until.toordinal(), leads=True),)
            key = f"alert:{seen.item.id}:{WOKE}:{until.isoformat()}"
            yield Action(ActionKind.ALERT, WOKE, woke, key, "Its snooze is over.", amounts=(seen.open,), day=view.book_day)


def _came_to_nothing(view: View) -> Iterator[Action]:
    """Promises and plans that were not kept, and holds whose time is over: each is told of once, over all its items."""
    groups: dict[tuple[str, date, str], list[Standing]] = {}
    plans = _plan_broken(view)
    for seen in view.chased:
        for name, ended_on, because in (*_ended(view, seen), *plans.get(seen.item.id, ())):
            if (seen.item.id, name, ended_on.toordinal()) not in view.raised:
                groups.setdefault((name, ended_on, because), []).append(seen)
    for (name, ended_on, because), items in groups.items():
        listed = tuple(ListedItem(seen.item.id, name, ended_on.toordinal(), leads=True) for seen in sorted(items, key=leads_first))
        key = f"alert:{listed[0].item}:{name}:{ended_on.isoformat()}"
        yield Action(ActionKind.ALERT, name, listed, key, because, amounts=view.sums(items), day=view.book_day)


def _ended(view: View, seen: Standing) -> Iterator[tuple[str, date, str]]:
    if (broke := view.broke_on(seen.item.id)) is not None:
        yield PROMISE_BROKEN, broke, "The promise was not kept."
    if (over := view.hold_over(seen.item)) is not None:
        hold, end = over
        says_paid = hold.kind is HoldKind.SAYS_PAID
        yield HOLD_OVER, end, "The customer said that it is paid, and no money came." if says_paid else "Its hold is over."


def _plan_broken(view: View) -> dict[ItemId, list[tuple[str, date, str]]]:
    """What has become of plans, by the item that stands for it: the late instalment, or the first invoice of a plan in default."""
    found: dict[ItemId, list[tuple[str, date, str]]] = {}
    for late in late_now(view.policy, view.account, view.balances, view.book_day):
        found.setdefault(late.part.id, []).append((PLAN_LATE, late.on, "An instalment is late."))
    for plan in view.account.plans:
        if plan.state is PlanState.DEFAULTED and plan.ended_at is not None:
            on = view.account.book.place.day(plan.ended_at)
            found.setdefault(plan.covers[0], []).append((PLAN_DEFAULTED, on, "The payment plan was not kept; the whole is due again."))
    return found


def _is_untold(view: View, seen: Standing, step: Step) -> bool:
    """Whether staff have not been told that the item reached the step."""
    return not view.raised or (seen.item.id, step.name, rung_of(seen).occurrence) not in view.raised


def _may(view: View, seen: Standing, step: Step, what: type) -> bool:
    """Whether it may do now what it has to do."""
    allowed = view.free(seen.item.id, step).do
    return allowed is step.do or any(isinstance(one, what) for one in allowed)


def escalations(view: View, notices: Sequence[Action]) -> Iterator[Action]:
    reached = [(seen, step) for seen, step in view.reached if step.escalates and _is_untold(view, seen, step)]
    if not reached:
        return
    handed: dict[ItemId, date] = {}
    for past in view.account.escalations:
        handed[past.item] = max(view.account.customer.place.day(past.at), handed.get(past.item, date.min))
    writes_first = about_to_be_written_of(view, notices)
    for seen, step in reached:
        is_handed = handed.get(seen.item.id, date.min) >= rung_of(seen).day
        if not _may(view, seen, step, Escalate) or is_handed or seen.item.id in writes_first:
            continue
        listed = seen.listed(leads=True)
        key = f"escalate:{seen.item.id}:{step.name}:{listed.occurrence}"
        because = f"The step {step.name} is reached."
        yield Action(ActionKind.ESCALATE, step.name, (listed,), key, because, amounts=(seen.open,))


def about_to_be_written_of(view: View, notices: Sequence[Action]) -> frozenset[ItemId]:
    """Items whose own last message is on its way, or leaves at the next allowed time: they are handed on after it."""
    queued = [one.items for one in view.account.notices if one.state is NoticeState.QUEUED]
    if view.is_fresh:
        queued += [one.items for one in notices if one.via and one.kind in {ActionKind.REMIND, ActionKind.NONE}]
    return frozenset(listed.item for items in queued for listed in items if listed.leads)
