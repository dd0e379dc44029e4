"""Where each item of an account stands, before anything is decided about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property

from workflows.domain.account import Account, Item, ListedItem, Plan, PlanState
from workflows.domain.allocation import Balances, balances, on_plans
from workflows.domain.calendar import spoken
from workflows.domain.decision import State
from workflows.domain.first_contact import late_at_first
from workflows.domain.holds import dispute_on, held_words, holds_on
from workflows.domain.ids import ItemId
from workflows.domain.ladder import Climbed, Ladder, Rung, ladders
from workflows.domain.lateness import is_settled
from workflows.domain.money import Money
from workflows.domain.policy import FirstContact, Policy
from workflows.domain.silences import Silences
from workflows.domain.values import value

PLAN_OFFER_DAYS = 7  # a proposed plan holds reminders this long for the customer's answer


@value
class Owed:
    """An item, what is open of it, and how late that is: negative before its due day, null without one."""

    item: Item
    open: Money
    days_past_due: int | None

    @property
    def overdue(self) -> bool:
        return self.days_past_due is not None and self.days_past_due > 0


@value
class Standing(Owed):
    """An item with what the facts make of it, before anything is decided."""

    ladder: Ladder
    state: State
    rung: Rung | None
    because: str

    @property
    def chased(self) -> bool:
        return self.state is State.OPEN or self.state is State.CHASING

    def listed(self, *, leads: bool) -> ListedItem:
        if self.rung is None:
            return ListedItem(self.item.id, None, 0, leads)
        return ListedItem(self.item.id, self.ladder.step(self.rung).name, self.rung.occurrence, leads)


class Standings(Silences):
    """Where the items stand; each part is worked out once."""

    def __init__(self, policy: Policy, account: Account, now: datetime, mine: frozenset[ItemId] | None = None) -> None:
        """`mine` are the items the policy has, where others have some of the account's."""
        self.policy, self.account, self.now, self.mine = policy, account, now, mine
        self.book_day = account.book.place.day(now)
        self.day = account.customer.place.day(now)
        self.balances: Balances = balances(account)
        self._left = self.balances.open
        self._owing = [(item, left) for item in account.all_items if not is_settled(policy, left := self._left[item.id])]

    @cached_property
    def _ladders(self) -> dict[ItemId, Ladder]:
        """Of what is not settled, whichever policy has it."""
        found = ladders(self.policy, self.account, [item for item, _ in self._owing])
        if self.policy.first_contact is FirstContact.REPLAY:
            late = [item.id for item in late_at_first(self.policy, self.account) if item.id in found]
            found |= {item: replace(found[item], climbs=True, climbed=Climbed()) for item in late}
        return found

    def has(self, item: ItemId) -> bool:
        return self.mine is None or item in self.mine

    @cached_property
    def owed(self) -> list[Owed]:
        """What is not settled, for who asks neither for its state nor for its step."""
        return [Owed(item, left, self._days_late(item)) for item, left in self._owing if self.has(item.id)]

    @cached_property
    def unsettled(self) -> list[Standing]:
        """In an old account few items are: whatever asks no more than this does not pay for the many that are done with."""
        see = self._see_undisturbed if self.undisturbed else self._see
        return [see(ladder) for item, ladder in self._ladders.items() if self.has(item)]

    @property
    def oldest_due_on(self) -> date | None:
        """Of what is not settled, each debt counted once."""
        spread = on_plans(self.account)
        owing = (item for item, _ in self._owing if item.id not in spread and self.has(item.id))
        return min((item.due_on for item in owing if item.due_on is not None), default=None)

    @cached_property
    def _paid(self) -> frozenset[ItemId]:
        return frozenset(item.id for item in self.account.all_items) - frozenset(item.id for item, _ in self._owing)

    @cached_property
    def chased(self) -> list[Standing]:
        return [seen for seen in self.unsettled if seen.chased]

    @cached_property
    def seen(self) -> list[Standing]:
        """All items, in the account's order."""
        unsettled = {seen.item.id: seen for seen in self.unsettled}
        mine = (item for item in self.account.all_items if self.has(item.id))
        return [unsettled.get(item.id) or self._settled(item) for item in mine]

    @cached_property
    def _standings(self) -> dict[ItemId, Standing]:
        return {seen.item.id: seen for seen in self.seen}

    def standing(self, item: ItemId) -> Standing | None:
        """Null for one that is not there, or that another policy has."""
        return self._standings.get(item)

    def _settled(self, item: Item) -> Standing:
        nothing = Ladder(self.policy, item, {})
        return Standing(item, self._left[item.id], self._days_late(item), nothing, State.SETTLED, None, "It is paid.")

    def _days_late(self, item: Item) -> int | None:
        return None if item.due_on is None else (self.book_day - item.due_on).days

    def _see_undisturbed(self, ladder: Ladder) -> Standing:
        """As `_see`, where nothing keeps an item silent."""
        item = ladder.item
        left = self._left[item.id]
        rung = None if left.currency in self.covered_currencies else ladder.reached(self.day)
        return Standing(item, left, self._days_late(item), ladder, State.OPEN if rung is None else State.CHASING, rung, "")

    def _see(self, ladder: Ladder) -> Standing:
        item = ladder.item
        left = self._left[item.id]
        state, because = self.silenced(item)
        idle = item.id in self._plans or item.id in self.plan_asked or left.currency in self.covered_currencies
        rung = None if idle else ladder.reached(self.day) if state is State.OPEN else ladder.paused(self.day)
        if state is State.OPEN and rung is not None:
            state = State.CHASING
        return Standing(item, left, self._days_late(item), ladder, state, rung, because)

    def silenced(self, item: Item) -> tuple[State, str]:
        """What keeps an item silent that is not settled, and why; open where nothing does."""
        if self.undisturbed:
            return State.OPEN, ""
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

    def _credit(self, currency: str) -> Money:
        """Money on account that counts against what is asked."""
        found = self.balances.on_account.get(currency) if self.policy.net else None
        return found if found is not None and found.minor > 0 else Money.zero(currency)


def rung_of(seen: Standing) -> Rung:
    return seen.rung or Rung(-1, 0, date.min)


def leads_first(seen: Standing) -> tuple[date, int, str]:
    return seen.item.due_on or date.max, -seen.open.minor, seen.item.number


def by_due_day(seen: Standing) -> tuple[date, str]:
    return seen.item.due_on or date.max, seen.item.number
