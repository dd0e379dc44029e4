"""A message of today that a person stops before it leaves: its step is left out, and what waits in the outbox is suppressed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workflows.acting import item_to_act_on, note_act, when
from workflows.domain.access import User
from workflows.domain.account import Account, Item, ListedItem, Notice, NoticeState
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind
from workflows.domain.approving import STANDS_FOR, sealed
from workflows.domain.decide import decide
from workflows.domain.decision import ItemDecision
from workflows.domain.ids import ApprovalId, ItemId, NoticeId, new_id
from workflows.errors import AlreadyDone, Refused
from workflows.ports import Clock, Policies, UnitOfWork


@dataclass(frozen=True, slots=True)
class StopMessage:
    """The message about `item`: `notice` where it waits in the outbox, else the one its next step would send today."""

    item: ItemId
    why: str
    by: User
    notice: NoticeId | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """`step` is what was left out."""

    account: Account
    item: Item
    step: str


async def stop_message(ask: StopMessage, work: UnitOfWork, policies: Policies, clock: Clock) -> Stopped:
    """Raises `AlreadyDone` when it is leaving or was stopped before, `Refused` without a reason or when nothing leaves today."""
    account, item = await item_to_act_on(work, ask.item, ask.by, None)
    why, now = ask.why.strip(), clock.now()
    if not why:
        raise Refused("Say in a few words why; colleagues read it on the card.")
    if ask.notice is not None:
        step, left_out = await _withdraw(account, ask.notice, ask.by, why, work, now)
    else:
        step, left_out = _planned(account, item, policies, now)
    for entry in left_out:
        await _leave_out(account, entry, step, ask.by, why, work, now)
    facts: dict[str, object] = {"step": step, "why": why, "notice": str(ask.notice or ""), "items": [str(one) for one in left_out]}
    await note_act(work, account, item, ask.by, "message.stopped", f"{ask.by.name} stopped the message: {why}", now, **facts)
    return Stopped(account, item, step)


async def _withdraw(account: Account, key: NoticeId, by: User, why: str, work: UnitOfWork, now: datetime) -> tuple[str, list[ItemId]]:
    """One sent by hand leaves no step out: the policy goes on as if nobody had sent it."""
    notice = next((one for one in account.notices if one.id == key), None)
    if notice is None or notice.state is not NoticeState.QUEUED:
        raise AlreadyDone(waits_no_more(account, notice))
    because = f"{by.name} stopped it: {why}"
    if not await work.withdraw(f"notice:{key}", now, because):
        raise AlreadyDone("That message is leaving this moment and can no longer be stopped.")
    await work.set_notice(key, NoticeState.SUPPRESSED, now, because)
    return notice.step, [] if notice.by else [one.item for one in _new(account, notice) if one.step == notice.step]


def waits_no_more(account: Account, notice: Notice | None) -> str:
    """Who stopped it and when, or when it left."""
    place = account.book.place
    if notice is not None and notice.sent_at is not None:
        return f"That message left {when(place, notice.sent_at)}. Look at the card as it stands now."
    items = {entry.item for entry in notice.items} if notice else set()
    stops = [act for act in account.acts if act.name == "message.stopped" and act.item in items and notice and act.at >= notice.at]
    if stops:
        return f"{stops[-1].words}, {when(place, stops[-1].at)}."
    return "That message no longer waits: it left, was stopped, or is not wanted any more. Look at the invoice as it stands now."


def _new(account: Account, notice: Notice) -> Iterable[ListedItem]:
    """Of what it lists, what no earlier message said."""
    said = {
        (one.item, one.step, one.occurrence)
        for other in account.notices
        if other is not notice and other.state.counts
        for one in other.items
    }
    return (one for one in notice.items if (one.item, one.step, one.occurrence) not in said)


def _planned(account: Account, item: Item, policies: Policies, now: datetime) -> tuple[str, list[ItemId]]:
    """What lies ahead today, of this item and of those that would go along with it."""
    decision = decide(policies.of(account), account, now)
    step = leaves_today(decision.of(item.id), account, now)
    if step is None:
        raise Refused(f"No message about {item.number} leaves today.")
    return step, [one.item.id for one in decision.items if leaves_today(one, account, now) == step]


def leaves_today(decided: ItemDecision, account: Account, now: datetime) -> str | None:
    """The step whose message is still to come on the book's day."""
    place, coming = account.book.place, decided.next
    tomorrow: date = place.day(now) + timedelta(days=1)
    return coming.step if coming is not None and coming.reminds and coming.at < place.start_of(tomorrow) else None


async def _leave_out(account: Account, item: ItemId, step: str, by: User, why: str, work: UnitOfWork, now: datetime) -> None:
    """As a refused request to go on with the step: the policy passes over it and takes the next one at its time."""
    number = account.item(item).number
    text, seal = sealed({"step": step, "invoice": number, "why": why})
    refused = Approval(ApprovalId(new_id()), ApprovalKind.STEP, item, item, text, seal, now, now + STANDS_FOR, by.id, step)
    await work.add_approval(refused)
    await work.end_approval(refused.id, ApprovalEnd.REFUSED, now)
