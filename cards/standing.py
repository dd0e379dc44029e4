"""What the facts of an account say of one item: who snoozed it, which plan covers it, what was sent about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from cards.elements import FileKind, FileRef
from workflows.domain.account import Account, Escalation, Flag, Notice, NoticeState, Plan, PlanState, Snooze
from workflows.domain.ids import ItemId, UserId

_PACK_KEPT = timedelta(days=14)


def snooze_on(account: Account, item: ItemId, now: datetime) -> Snooze | None:
    """The snooze that runs."""
    start_of = account.book.place.start_of
    running = [fact for fact in account.snoozes if fact.item == item and fact.ended_at is None and start_of(fact.until) > now]
    return max(running, key=lambda fact: fact.at, default=None)


def flag_on(account: Account, item: ItemId) -> Flag | None:
    flags = [fact for fact in account.flags if fact.item == item and fact.ended_at is None]
    return max(flags, key=lambda fact: fact.at, default=None)


def escalation_of(account: Account, item: ItemId) -> Escalation | None:
    running = [fact for fact in account.escalations if fact.item == item and fact.ended_at is None]
    return max(running, key=lambda fact: fact.at, default=None)


def pack_of(account: Account, item: ItemId, now: datetime) -> FileRef | None:
    """What proves the claim, while it is escalated: the same link for a fortnight, then another one."""
    fact = escalation_of(account, item)
    if fact is None:
        return None
    return FileRef(FileKind.EVIDENCE, item, (fact.at + ((now - fact.at) // _PACK_KEPT + 1) * _PACK_KEPT).date())


def plan_on(account: Account, item: ItemId, state: PlanState) -> Plan | None:
    """The newest plan in that state that covers the item or that the item is an instalment of."""
    plans = [
        plan for plan in account.plans if plan.state is state and (item in plan.covers or item in {part.id for part in plan.instalments})
    ]
    return max(plans, key=lambda plan: plan.at, default=None)


def notices_on(account: Account, item: ItemId) -> tuple[Notice, ...]:
    """Messages that listed the item, oldest first."""
    listed = [notice for notice in account.notices if any(line.item == item for line in notice.items)]
    return tuple(sorted(listed, key=lambda notice: notice.at))


STATE_WORDS = {
    NoticeState.QUEUED: "on its way",
    NoticeState.SENT: "sent",
    NoticeState.DELIVERED: "delivered",
    NoticeState.FAILED: "not delivered",
    NoticeState.SUPPRESSED: "held back",
    NoticeState.UNKNOWN: "may or may not have left",
}


def person(people: Mapping[UserId, str], user: UserId | None) -> str:
    return people.get(user, "a colleague") if user else "Duebot"
