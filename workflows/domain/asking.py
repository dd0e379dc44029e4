"""What of an account is asked for: the items worth chasing, and the sums over them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from workflows.domain.account import Notice
from workflows.domain.events import EVENT_NAMES
from workflows.domain.ids import ItemId
from workflows.domain.money import Money
from workflows.domain.policy import OnAccount
from workflows.domain.standing import Standing, by_due_day, leads_first
from workflows.domain.timing import Timing


class Asking(Timing):
    """What is asked for."""

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

    def part_covered(self, items: Iterable[Standing]) -> bool:
        """Money on account covers part of what would be asked, and the policy wants a person to look first."""
        if not self.balances.on_account or self.policy.on_account is not OnAccount.ASK:
            return False
        return any(self._credit(seen.open.currency).minor > 0 for seen in items)


def _leader_first(late: Iterable[Standing]) -> list[Standing]:
    by_day = sorted(late, key=by_due_day)
    leader = min(by_day, key=leads_first, default=None)
    return [] if leader is None else [leader, *(seen for seen in by_day if seen is not leader)]
