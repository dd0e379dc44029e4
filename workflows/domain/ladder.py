"""The ladder of one item: the day of each step, the step it has reached, and what was already said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from workflows.domain.account import Account, Item, ItemKind, ListedItem, PlanState
from workflows.domain.approvals import ApprovalEnd, ApprovalKind
from workflows.domain.calendar import month_end
from workflows.domain.claims import PromiseEnd
from workflows.domain.gates import Gate, gates
from workflows.domain.holds import covers, money_came
from workflows.domain.ids import ItemId
from workflows.domain.policy import Advance, AgeFrom, Anchor, CatchUp, Policy, Step
from workflows.domain.promises import ends_on, is_kept
from workflows.domain.values import value

_FOR_INVOICES = frozenset({Anchor.BEFORE_DUE, Anchor.AFTER_DUE, Anchor.MONTH_END_AFTER_DUE, Anchor.AFTER_ISSUE})
_AFTER_SENDING = frozenset({Anchor.AFTER_PREVIOUS, Anchor.NO_REPLY})
_BEFORE = frozenset({Anchor.BEFORE_DUE, Anchor.BEFORE_INSTALMENT})
_Days = tuple[bool, date | None, date | None]
_MANY = 8  # days of which it is remembered where items stood


@dataclass(frozen=True, slots=True, order=True)  # few are made: items whose days are the same share one
class Rung:
    """A step an item stands on. `occurrence` counts the repeats of a step that repeats; `day` is that occurrence's own day."""

    rank: int
    occurrence: int
    day: date


@value
class Climbed:
    """What was worked out of a ladder, for it is asked again and again: the steps' days, and by day where it stands and what lies ahead."""

    days: list[date | None] = field(default_factory=list)
    highest: dict[date, Rung | None] = field(default_factory=dict)
    coming: dict[date, tuple[Rung, ...]] = field(default_factory=dict)


@value
class Ladder:
    """One item under one policy. `paused_to` is the day its last pause ended: with `after_pause: skip` earlier days are not caught up.

    `broken_on` is the day its newest promise ended unkept: what fell into that is said once, whatever the policy says of pauses.
    """

    policy: Policy
    item: Item
    said: dict[tuple[int, int], date]
    climbs: bool = field(default=False, kw_only=True)  # one step for each message, whatever its age
    paused_to: date | None = None
    broken_on: date | None = None
    answered_on: tuple[date, ...] = ()
    left_out: frozenset[str] = frozenset()
    climbed: Climbed = field(repr=False, compare=False, default_factory=Climbed)

    def step(self, rung: Rung) -> Step:
        return self.policy.steps[rung.rank]

    def day_of(self, rank: int) -> date | None:
        """The day of a step's first occurrence; null when it cannot be known (no due day, or the step before it has not been sent)."""
        days = self.climbed.days
        while rank >= len(days):
            days.append(self._first_day(len(days)))
        return days[rank]

    def _first_day(self, rank: int) -> date | None:
        when = self.policy.steps[rank].when
        if when.anchor is Anchor.NO_REPLY:
            return self._unanswered(rank, when.days)
        if when.anchor is Anchor.AFTER_PREVIOUS:
            return self._after_previous(rank, when.days)
        return _dated(when.anchor, when.days, self.item, self.policy.age_from)

    def _after_previous(self, rank: int, days: int) -> date | None:
        sent = self.said.get((rank - 1, 0))  # only the last step repeats
        if sent is None and self.policy.steps[rank - 1].name in self.left_out:
            sent = self.day_of(rank - 1)
        if sent is None and self.paused_to is not None and self.policy.after_pause is CatchUp.SKIP:
            previous = self.day_of(rank - 1)
            if previous is not None and previous < self.paused_to:
                sent = self.paused_to  # the step before was let go by a pause: count from its end, or the ladder would stop for ever
        return None if sent is None else sent + timedelta(days=days)

    def _unanswered(self, rank: int, days: int) -> date | None:
        """As after the previous step, unless the customer answered in between."""
        sent, day = self.said.get((rank - 1, 0)), self._after_previous(rank, days)
        if sent is None or day is None or any(sent <= answered < day for answered in self.answered_on):
            return None
        return day

    def reached(self, today: date) -> Rung | None:
        """The highest step whose day has come; where it climbs, the one after what was sent on an earlier day."""
        highest = self.climbed.highest
        if today not in highest:
            highest[today] = self._climbed(today) if self._one_by_one else self._reached(today)
        return highest[today]

    def _reached(self, today: date) -> Rung | None:
        for rank in reversed(range(len(self.policy.steps))):
            first = self.day_of(rank)
            if first is not None and first <= today:
                return _occurrence(self.policy.steps[rank], rank, first, today)
        return None

    def paused(self, today: date) -> Rung | None:
        """Where it stands while it is silent: by its age, but where it climbs no higher than what was sent."""
        here = self.reached(today)
        if here is None or not self._one_by_one or not self.said:
            return here
        rank, occurrence = max(self.said)
        first = self.day_of(rank) if rank >= 0 else None
        return here if first is None or rank >= here.rank else Rung(rank, occurrence, first)

    @property
    def _one_by_one(self) -> bool:
        return self.climbs or self.policy.advance is Advance.ONE_PER_RUN

    def _climbed(self, today: date) -> Rung | None:
        here = None
        for rank, step in enumerate(self.policy.steps):
            first = self.day_of(rank)
            if first is None and step.when.anchor not in _AFTER_SENDING:
                continue  # no step of such an item
            if first is None or first > today:
                break
            here = _occurrence(step, rank, first, today)
            if step.remind is not None and not self._is_past(Rung(rank, 0, first), today):
                break
        return here

    def _is_past(self, rung: Rung, today: date) -> bool:
        """It was sent on an earlier day, was let go by a pause, or is for before the due day."""
        sent = any(day < today for said, day in self.said.items() if said >= (rung.rank, 0))
        is_late = self.item.due_on is not None and self.item.due_on < today
        return sent or self.let_go(rung) or (is_before_due(self.step(rung)) and is_late)

    def was_said(self, rung: Rung) -> bool:
        """This occurrence of the step, or anything above it, is in a message that counts."""
        return any(said >= (rung.rank, rung.occurrence) for said in self.said)

    def let_go(self, rung: Rung) -> bool:
        """The step's day passed during a pause and the policy does not catch up."""
        return self.lets_go_before(rung.day)

    def lets_go_before(self, day: date) -> bool:
        return self.policy.after_pause is CatchUp.SKIP and self.paused_to is not None and day < self.paused_to

    def ahead(self, today: date) -> tuple[Rung, ...]:
        """The first coming occurrence of every step above the one reached, by day."""
        coming = self.climbed.coming
        if today not in coming:
            coming[today] = tuple(self._ahead(today))
        return coming[today]

    def _ahead(self, today: date) -> list[Rung]:
        here = self.reached(today)
        above = here.rank if here else -1
        rungs = []
        for rank in range(max(above, 0), len(self.policy.steps)):
            first = self.day_of(rank)
            if first is None:
                continue
            repeat = self.policy.steps[rank].when.repeat_every
            if first > today:
                rungs.append(Rung(rank, 0, first))
            elif repeat and rank == above and here:
                rungs.append(Rung(rank, here.occurrence + 1, here.day + timedelta(days=repeat)))
        tomorrow = self._climbed(today + timedelta(days=1)) if self._one_by_one else None
        if tomorrow is not None and tomorrow.rank > above and tomorrow.day <= today:  # it waits only for the message of today to be over
            rungs.append(replace(tomorrow, day=today + timedelta(days=1)))
        return sorted(rungs, key=lambda rung: (rung.day, rung.rank))


def is_before_due(step: Step) -> bool:
    return step.when.anchor in _BEFORE


def _dated(anchor: Anchor, days: int, item: Item, age_from: AgeFrom) -> date | None:
    if (anchor in _FOR_INVOICES) is (item.kind is ItemKind.INSTALMENT):
        return None
    start = item.issued_on if anchor is Anchor.AFTER_ISSUE or (age_from is AgeFrom.ISSUE and anchor is Anchor.AFTER_DUE) else item.due_on
    if start is None or item.due_on is None:
        return None
    if anchor in _BEFORE:
        return start - timedelta(days=days)
    day = start + timedelta(days=days)
    return month_end(day) if anchor is Anchor.MONTH_END_AFTER_DUE else day


def _occurrence(step: Step, rank: int, first: date, today: date) -> Rung:
    if step.when.repeat_every is None:
        return Rung(rank, 0, first)
    count = (today - first).days // step.when.repeat_every
    return Rung(rank, count, first + timedelta(days=count * step.when.repeat_every))


def ladders(policy: Policy, account: Account, items: Sequence[Item]) -> dict[ItemId, Ladder]:
    """A ladder for each of some of the account's items."""
    said = _said(policy, account, items) if account.notices else {}
    if account.undisturbed:
        known = policy.remembered(Ladder)
        return {item.id: _undisturbed(policy, item, said.get(item.id, {}) if said else {}, known) for item in items}
    ends, broken = _pause_ends(policy, account), _broken(policy, account)
    answered, left_out = _answered(account), _left_out(account)
    return {
        item.id: Ladder(
            policy,
            item,
            said.get(item.id, {}),
            ends.get(item.id),
            broken.get(item.id),
            answered.get(item.id, answered.get(None, ())),
            left_out.get(item.id, frozenset()),
        )
        for item in items
    }


def _undisturbed(policy: Policy, item: Item, said: dict[tuple[int, int], date], known: dict[_Days, Climbed]) -> Ladder:
    """Items of which nothing was said either climb alike if their days are the same."""
    if said:
        return Ladder(policy, item, said)
    alike = (item.kind is ItemKind.INSTALMENT, item.due_on, item.issued_on)
    if (climbed := known.get(alike)) is None:
        climbed = known[alike] = Climbed()
    if len(climbed.highest) > _MANY:
        climbed.highest.clear()
        climbed.coming.clear()
    return Ladder(policy, item, said, climbed=climbed)


def _said(policy: Policy, account: Account, items: Sequence[Item]) -> dict[ItemId, dict[tuple[int, int], date]]:
    """The steps of each item in messages that count, and the day of each."""
    wanted = {item.id for item in items}
    said: dict[ItemId, dict[tuple[int, int], date]] = {}
    for notice in account.notices:
        if notice.state.counts:
            day = account.written_on(notice)
            for listed in notice.items:
                if listed.step is not None and listed.item in wanted:
                    days = said.setdefault(listed.item, {})
                    rung = _rung_of(policy, account, listed, day)
                    if listed.leads or rung not in days:  # to be listed once more under another's lead says nothing new of it
                        days[rung] = max(day, days.get(rung, day))
    return said


def _answered(account: Account) -> dict[ItemId | None, tuple[date, ...]]:
    """The days of the customer's answers by item; those about the whole account stand under null and with every item."""
    if not account.replies:
        return {}
    day = account.customer.place.day
    found: dict[ItemId | None, tuple[date, ...]] = {}
    about_all = tuple(day(reply.at) for reply in account.replies if not reply.items)
    for reply in account.replies:
        for item in reply.items:
            found[item] = (*found.get(item, about_all), day(reply.at))
    return found | {None: about_all}


def _left_out(account: Account) -> dict[ItemId, frozenset[str]]:
    """Steps that somebody refused."""
    found: dict[ItemId, frozenset[str]] = {}
    for (item, step), gate in gates(account).items():
        if gate is Gate.LEFT_OUT:
            found[item] = found.get(item, frozenset()) | {step}
    return found


def _rung_of(policy: Policy, account: Account, listed: ListedItem, day: date) -> tuple[int, int]:
    """A step that only another version of the policy has counts as the highest one whose day had come when it was said.

    So an account that moves is neither taken back on the ladder nor past a step that lies ahead.
    """
    rank = policy.rank(listed.step)
    if rank >= 0:
        return rank, listed.occurrence
    item = next((one for one in account.all_items if one.id == listed.item), None)
    if item is None:
        return rank, listed.occurrence
    days = [_dated(step.when.anchor, step.when.days, item, policy.age_from) for step in policy.steps]
    return max((rank for rank, own in enumerate(days) if own is not None and own <= day), default=-1), 0


def _broken(policy: Policy, account: Account) -> dict[ItemId, date]:
    """The end of each item's promises and plans that were not kept; of a promise that still stands it lies ahead."""
    ends: dict[ItemId, date] = {}
    for promise in account.promises:
        if promise.ended_at is None and not is_kept(promise, policy, account):
            end = ends_on(promise, policy, account)
            ends |= {item: max(end, ends.get(item, end)) for item in promise.items}
    for plan in account.plans:
        if plan.state is PlanState.DEFAULTED and plan.ended_at is not None:
            end = account.book.place.day(plan.ended_at)
            ends |= {item: max(end, ends.get(item, end)) for item in plan.covers}
    return ends


def _pause_ends(policy: Policy, account: Account) -> dict[ItemId, date]:
    """The latest day on which a pause of each item ended: running pauses end in the future and let nothing go yet.

    A pause that ends on the day it began, such as a slip of the hand put right, lets nothing go. Nor does a promise that was not kept
    or gave way to another one, nor a plan that was not kept or that nobody answered: what fell in between is said once.
    """
    day = account.book.place.day
    ends: dict[ItemId, date] = {}
    pauses = [(s.item, s.at, s.until if s.ended_at is None else min(s.until, day(s.ended_at))) for s in account.snoozes]
    pauses += [(e.item, e.at, day(e.ended_at)) for e in account.escalations if e.ended_at is not None]
    kept = (p for p in account.plans if p.state is not PlanState.DEFAULTED)
    pauses += [(item, p.at, day(p.ended_at)) for p in kept if p.ended_at is not None for item in p.covers]
    asked = (a for a in account.approvals if a.kind is ApprovalKind.PLAN and a.ended_how is not ApprovalEnd.EXPIRED)
    pauses += [(a.item, a.at, day(a.ended_at)) for a in asked if a.ended_at is not None]
    pauses += [(d.item, d.at, day(d.ended_at)) for d in account.disputes if d.ended_at is not None]
    if (on := account.resumed_at) is not None:
        pauses += [(item.id, item.seen_at, day(on)) for item in account.all_items if item.seen_at < on]
    pauses += _promised(policy, account)
    pauses += _held(account)
    for item, began_at, end in pauses:
        if end > day(began_at):
            ends[item] = max(end, ends.get(item, end))
    return ends


_Pause = tuple[ItemId, datetime, date]


def _promised(policy: Policy, account: Account) -> Iterator[_Pause]:
    """Promises that were kept, whole or so far, and those that staff cancelled."""
    for promise in account.promises:
        if promise.ended_how is PromiseEnd.CANCELLED and promise.ended_at is not None:
            end = account.book.place.day(promise.ended_at)
        elif promise.ended_at is None and is_kept(promise, policy, account):
            end = ends_on(promise, policy, account)
        else:
            continue
        yield from ((item, promise.at, end) for item in promise.items)


def _held(account: Account) -> Iterator[_Pause]:
    """Holds that were released, have a last day, or ended with the money that was awaited."""
    for hold in account.holds:
        days = [account.book.place.day(hold.ended_at) if hold.ended_at else None, hold.until, money_came(hold, account)]
        end = min((one for one in days if one is not None), default=None)
        if end is not None:
            yield from ((item.id, hold.at, end) for item in account.all_items if covers(hold, account, item))
