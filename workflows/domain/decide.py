"""The one question asked of every account: what is each item, what is to be done now, and when to look again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from workflows.domain.account import Account, ItemKind, ListedItem
from workflows.domain.decision import Action, ActionKind, Decision
from workflows.domain.ladder import Rung
from workflows.domain.outlook import decided, next_look
from workflows.domain.policy import Policy, Sequence, Step
from workflows.domain.standing import NO_ADDRESS, Standing, View, leads_first

WOKE = "woke"  # what staff are told when a snooze is over


def decide(policy: Policy, account: Account, now: datetime) -> Decision:
    """What every open item of the account is, what to do about it now, and when to look again.

    Pure: the same facts and instant give the same decision, however often and however late it is asked.
    """
    view = View(policy, account, now)
    actions = tuple(_actions(view))
    return Decision(tuple(decided(view, seen) for seen in view.seen), actions, next_look(view, actions))


def _actions(view: View) -> Iterable[Action]:
    notice = _notice(view)
    if view.waits_for_release:
        if any(seen.chased and seen.overdue for seen in view.seen):
            yield _review(view, "It was already overdue when first read; nothing is sent before a manager releases it.")
        return
    yield from _alerts(view)
    yield from _escalations(view)
    if notice is not None:
        yield notice


def _review(view: View, because: str) -> Action:
    items = [seen for seen in view.seen if seen.chased and seen.overdue]
    listed = tuple(seen.listed(leads=False) for seen in sorted(items, key=leads_first))
    return Action(ActionKind.REVIEW, "", listed, f"review:{view.account.customer.id}", because, amounts=view.asked(items))


def _notice(view: View) -> Action | None:
    """The one message to the customer, or why it is withheld."""
    triggers = view.overdue[:1] if view.policy.sequence is Sequence.CUSTOMER else view.overdue
    triggers = [seen for seen in triggers if view.pending(seen)]
    if not triggers and not view.upcoming:
        return None
    listed = view.overdue if triggers else []
    leads = {seen.item.id for seen in triggers}
    first = max(triggers or view.upcoming, key=lambda seen: seen.rung or Rung(-1, 0, date.min))
    step = first.ladder.step(first.rung)  # type: ignore[arg-type]
    kind, because = _may_write(view, step, listed)
    return Action(
        kind,
        step.name,
        tuple(seen.listed(leads=seen.item.id in leads) for seen in listed),
        f"notice:{view.account.customer.id}:{view.day.isoformat()}",
        because,
        upcoming=tuple(seen.listed(leads=True) for seen in view.upcoming),
        amounts=view.asked(listed or view.upcoming),
        template=step.remind.template if step.remind else None,
        via=tuple(channel for channel in step.remind.via if channel in view.channels) if step.remind else (),
        day=view.day,
    )


def _may_write(view: View, step: Step, listed: list[Standing]) -> tuple[ActionKind, str]:
    if not _possible(view, step):
        return ActionKind.NONE, NO_ADDRESS
    if view.part_covered(listed):
        return ActionKind.REVIEW, "Money on account covers part of it; a person decides what it is for."
    if not view.is_fresh:
        return ActionKind.NONE, "The balances are not fresh; a newer file is needed before anything is sent."
    if view.writing_from > view.now:
        return ActionKind.NONE, f"The step {step.name} is due; it leaves at the next allowed time."
    return ActionKind.REMIND, f"The step {step.name} is due."


def _possible(view: View, step: Step) -> bool:
    """Whether any channel of the step reaches the customer."""
    return step.remind is not None and any(channel in view.channels for channel in step.remind.via)


def _alerts(view: View) -> Iterable[Action]:
    """One alert per account and step over the items that reached it and were not raised, and one for items whose snooze is over."""
    if view.telling_from > view.now:
        return
    raised = {(r.item, r.step, r.occurrence) for r in view.account.raised}
    groups: dict[str, list[Standing]] = {}
    for seen in _to_raise(view):
        listed = seen.listed(leads=True)
        if listed.step is not None and (listed.item, listed.step, listed.occurrence) not in raised:
            groups.setdefault(listed.step, []).append(seen)
    for step, items in groups.items():
        listed_items = tuple(seen.listed(leads=True) for seen in sorted(items, key=leads_first))
        key = f"alert:{listed_items[0].item}:{step}:{listed_items[0].occurrence}"
        yield Action(
            ActionKind.ALERT, step, listed_items, key, f"The step {step} is reached.", amounts=view.asked(items), day=view.book_day
        )
    for item, until in _woken(view):
        if (item.item.id, WOKE, until.toordinal()) not in raised:
            listed_item = ListedItem(item.item.id, WOKE, until.toordinal(), leads=True)
            key = f"alert:{item.item.id}:{WOKE}:{until.isoformat()}"
            yield Action(ActionKind.ALERT, WOKE, (listed_item,), key, "Its snooze is over.", amounts=(item.open,), day=view.book_day)


def _to_raise(view: View) -> Iterable[Standing]:
    for seen in view.seen:
        worth = seen.item.id in view.listable or seen.item.kind is ItemKind.INSTALMENT
        if worth and seen.chased and seen.rung is not None and seen.ladder.step(seen.rung).alerts and not seen.ladder.let_go(seen.rung):
            yield seen


def _woken(view: View) -> Iterable[tuple[Standing, date]]:
    """Items whose snooze ran out by itself."""
    for seen in view.seen:
        over = [s.until for s in view.account.snoozes if s.item == seen.item.id and s.ended_at is None and s.until <= view.book_day]
        if over and seen.chased:
            yield seen, max(over)


def _escalations(view: View) -> Iterable[Action]:
    handed = {(e.item, view.account.book.place.day(e.at)) for e in view.account.escalations}
    for seen in view.overdue:
        if seen.rung is None or not seen.ladder.step(seen.rung).escalates or seen.ladder.let_go(seen.rung):
            continue
        if any(item == seen.item.id and day >= seen.rung.day for item, day in handed) or view.telling_from > view.now:
            continue
        listed = seen.listed(leads=True)
        key = f"escalate:{seen.item.id}:{listed.step}:{listed.occurrence}"
        yield Action(ActionKind.ESCALATE, listed.step or "", (listed,), key, f"The step {listed.step} is reached.", amounts=(seen.open,))
