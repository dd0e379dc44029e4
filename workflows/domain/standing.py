"""Where each item of an account stands, before anything is decided about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from workflows.domain.account import Account, Item, ItemKind, ListedItem, Notice, Plan, PlanState
from workflows.domain.allocation import Balances, balances
from workflows.domain.calendar import spoken
from workflows.domain.claims import Hold
from workflows.domain.decision import State
from workflows.domain.events import EVENT_NAMES
from workflows.domain.first_contact import late_at_first
from workflows.domain.freshness import fresh_under
from workflows.domain.gates import Free, Gate, free, gates
from workflows.domain.holds import dispute_on, held_words, holds_on
from workflows.domain.ids import ItemId
from workflows.domain.ladder import Climbed, Ladder, Rung, is_before_due, ladders
from workflows.domain.lateness import is_settled
from workflows.domain.money import Money
from workflows.domain.policy import CatchUp, FirstContact, OnAccount, OnNewLeader, Policy, Sequence, Step
from workflows.domain.reach import channels
from workflows.domain.silences import Silences
from workflows.domain.windows import next_allowed

NO_ADDRESS = "No address of the customer is known for any channel of the step; import one, or call them."
PLAN_OFFER_DAYS = 7  # a proposed plan holds reminders this long for the customer's answer


@dataclass(frozen=True, slots=True)
class Standing:
    """An item with what the facts make of it, before anything is decided."""

    item: Item
    ladder: Ladder
    open: Money
    state: State
    rung: Rung | None
    days_past_due: int | None
    because: str

    @property
    def overdue(self) -> bool:
        return self.days_past_due is not None and self.days_past_due > 0

    @property
    def chased(self) -> bool:
        return self.state is State.OPEN or self.state is State.CHASING

    def listed(self, *, leads: bool) -> ListedItem:
        if self.rung is None:
            return ListedItem(self.item.id, None, 0, leads)
        return ListedItem(self.item.id, self.ladder.step(self.rung).name, self.rung.occurrence, leads)


class View(Silences):
    """Everything `decide` reads of an account, each part worked out once."""

    def __init__(self, policy: Policy, account: Account, now: datetime, mine: frozenset[ItemId] | None = None) -> None:
        """`mine` are the items the policy has, where others have some of the account's."""
        self.policy, self.account, self.now, self.mine = policy, account, now, mine
        self.book_day = account.book.place.day(now)
        self.day = account.customer.place.day(now)
        self.balances: Balances = balances(account)
        self._left = self.balances.open
        self._free: dict[tuple[str, str], Free] = {}
        self._ladders = ladders(policy, account, [item for item in account.all_items if not is_settled(policy, self._left[item.id])])
        if policy.first_contact is FirstContact.REPLAY:
            late = [item.id for item in late_at_first(policy, account) if item.id in self._ladders]
            self._ladders |= {item: replace(self._ladders[item], climbs=True, climbed=Climbed()) for item in late}

    @cached_property
    def unsettled(self) -> list[Standing]:
        """In an old account few items are: whatever asks no more than this does not pay for the many that are done with."""
        mine = self.mine
        return [self._see(item, ladder) for item, ladder in self._ladders.items() if mine is None or item in mine]

    @cached_property
    def _paid(self) -> frozenset[ItemId]:
        return frozenset(item.id for item in self.account.all_items if item.id not in self._ladders)

    @cached_property
    def chased(self) -> list[Standing]:
        return [seen for seen in self.unsettled if seen.chased]

    @cached_property
    def seen(self) -> list[Standing]:
        """All items, in the account's order."""
        unsettled = {seen.item.id: seen for seen in self.unsettled}
        mine = (item for item in self.account.all_items if self.mine is None or item.id in self.mine)
        return [unsettled.get(item.id) or self._settled(item) for item in mine]

    @cached_property
    def _standings(self) -> dict[ItemId, Standing]:
        return {seen.item.id: seen for seen in self.seen}

    def standing(self, item: ItemId) -> Standing | None:
        """Null for one that is not there, or that another policy has."""
        return self._standings.get(item)

    def _settled(self, item: Item) -> Standing:
        return Standing(item, Ladder(self.policy, item, {}), self._left[item.id], State.SETTLED, None, self._days_late(item), "It is paid.")

    def _days_late(self, item: Item) -> int | None:
        return None if item.due_on is None else (self.book_day - item.due_on).days

    def _see(self, key: ItemId, ladder: Ladder) -> Standing:
        item, left = ladder.item, self._left[key]
        late = self._days_late(item)
        state, because = (State.OPEN, "") if self.undisturbed else self._state(item)
        idle = left.currency in self.covered_currencies
        if not self.undisturbed:
            idle = item.id in self._plans or item.id in self.plan_asked or idle
        rung = None if idle else ladder.reached(self.day) if state is State.OPEN else ladder.paused(self.day)
        if state is State.OPEN and rung is not None:
            state = State.CHASING
        return Standing(item, ladder, left, state, rung, late, because)

    def _state(self, item: Item) -> tuple[State, str]:
        if holds := holds_on(self.account, item, self.book_day):
            return State.HELD, held_words(holds[0])
        if self.answered(item.id):
            return State.HELD, "They answered; somebody is to read it."
        if (dispute := dispute_on(self.account, item)) is not None:
            return State.DISPUTED, f"It is disputed: {dispute.reason.rstrip('.')}. Reminders wait until the dispute is settled."
        if (plan := self._plans.get(item.id)) is not None:
            waits = (
                "A plan is proposed; the customer's answer is awaited." if plan.state is PlanState.PROPOSED else "A payment plan covers it."
            )
            return State.ON_PLAN, waits
        if item.id in self.plan_asked:
            return State.ON_PLAN, "A plan was drawn up; somebody is to approve it."
        if item.id in self._escalated:
            return State.ESCALATED, "It is escalated; reminders wait until it is handed back."
        if (ends := self.promised_to(item.id)) is not None:
            return State.PROMISED, f"It is promised; reminders wait for the money until {spoken(ends)}."
        if (until := self.snoozed_until(item.id)) is not None:
            return State.SNOOZED, f"It is snoozed until {spoken(until)}."
        return State.OPEN, ""

    @cached_property
    def _plans(self) -> dict[ItemId, Plan]:
        """The plan over each item that has one in force, or offered and not yet answered."""
        lapsed = self.now - timedelta(days=PLAN_OFFER_DAYS)
        plans = [p for p in self.account.plans if p.state is PlanState.ACTIVE or (p.state is PlanState.PROPOSED and p.at > lapsed)]
        return {item: plan for plan in reversed(plans) for item in plan.covers}

    @cached_property
    def _escalated(self) -> frozenset[ItemId]:
        return frozenset(e.item for e in self.account.escalations if e.ended_at is None)

    @cached_property
    def covered_currencies(self) -> frozenset[str]:
        """Currencies in which money on account covers everything that is open: there nothing is asked."""
        return frozenset(code for code in self.balances.on_account if 0 < self._credit(code).minor >= self._open_in(code))

    def _open_in(self, currency: str) -> int:
        """Each debt once: instalments stand for the invoices they cover."""
        covered = {item for plan in self.account.plans if plan.state is PlanState.ACTIVE for item in plan.covers}
        items = (item for item in self.account.all_items if item.id not in covered and item.total.currency == currency)
        return sum(max(self.balances.open_of(item.id).minor, 0) for item in items)

    @cached_property
    def waits_for_release(self) -> bool:
        return first_contact_waits(self.policy, self.account)

    @cached_property
    def overdue(self) -> list[Standing]:
        """What is chased: overdue items in currencies at or above their limits, leader first, then by due day."""
        late = [seen for seen in self.chased if seen.overdue]
        worth = {code for code in {seen.open.currency for seen in late} if self._worth_chasing(code, late)}
        return _leader_first(seen for seen in late if seen.open.currency in worth)

    def _worth_chasing(self, currency: str, late: list[Standing]) -> bool:
        policy, mine = self.policy, [seen for seen in late if seen.open.currency == currency]
        if currency in self.covered_currencies or not self.names(currency) or len(mine) < policy.minimum_count:
            return False
        asked = self.asked(mine)[0]
        if asked.minor <= 0 and policy.on_account is OnAccount.SEND:
            return False
        return not policy.minimum or asked >= policy.minimum[currency]

    def names(self, currency: str) -> bool:
        """A policy that gives currencies, or a minimum, chases only the currencies it names."""
        policy = self.policy
        return all(not named or currency in named for named in (policy.minimum, policy.applies.currencies))

    @cached_property
    def listable(self) -> frozenset[ItemId]:
        return frozenset(seen.item.id for seen in self.overdue)

    @cached_property
    def asked_ids(self) -> frozenset[ItemId]:
        return frozenset(seen.item.id for seen in self.asked_for)

    @cached_property
    def asked_for(self) -> list[Standing]:
        """What a message lists: `overdue` without the currencies whose attempts are used up, leader first, then by due day."""
        most = self.policy.max_attempts
        if most is None:
            return self.overdue
        used_up = {code for code in {seen.open.currency for seen in self.overdue} if self._attempts(code) >= most}
        return _leader_first(seen for seen in self.overdue if seen.open.currency not in used_up)

    def _attempts(self, currency: str) -> int:
        """Messages about something overdue in that currency since money last came in it; money comes at the start of its day."""
        mine = (p.paid_on for p in self.account.payments if p.amount.currency == currency and p.reversed_on is None)
        last = max(mine, default=date.min)
        return sum(1 for n in self._chasing_notices if currency in n.currencies and self.account.written_on(n) >= last)

    @cached_property
    def _chasing_notices(self) -> list[Notice]:
        early = self._early_steps | EVENT_NAMES
        found = (n for n in self.account.notices if n.state.counts and n.step not in early)
        return [n for n in found if self.mine is None or any(listed.item in self.mine for listed in n.items)]

    def is_early(self, seen: Standing) -> bool:
        """Not yet overdue, and on a step whose own day is the due day or before it."""
        if seen.overdue or not seen.chased or seen.rung is None or not self.names(seen.open.currency):
            return False
        return seen.item.due_on is not None and seen.rung.day <= seen.item.due_on

    @cached_property
    def upcoming(self) -> list[Standing]:
        """Early items whose step was not said."""
        return sorted((seen for seen in self.chased if self.is_early(seen) and self.words(seen)), key=by_due_day)

    def words(self, seen: Standing) -> Step | None:
        """The step in whose words a message led by the item is written now; null when it has nothing new to say, or may not yet."""
        step = self._words(seen)
        return step if step is not None and self._may_say(seen, step) else None

    def _may_say(self, seen: Standing, step: Step) -> bool:
        return step.remind in self.free(seen.item.id, step).do

    def _words(self, seen: Standing) -> Step | None:
        """Words for before the due day are not for after it."""
        if (again := self._restarted(seen)) is not None:
            return again
        if seen.rung is None or seen.ladder.was_said(seen.rung) or seen.ladder.let_go(seen.rung) or self._missed(seen.ladder, seen.rung):
            return None
        step = seen.ladder.step(seen.rung)
        if seen.overdue and is_before_due(step):
            return None
        if (last := self._goes_on_after(seen)) is not None:
            return next((later for later in self.policy.steps[last + 1 : seen.rung.rank + 1] if later.remind), None)
        return step if step.remind else None

    def _goes_on_after(self, seen: Standing) -> int | None:
        """The last step sent, for an older item that came after it and now leads: the customer is not taken back or ahead by it.

        So too, where the policy keeps the step, for the one that leads since the leader of that message is settled.
        """
        last = max(self._chasing_notices, key=lambda notice: notice.at, default=None)
        if last is None or not self._leads(seen):
            return None
        is_later = seen.item.seen_at > last.at and any(listed.item in self.listable for listed in last.items[:1])
        keeps = self.policy.on_new_leader is OnNewLeader.KEEP and self._leader_settled(last)
        rank = self.policy.rank(last.step)
        return rank if rank >= 0 and (is_later or keeps) else None

    def _leads(self, seen: Standing) -> bool:
        return self.policy.sequence is Sequence.CUSTOMER and seen in self.asked_for[:1]

    def _leader_settled(self, notice: Notice) -> bool:
        return any(listed.item in self._paid for listed in notice.items[:1])

    def restarted(self, seen: Standing) -> ListedItem | None:
        """A leader that begins anew counts as the step it is written in, so that its own step is still to come."""
        again = self._restarted(seen)
        return None if again is None else ListedItem(seen.item.id, again.name, 0, leads=True)

    def _restarted(self, seen: Standing) -> Step | None:
        """The next step of an item that leads since the one before it was settled, from the first one on; null when it has caught up."""
        if self.policy.on_new_leader is not OnNewLeader.RESTART or seen.rung is None or not self._leads(seen):
            return None
        others = (n for n in self._chasing_notices if n.items and n.items[0].item != seen.item.id)
        last = max(others, key=lambda notice: notice.at, default=None)
        if last is None or not self._leader_settled(last):
            return None
        said = max((self.policy.rank(n.step) for n in self._chasing_notices if n.at > last.at), default=-1)
        steps = (step for rank, step in enumerate(self.policy.steps[: seen.rung.rank + 1]) if rank > said and seen.ladder.day_of(rank))
        return next((step for step in steps if step.remind and not is_before_due(step)), None)

    def _missed(self, ladder: Ladder, rung: Rung) -> bool:
        """The day on which it could leave is over, and the policy does not make up for an outage."""
        if self.policy.after_outage is not CatchUp.SKIP:
            return False
        place = self.account.customer.place
        since = max(
            place.start_of(max(rung.day, ladder.paused_to or rung.day, ladder.broken_on or rung.day)),
            ladder.item.seen_at,
            self.account.released_at or ladder.item.seen_at,
        )
        return self.day > place.day(next_allowed(self.policy, place, since, self._gap_ends(early=False)))

    def asked(self, items: Iterable[Standing]) -> tuple[Money, ...]:
        """One open sum per currency, less the money on account where the policy nets it."""
        sums = self.sums(items)
        return tuple(gross - self._credit(gross.currency) for gross in sums) if self.balances.on_account else sums

    def sums(self, items: Iterable[Standing]) -> tuple[Money, ...]:
        """One open sum per currency."""
        sums: dict[str, int] = {}
        for seen in items:
            left = seen.open
            sums[left.currency] = sums.get(left.currency, 0) + left.minor
        return tuple(Money(sums[code], code) for code in sorted(sums))

    def _credit(self, currency: str) -> Money:
        """Money on account that counts against what is asked."""
        found = self.balances.on_account.get(currency) if self.policy.net else None
        return found if found is not None and found.minor > 0 else Money.zero(currency)

    @cached_property
    def raised(self) -> frozenset[tuple[ItemId, str, int]]:
        """What staff have been told: item, step, occurrence."""
        return frozenset((r.item, r.step, r.occurrence) for r in self.account.raised)

    @cached_property
    def writing_from(self) -> datetime:
        """The first instant at which a message may leave: hours, days and the gap to the last one, at the customer's place."""
        return self._writing_from(early=False)

    @cached_property
    def early_from(self) -> datetime:
        """The same for a message about nothing but what falls due."""
        return self._writing_from(early=True)

    def _writing_from(self, *, early: bool) -> datetime:
        return next_allowed(self.policy, self.account.customer.place, self.now, self._gap_ends(early=early))

    def _gap_ends(self, *, early: bool) -> date | None:
        """The first local day on which the gap is over. A message that did not leave is tried again, but not on its own day."""
        gap = timedelta(days=max(self.policy.gap_days, 1))
        notices = [notice for notice in self.account.notices if notice.step not in EVENT_NAMES]
        if self.policy.messages_per_day > 1:  # the other message of today is none of its own
            notices = [n for n in notices if self.account.written_on(n) != self.day or (n.step in self._early_steps) is early]
        days = [self.account.written_on(notice) + gap for notice in notices if notice.state.counts]
        days += [notice.day + timedelta(days=1) for notice in notices if notice.by is None and not notice.state.counts]
        return max(days, default=None)

    @cached_property
    def _early_steps(self) -> frozenset[str]:
        return frozenset(step.name for step in self.policy.steps if is_before_due(step))

    @cached_property
    def task_keys(self) -> frozenset[str]:
        return frozenset(task.key for task in self.account.tasks)

    @property
    def running_holds(self) -> list[Hold]:
        return [hold for hold in self.account.holds if hold.ended_at is None and (hold.until is None or self.book_day < hold.until)]

    @cached_property
    def telling_from(self) -> datetime:
        """The first instant at which staff are told, in the policy's hours at the book's place."""
        return next_allowed(self.policy, self.account.book.place, self.now)

    @cached_property
    def channels(self) -> frozenset[str]:
        """Those over which the customer can be reached."""
        return channels(self.account)

    @cached_property
    def _gates(self) -> dict[tuple[ItemId, str], Gate]:
        return gates(self.account)

    def gate(self, item: ItemId, step: str) -> Gate:
        """Whether what the step does about the item was approved, or left out."""
        return self._gates.get((item, step), Gate.CLOSED) if self._gates else Gate.CLOSED

    def free(self, item: ItemId, step: Step) -> Free:
        """What the step may do about the item now."""
        gate = self.gate(item, step.name)
        known = self._free.get((step.name, gate.value))
        if known is None:
            known = self._free[step.name, gate.value] = free(step.do, self.policy.mode, gate)
        return known

    @cached_property
    def reached(self) -> list[tuple[Standing, Step]]:
        """Items with the step they reached, if it is worth doing anything about. Late instalments are told of however small."""
        found, late = [], frozenset(map(id, self.overdue))
        for seen in self.chased:
            if seen.rung is None:
                continue
            worth = id(seen) in late or self.is_early(seen) or (seen.overdue and seen.item.kind is ItemKind.INSTALMENT)
            if worth and not seen.ladder.let_go(seen.rung):
                found.append((seen, seen.ladder.step(seen.rung)))
        return found

    @property
    def is_fresh(self) -> bool:
        return (until := fresh_under(self.policy, self.account)) is None or self.now < until

    def part_covered(self, items: Iterable[Standing]) -> bool:
        """Money on account covers part of what would be asked, and the policy wants a person to look first."""
        if not self.balances.on_account or self.policy.on_account is not OnAccount.ASK:
            return False
        return any(self._credit(seen.open.currency).minor > 0 for seen in items)


def rung_of(seen: Standing) -> Rung:
    return seen.rung or Rung(-1, 0, date.min)


def leads_first(seen: Standing) -> tuple[date, int, str]:
    return seen.item.due_on or date.max, -seen.open.minor, seen.item.number


def by_due_day(seen: Standing) -> tuple[date, str]:
    return seen.item.due_on or date.max, seen.item.number


def _leader_first(late: Iterable[Standing]) -> list[Standing]:
    by_day = sorted(late, key=by_due_day)
    leader = min(by_day, key=leads_first, default=None)
    return [] if leader is None else [leader, *(seen for seen in by_day if seen is not leader)]


def first_contact_waits(policy: Policy, account: Account) -> bool:
    """Whether the account's first items arrived already overdue and nobody has released it yet (DESIGN 2, first import)."""
    if policy.first_contact is not FirstContact.REVIEW or account.released_at is not None:
        return False
    return bool(late_at_first(policy, account))
