"""What an account stands at by a plainer reading of its facts than `decide`'s: the machine of weeks compares the two."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from workflows.domain.account import Account, Item, ItemKind, PlanState
from workflows.domain.claims import Hold, Promise
from workflows.domain.decision import Action
from workflows.domain.ids import ItemId

DAY = timedelta(days=1)
DATED = {"upcoming": -2, "first": 1, "second": 3, "last": 7}


class PlainReading:
    """Under a policy of one day of grace for promises and 0.10 of tolerance."""

    account: Account
    now: datetime

    def is_planned(self, item: Item) -> bool:
        return any(
            item.id in one.covers and (one.state is PlanState.ACTIVE or (one.state is PlanState.PROPOSED and (self.now - one.at) < 7 * DAY))
            for one in self.account.plans
        )

    def plain_state(self, item: Item, left: int) -> str:
        today = self.book_day()
        if left < 10:
            return "settled"
        if any(one.ended_at is None and self.holds(one, item) for one in self.account.holds):
            return "held"
        if any(one.ended_at is None and one.item in self.family(item) for one in self.account.disputes):
            return "disputed"
        for one in self.account.plans:
            offered = one.state is PlanState.PROPOSED and (self.now - one.at) < 7 * DAY
            if item.id in one.covers and (one.state is PlanState.ACTIVE or offered):
                return "on_plan"
        if any(e.item == item.id and e.ended_at is None for e in self.account.escalations):
            return "escalated"
        mine = [one for one in self.account.promises if item.id in one.items and one.ended_at is None]
        if mine and self.stands(mine[-1]):
            return "promised"
        if any(s.item == item.id and s.ended_at is None and today < s.until for s in self.account.snoozes):
            return "snoozed"
        return "open"

    def stands(self, promise: Promise) -> bool:
        """One day of grace, counted by hand: it is a working day."""
        last = promise.until + DAY
        while not self.account.book.place.is_business_day(last):
            last += DAY
        return self.book_day() <= last

    def family(self, item: Item) -> set[ItemId]:
        return {item.id} | {covered for one in self.account.plans if one.id == item.plan for covered in one.covers}

    def paid_on(self, item: Item) -> int:
        return sum(one.amount.minor for one in self.account.payments if one.item in self.family(item))

    def holds(self, hold: Hold, item: Item) -> bool:
        if hold.item is not None and hold.item not in self.family(item):
            return False
        if hold.until is not None and self.book_day() >= hold.until:
            return False
        of = next((one for one in self.account.all_items if one.id == hold.item), None)
        return hold.had is None or of is None or self.paid_on(of) <= hold.had.minor

    def plain_level(self, item: Item) -> str | None:
        assert item.due_on is not None
        age = (self.account.customer.place.day(self.now) - item.due_on).days
        if item.kind is ItemKind.INSTALMENT:
            return "late" if age >= 1 else None
        names = [name for name, days in DATED.items() if age >= days]
        seconds = [
            self.account.written_on(n)
            for n in self.account.notices
            if n.state.counts and any(e.item == item.id and e.step == "second" for e in n.items)
        ]
        if names and names[-1] == "second" and seconds and (self.account.customer.place.day(self.now) - max(seconds)).days >= 2:
            return "final"
        return names[-1] if names else None

    def lists_only_what_is_chased(self, action: Action) -> None:
        """And asks for exactly what is open of it, less the money on account."""
        opened, today = self.open_by_name(), self.book_day()
        assert not self.covered()
        for entry in action.items + action.upcoming:
            item = self.account.item(entry.item)
            assert self.plain_state(item, opened[item.id]) == "open", item
        items = [self.account.item(entry.item) for entry in action.items]
        assert all(item.due_on is not None and item.due_on < today for item in items)
        if items:
            assert [amount.minor for amount in action.amounts] == [sum(opened[item.id] for item in items) - self.on_account()]
            assert action.amounts[0].minor > 0
            late = {i.id for i in self.account.all_items if i.due_on and i.due_on < today and self.plain_state(i, opened[i.id]) == "open"}
            assert {item.id for item in items} == late, "every overdue open item is listed"

    def open_by_name(self) -> dict[ItemId, int]:
        """What is open by the money that names each item, its plan's instalment being another name for it."""
        left = {}
        for item in self.account.items:
            left[item.id] = max(0, item.total.minor - sum(self.named(item.id)))
            for one in self.account.plans:
                if item.id in one.covers:
                    left.update({part.id: left[item.id] for part in one.instalments})
        return left

    def named(self, item: ItemId) -> list[int]:
        names = {item} | {part.id for one in self.account.plans if item in one.covers for part in one.instalments}
        money = [(one.item, one.amount.minor) for one in self.account.payments] + [
            (one.item, one.amount.minor) for one in self.account.credits
        ]
        return [minor for item_named, minor in money if item_named in names]

    def on_account(self) -> int:
        free = sum(money.amount.minor for money in self.account.payments if money.item is None)
        return free + sum(max(0, sum(self.named(item.id)) - item.total.minor) for item in self.account.items)

    def covered(self) -> bool:
        return 0 < self.on_account() >= sum(self.open_by_name()[item.id] for item in self.account.items)

    def had_a_pause(self, item: ItemId) -> bool:
        paused = (
            {s.item for s in self.account.snoozes} | {e.item for e in self.account.escalations} | {d.item for d in self.account.disputes}
        )
        paused |= {named for one in self.account.promises for named in one.items}
        held = any(one.item is None or one.item in self.family(self.account.item(item)) for one in self.account.holds)
        disputed = any(one.item in self.family(self.account.item(item)) for one in self.account.disputes)
        return held or disputed or item in paused | {covered for one in self.account.plans for covered in one.covers}

    def book_day(self) -> date:
        return self.account.book.place.day(self.now)

    def pick(self, index: int) -> Item:
        return self.account.all_items[index % len(self.account.all_items)]
