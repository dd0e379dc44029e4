"""The one question asked of every account: what is each item, what is to be done now, and when to look again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from workflows.domain.account import Account, ItemKind, ListedItem, NoticeState
from workflows.domain.choosing import parts
from workflows.domain.claims import HoldKind
from workflows.domain.decision import Action, ActionKind, Decision
from workflows.domain.ids import ItemId
from workflows.domain.joining import joined
from workflows.domain.ladder import Rung
from workflows.domain.outlook import decided, next_change, next_look
from workflows.domain.policy import Policy, Sequence, Step
from workflows.domain.standing import NO_ADDRESS, Standing, View, leads_first

WOKE = "woke"  # what staff are told when a snooze is over
PROMISE_BROKEN = "promise_broken"
HOLD_OVER = "hold_over"
NEEDS_A_LOOK = "needs_a_look"  # raised when a person has to look at an account for a reason that is no step


def decide(policy: Policy, account: Account, now: datetime) -> Decision:
    """What every open item of the account is, what to do about it now, and when to look again.

    Pure: the same facts and instant give the same decision, however often and however late it is asked.
    """
    return joined(account, [_decide(View(mine, account, now, items)) for mine, items in parts(policy, account)])


def _decide(view: View) -> Decision:
    """What one policy says of the items it has."""
    notice = None if view.waits_for_release else _notice(view)
    to_staff = () if view.waits_for_release else tuple(_to_staff(view, notice))
    actions = tuple(_now(view, notice, to_staff))
    items = tuple(decided(view, seen) for seen in view.seen)
    actions = tuple(replace(action, policy=(view.policy.name, view.policy.version)) for action in actions)
    return Decision(items, actions, next_look(view, actions, to_tell=bool(to_staff)), next_change(view))


def _to_staff(view: View, notice: Action | None) -> Iterator[Action]:
    yield from _alerts(view)
    yield from _came_to_nothing(view)
    yield from _escalations(view, notice)
    if notice is not None and notice.kind is ActionKind.REVIEW:
        yield notice


def _now(view: View, notice: Action | None, to_staff: tuple[Action, ...]) -> Iterator[Action]:
    """What is handed to a person changes what may be asked for, so a message waits for the look after it."""
    if view.waits_for_release:
        yield from _first_contact(view)
    told = to_staff if view.telling_from <= view.now else ()
    yield from told
    is_held = notice is None or notice.kind is ActionKind.REVIEW or any(action.kind is ActionKind.ESCALATE for action in told)
    if notice is not None and not is_held:
        yield notice


def _first_contact(view: View) -> Iterator[Action]:
    late = sorted((seen for seen in view.seen if seen.chased and seen.overdue), key=leads_first)
    if late:
        listed = tuple(seen.listed(leads=False) for seen in late)
        because = "It was already overdue when first read; nothing is sent before a manager releases it."
        yield Action(ActionKind.REVIEW, "", listed, f"review:{view.account.customer.id}", because, amounts=view.asked(late))


def _notice(view: View) -> Action | None:
    """The one message to the customer, or why it is withheld."""
    leaders = view.asked_for[:1] if view.policy.sequence is Sequence.CUSTOMER else view.asked_for
    leaders = [seen for seen in leaders if view.words(seen)]
    if not leaders and not view.upcoming:
        return None
    listed = view.asked_for if leaders else []
    leads = {seen.item.id for seen in leaders}
    first = max(leaders or view.upcoming, key=_rung)
    step = view.words(first) or first.ladder.step(_rung(first))
    kind, because = _may_write(view, step, listed)
    return Action(
        kind,
        step.name,
        tuple(view.restarted(seen) or seen.listed(leads=seen.item.id in leads) for seen in listed),
        f"notice:{view.account.customer.id}:{view.day.isoformat()}",
        because,
        upcoming=tuple(seen.listed(leads=True) for seen in view.upcoming),
        amounts=view.asked(listed) if listed else view.sums(view.upcoming),
        template=step.remind.template if step.remind else None,
        via=tuple(channel for channel in step.remind.via if channel in view.channels) if step.remind else (),
        day=view.day,
    )


def _rung(seen: Standing) -> Rung:
    return seen.rung or Rung(-1, 0, date.min)


def _may_write(view: View, step: Step, listed: list[Standing]) -> tuple[ActionKind, str]:
    if not _possible(view, step):
        return ActionKind.NONE, NO_ADDRESS
    if view.part_covered(listed):
        kind = ActionKind.NONE if _was_looked_at(view, listed[0]) else ActionKind.REVIEW
        return kind, "Money on account covers part of it; a person decides what it is for."
    if not view.is_fresh:
        return ActionKind.NONE, "The balances are not fresh; a newer file is needed before anything is sent."
    if view.writing_from > view.now:
        return ActionKind.NONE, f"The step {step.name} is due; it leaves at the next allowed time."
    return ActionKind.REMIND, f"The step {step.name} is due."


def _possible(view: View, step: Step) -> bool:
    """Whether any channel of the step reaches the customer."""
    return step.remind is not None and any(channel in view.channels for channel in step.remind.via)


def _was_looked_at(view: View, leader: Standing) -> bool:
    """Staff were asked about the money on account since the leader reached its step."""
    day = view.account.customer.place.day
    raised = (r for r in view.account.raised if r.item == leader.item.id and r.step == NEEDS_A_LOOK)
    return any(day(r.at) >= _rung(leader).day for r in raised)


def _alerts(view: View) -> Iterator[Action]:
    """One alert per account and step over the items that reached it and were not raised, and one for items whose snooze is over."""
    groups: dict[str, list[Standing]] = {}
    for seen, step in _to_tell(view):
        if step.alerts and not step.escalates:  # who gets the item is told by that
            groups.setdefault(step.name, []).append(seen)
    for name, items in groups.items():
        listed = tuple(seen.listed(leads=True) for seen in sorted(items, key=leads_first))
        key = f"alert:{listed[0].item}:{name}:{listed[0].occurrence}"
        yield Action(ActionKind.ALERT, name, listed, key, f"The step {name} is reached.", amounts=view.asked(items), day=view.book_day)
    for seen in view.seen:
        until = view.woke_on(seen.item.id) if seen.chased else None
        if until is not None and (seen.item.id, WOKE, until.toordinal()) not in view.raised:
            woke = (ListedItem(seen.item.id, WOKE, until.toordinal(), leads=True),)
            key = f"alert:{seen.item.id}:{WOKE}:{until.isoformat()}"
            yield Action(ActionKind.ALERT, WOKE, woke, key, "Its snooze is over.", amounts=(seen.open,), day=view.book_day)


def _came_to_nothing(view: View) -> Iterator[Action]:
    """Promises that were not kept, and holds whose time is over: each is told of once, over all its items."""
    groups: dict[tuple[str, date, str], list[Standing]] = {}
    for seen in (one for one in view.seen if one.chased):
        for name, ended_on, because in _ended(view, seen):
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


def _to_tell(view: View) -> Iterator[tuple[Standing, Step]]:
    """Items with the step they reached, of which staff have not been told. Late instalments are told of however small."""
    for seen in view.seen:
        worth = seen.item.id in view.listable or view.is_early(seen) or (seen.overdue and seen.item.kind is ItemKind.INSTALMENT)
        if not worth or not seen.chased or seen.rung is None or seen.ladder.let_go(seen.rung):
            continue
        step = seen.ladder.step(seen.rung)
        if (seen.item.id, step.name, seen.rung.occurrence) not in view.raised:
            yield seen, step


def _escalations(view: View, notice: Action | None) -> Iterator[Action]:
    handed: dict[ItemId, date] = {}
    for past in view.account.escalations:
        handed[past.item] = max(view.account.customer.place.day(past.at), handed.get(past.item, date.min))
    writes_first = _about_to_be_written_of(view, notice)
    for seen, step in _to_tell(view):
        is_handed = handed.get(seen.item.id, date.min) >= _rung(seen).day
        if not step.escalates or is_handed or seen.item.id in writes_first:
            continue
        listed = seen.listed(leads=True)
        key = f"escalate:{seen.item.id}:{step.name}:{listed.occurrence}"
        because = f"The step {step.name} is reached."
        yield Action(ActionKind.ESCALATE, step.name, (listed,), key, because, amounts=(seen.open,))


def _about_to_be_written_of(view: View, notice: Action | None) -> frozenset[ItemId]:
    """Items whose own last message is on its way, or leaves at the next allowed time: they are handed on after it."""
    queued = [one.items for one in view.account.notices if one.state is NoticeState.QUEUED]
    if notice is not None and view.is_fresh and notice.via and notice.kind is not ActionKind.REVIEW:
        queued.append(notice.items)
    return frozenset(listed.item for items in queued for listed in items if listed.leads)
