"""The message to the customer: what it lists, in which words, and whether it may leave now."""

from __future__ import annotations

from collections.abc import Sequence as Many

from workflows.domain.account import ListedItem
from workflows.domain.decision import Action, ActionKind
from workflows.domain.policy import Remind, Sequence, Step
from workflows.domain.standing import Standing, rung_of
from workflows.domain.view import NO_ADDRESS, View

NEEDS_A_LOOK = "needs_a_look"  # raised when a person has to look at an account for a reason that is no step


def notices(view: View) -> tuple[Action, ...]:
    """The one message of the day, or where the policy allows two one for what is overdue and one for what falls due; or why it is withheld."""
    leaders = view.asked_for[:1] if view.policy.sequence is Sequence.CUSTOMER else view.asked_for
    leaders = [seen for seen in leaders if view.words(seen)]
    if view.policy.messages_per_day == 1 or not leaders or not view.upcoming:
        found = [_notice(view, leaders, view.upcoming)] if leaders or view.upcoming else []
    else:
        found = [_notice(view, [], view.upcoming), _notice(view, leaders, [])]
    return tuple(one for one in found if one is not None)


def _notice(view: View, leaders: Many[Standing], upcoming: Many[Standing]) -> Action | None:
    listed = view.asked_for if leaders else []
    first = max(leaders or upcoming, key=rung_of)
    step = view.words(first) or first.ladder.step(rung_of(first))
    if not _possible(view, step):
        return _no_address(view, first, step, listed or upcoming)
    kind, because = _may_write(view, step, listed)
    kept = ":upcoming" if view.policy.messages_per_day > 1 and not leaders else ""
    return Action(
        kind,
        step.name,
        _entries(view, listed, leaders),
        f"notice:{view.account.customer.id}:{view.day.isoformat()}{kept}",
        because,
        upcoming=tuple(seen.listed(leads=True) for seen in upcoming),
        amounts=view.asked(listed) if listed else view.sums(upcoming),
        template=step.remind.template if step.remind else None,
        via=reachable(view, step.remind),
        day=view.day,
    )


def _entries(view: View, listed: Many[Standing], leaders: Many[Standing]) -> tuple[ListedItem, ...]:
    """Only the first of them can begin anew."""
    leads = frozenset(map(id, leaders))
    entries = [seen.listed(leads=id(seen) in leads) for seen in listed]
    if listed and (again := view.restarted(listed[0])) is not None:
        entries[0] = again
    return tuple(entries)


def reachable(view: View, remind: Remind | None) -> tuple[str, ...]:
    """The first channel that is possible, or every one where the message goes over all of them."""
    possible = tuple(channel for channel in remind.via if channel in view.channels) if remind else ()
    return possible if remind and remind.every else possible[:1]


def _no_address(view: View, first: Standing, step: Step, listed: Many[Standing]) -> Action | None:
    """Somebody has to reach the customer another way; whoever gets the item anyway is that."""
    leader = first.listed(leads=True)
    key = f"task:{leader.item}:{step.name}:{leader.occurrence}"
    if step.escalates or key in view.task_keys:
        return None
    items = (leader, *(seen.listed(leads=False) for seen in listed if seen is not first))
    return Action(
        ActionKind.TASK, step.name, items, key, NO_ADDRESS, amounts=view.asked(listed), to="owner", what="Reach the customer another way"
    )


def _may_write(view: View, step: Step, listed: list[Standing]) -> tuple[ActionKind, str]:
    if view.part_covered(listed):
        kind = ActionKind.NONE if _was_looked_at(view, listed[0]) else ActionKind.REVIEW
        return kind, "Money on account covers part of it; a person decides what it is for."
    if not view.is_fresh:
        return ActionKind.NONE, "The balances are not fresh; a newer file is needed before anything is sent."
    if (view.writing_from if listed else view.early_from) > view.now:
        return ActionKind.NONE, f"The step {step.name} is due; it leaves at the next allowed time."
    return ActionKind.REMIND, f"The step {step.name} is due."


def _possible(view: View, step: Step) -> bool:
    """Whether any channel of the step reaches the customer."""
    return step.remind is not None and any(channel in view.channels for channel in step.remind.via)


def _was_looked_at(view: View, leader: Standing) -> bool:
    """Staff were asked about the money on account since the leader reached its step."""
    day = view.account.customer.place.day
    raised = (r for r in view.account.raised if r.item == leader.item.id and r.step == NEEDS_A_LOOK)
    return any(day(r.at) >= rung_of(leader).day for r in raised)
