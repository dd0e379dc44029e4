"""Where each item of an account stands, before anything is decided about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from workflows.domain.account import Account, Item, ListedItem, Plan, PlanState
from workflows.domain.allocation import Balances, balances
from workflows.domain.calendar import spoken
from workflows.domain.decision import State
from workflows.domain.ids import ItemId
from workflows.domain.ladder import Ladder, Rung, is_before_due, ladders
from workflows.domain.money import Money
from workflows.domain.policy import FirstContact, OnAccount, Policy
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
        return self.state in {State.OPEN, State.CHASING}

    def listed(self, *, leads: bool) -> ListedItem:
        if self.rung is None:
            return ListedItem(self.item.id, None, 0, leads)
        return ListedItem(self.item.id, self.ladder.step(self.rung).name, self.rung.occurrence, leads)


class View:
    """Everything `decide` reads of an account, each part worked out once."""

    def __init__(self, policy: Policy, account: Account, now: datetime) -> None:
        self.policy, self.account, self.now = policy, account, now
        self.book_day = account.book.place.day(now)
        self.day = account.customer.place.day(now)
        self.balances: Balances = balances(account)
        self._ladders = ladders(policy, account)

    @cached_property
    def seen(self) -> list[Standing]:
        return [self._see(item) for item in self.account.all_items]

    def _see(self, item: Item) -> Standing:
        ladder, left = self._ladders[item.id], self.balances.open_of(item.id)
        late = None if item.due_on is None else (self.book_day - item.due_on).days
        state, because = self._state(item, left)
        rung = None if state in {State.SETTLED, State.ON_PLAN} or left.currency in self.covered_currencies else ladder.reached(self.day)
        if state is State.OPEN and rung is not None:
            state = State.CHASING
        return Standing(item, ladder, left, state, rung, late, because)

    def _state(self, item: Item, left: Money) -> tuple[State, str]:
        if is_settled(self.policy, left):
            return State.SETTLED, "It is paid."
        if (plan := _plan_over(self.account, item.id, self.now)) is not None:
            waits = (
                "A plan is proposed; the customer's answer is awaited." if plan.state is PlanState.PROPOSED else "A payment plan covers it."
            )
            return State.ON_PLAN, waits
        if any(e.item == item.id and e.ended_at is None for e in self.account.escalations):
            return State.ESCALATED, "It is escalated; reminders wait until it is handed back."
        if (until := self.snoozed_until(item.id)) is not None:
            return State.SNOOZED, f"It is snoozed until {spoken(until)}."
        return State.OPEN, ""

    def snoozed_until(self, item: ItemId) -> date | None:
        running = (s.until for s in self.account.snoozes if s.item == item and s.ended_at is None and s.until > self.book_day)
        return max(running, default=None)

    @cached_property
    def covered_currencies(self) -> frozenset[str]:
        """Currencies in which money on account covers everything that is open: there nothing is asked."""
        if not self.policy.net:
            return frozenset()
        return frozenset(code for code, money in self.balances.on_account.items() if money.minor > 0 and money.minor >= self._open_in(code))

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
        """What a notice may list: overdue items that are chased, in currencies at or above their limits, leader first, then by due day."""
        late = [seen for seen in self.seen if seen.chased and seen.overdue]
        allowed = {code for code in {seen.open.currency for seen in late} if self._worth_chasing(code, late)}
        late = sorted((seen for seen in late if seen.open.currency in allowed), key=leads_first)
        return late[:1] + sorted(late[1:], key=lambda seen: (seen.item.due_on, seen.item.number))

    def _worth_chasing(self, currency: str, late: list[Standing]) -> bool:
        policy, mine = self.policy, [seen for seen in late if seen.open.currency == currency]
        if currency in self.covered_currencies or len(mine) < policy.minimum_count:
            return False
        if policy.minimum and (currency not in policy.minimum or self.asked(mine)[0] < policy.minimum[currency]):
            return False
        return policy.max_attempts is None or self._attempts(currency) < policy.max_attempts

    def _attempts(self, currency: str) -> int:
        """Notices in that currency since money last came in it."""
        last = max((p.paid_on for p in self.account.payments if p.amount.currency == currency), default=date.min)
        return sum(1 for n in self.account.notices if n.state.counts and currency in n.currencies and n.day > last)

    @cached_property
    def upcoming(self) -> list[Standing]:
        """Items not yet overdue whose step before the due day has come and was not said."""
        ahead = [seen for seen in self.seen if seen.chased and not seen.overdue and seen.rung is not None]
        return [seen for seen in ahead if is_before_due(seen.ladder.step(seen.rung)) and self.pending(seen)]  # type: ignore[arg-type]

    @cached_property
    def listable(self) -> frozenset[ItemId]:
        return frozenset(seen.item.id for seen in self.overdue)

    def pending(self, seen: Standing) -> bool:
        """The step the item stands on writes to the customer, and has not yet; words for before the due day are not for after it."""
        if seen.rung is None or seen.ladder.was_said(seen.rung) or seen.ladder.let_go(seen.rung):
            return False
        step = seen.ladder.step(seen.rung)
        return step.remind is not None and not (seen.overdue and is_before_due(step))

    def asked(self, items: Iterable[Standing]) -> tuple[Money, ...]:
        """One open sum per currency, less the money on account where the policy nets it."""
        sums: dict[str, int] = {}
        for seen in items:
            sums[seen.open.currency] = sums.get(seen.open.currency, 0) + seen.open.minor
        if self.policy.net:
            for code, money in self.balances.on_account.items():
                if code in sums:
                    sums[code] -= money.minor
        return tuple(Money(sums[code], code) for code in sorted(sums))

    @cached_property
    def writing_from(self) -> datetime:
        """The first instant at which a message may leave: hours, days and the gap to the last one, at the customer's place."""
        last = max((self.account.written_on(notice) for notice in self.account.notices if notice.state.counts), default=None)
        earliest = None if last is None else last + timedelta(days=max(self.policy.gap_days, 1))
        return next_allowed(self.policy, self.account.customer.place, self.now, earliest)

    @cached_property
    def telling_from(self) -> datetime:
        """The first instant at which staff are told, in the policy's hours at the book's place."""
        return next_allowed(self.policy, self.account.book.place, self.now)

    @property
    def channels(self) -> frozenset[str]:
        """Those over which the customer can be reached."""
        return frozenset({"email"}) if self.account.customer.emails else frozenset()

    @property
    def is_fresh(self) -> bool:
        return self.account.fresh_until is None or self.now < self.account.fresh_until

    def part_covered(self, items: Iterable[Standing]) -> bool:
        """Money on account covers part of what would be asked, and the policy wants a person to look first."""
        if not self.policy.net or self.policy.on_account is not OnAccount.ASK:
            return False
        return any(self.balances.on_account.get(seen.open.currency, Money.zero(seen.open.currency)).minor > 0 for seen in items)


def is_settled(policy: Policy, left: Money) -> bool:
    least = policy.tolerance.get(left.currency)
    return left.minor <= 0 or (least is not None and left < least)


def _plan_over(account: Account, item: ItemId, now: datetime) -> Plan | None:
    for plan in account.plans:
        waits = plan.state is PlanState.PROPOSED and now < plan.at + timedelta(days=PLAN_OFFER_DAYS)
        if item in plan.covers and (plan.state is PlanState.ACTIVE or waits):
            return plan
    return None


def leads_first(seen: Standing) -> tuple[date, int, str]:
    return seen.item.due_on or date.max, -seen.open.minor, seen.item.number


def first_contact_waits(policy: Policy, account: Account) -> bool:
    """Whether the account's first items arrived already overdue and nobody has released it yet (DESIGN 2, first import)."""
    if policy.first_contact is not FirstContact.REVIEW or account.released_at is not None or not account.items:
        return False
    first = min(item.seen_at for item in account.items)
    day = account.book.place.day(first)
    then = balances(account, up_to=day)
    batch = (item for item in account.items if item.seen_at == first and item.due_on is not None and item.due_on < day)
    return any(not is_settled(policy, then.open_of(item.id)) for item in batch)
