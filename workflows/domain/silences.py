"""What keeps an item silent for a time, and when that is over: promises, holds, snoozes, answers nobody has read."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from operator import itemgetter

from workflows.domain.account import Account, Item
from workflows.domain.approvals import ApprovalKind
from workflows.domain.claims import Hold
from workflows.domain.decision import PromiseNow
from workflows.domain.holds import covers, holds_on, money_came
from workflows.domain.ids import ItemId
from workflows.domain.policy import Policy
from workflows.domain.promises import Fate, ends_on, fate


class Silences:
    """Of one account on one day at the book's place."""

    policy: Policy
    account: Account
    book_day: date

    @cached_property
    def undisturbed(self) -> bool:
        """As the account says; asked of every item."""
        return self.account.undisturbed

    @cached_property
    def _promises(self) -> dict[ItemId, PromiseNow]:
        """Each item's newest promise."""
        found: dict[ItemId, PromiseNow] = {}
        for promise in sorted((one for one in self.account.promises if one.ended_how is None), key=lambda one: one.at):
            became = fate(promise, self.policy, self.account, self.book_day)
            now = PromiseNow(promise, became, ends_on(promise, self.policy, self.account))
            found |= dict.fromkeys(promise.items, now)
        return found

    def promise_on(self, item: ItemId) -> PromiseNow | None:
        return self._promises.get(item)

    def promised_to(self, item: ItemId) -> date | None:
        """The first day on which its promise no longer keeps it silent; null when none does today."""
        promise = self._promises.get(item)
        return promise.ends_on if promise is not None and self.book_day < promise.ends_on else None

    def broke_on(self, item: ItemId) -> date | None:
        """The day on which its newest promise ended, not kept or only in part."""
        promise = self._promises.get(item)
        return promise.ends_on if promise is not None and promise.fate in {Fate.BROKEN, Fate.PARTLY_KEPT} else None

    @cached_property
    def promises_kept(self) -> tuple[int, int]:
        """How many of the customer's promises were kept, and of how many that were kept or whose time is over."""
        fates = [fate(one, self.policy, self.account, self.book_day) for one in self.account.promises]
        return fates.count(Fate.KEPT), sum(1 for became in fates if became in {Fate.KEPT, Fate.PARTLY_KEPT, Fate.BROKEN})

    def held_to(self, item: Item) -> date | None:
        """The day on which nothing holds it any more; null when that is not known."""
        ends = [hold.until for hold in holds_on(self.account, item, self.book_day)]
        return None if None in ends else max((end for end in ends if end is not None), default=None)

    def hold_over(self, item: Item) -> tuple[Hold, date] | None:
        """The last hold on it that came to the end of its time, with that day; one that the money ended is none."""
        mine = [hold for hold in self.account.holds if hold.ended_at is None and covers(hold, self.account, item)]
        over = [(hold, hold.until) for hold in mine if hold.until is not None and money_came(hold, self.account) is None]
        return max((one for one in over if not self.book_day < one[1]), key=itemgetter(1), default=None)

    def quiet_to(self, item: Item) -> date | None:
        """The day on which everything that keeps it silent for a time is over."""
        ends = (self.snoozed_until(item.id), self.promised_to(item.id), self.held_to(item))
        return max((end for end in ends if end is not None), default=None)

    @cached_property
    def _snoozes(self) -> dict[ItemId, date]:
        """The end of each item's latest snooze that nobody ended by hand, passed or not."""
        ends: dict[ItemId, date] = {}
        for snooze in self.account.snoozes:
            if snooze.ended_at is None:
                ends[snooze.item] = max(snooze.until, ends.get(snooze.item, snooze.until))
        return ends

    def snoozed_until(self, item: ItemId) -> date | None:
        until = self._snoozes.get(item)
        return until if until is not None and until > self.book_day else None

    def woke_on(self, item: ItemId) -> date | None:
        """The day on which its snooze ran out by itself."""
        until = self._snoozes.get(item)
        return until if until is not None and until <= self.book_day else None

    @cached_property
    def plan_asked(self) -> frozenset[ItemId]:
        """Items for which a plan was drawn up that a second person has yet to approve."""
        asked = (one for one in self.account.approvals if one.kind is ApprovalKind.PLAN and one.ended_at is None)
        return frozenset(one.item for one in asked)

    def answered(self, item: ItemId) -> bool:
        """The customer answered, about it or about everything, and nobody has dealt with it."""
        return None in self._answers or item in self._answers

    @cached_property
    def _answers(self) -> frozenset[ItemId | None]:
        waiting = [reply for reply in self.account.replies if reply.ended_at is None]
        everything: frozenset[ItemId | None] = frozenset({None}) if any(not reply.items for reply in waiting) else frozenset()
        return everything | {item for reply in waiting for item in reply.items}
