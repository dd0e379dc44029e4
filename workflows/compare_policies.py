"""What moving the running accounts to a policy would change: for each item now, and in sums. Nothing is changed by asking."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from workflows.domain.account import Account, Item
from workflows.domain.decide import decide
from workflows.domain.decision import ItemDecision, NextStep, State
from workflows.domain.ids import BookId
from workflows.domain.money import Money, totals
from workflows.domain.policy import Mode, Policy
from workflows.ports import Policies, UnitOfWork

Version = tuple[str, int]


@dataclass(frozen=True, slots=True)
class ItemImpact:
    """An open item under the version it runs on and under the one it would move to: level, next step, and whether it is written of today."""

    item: Item
    open: Money
    level: tuple[str | None, str | None]
    next: tuple[NextStep | None, NextStep | None]
    today: tuple[str | None, str | None]

    @property
    def changes(self) -> bool:
        return any(was != becomes for was, becomes in (self.level, self.next, self.today))


@dataclass(frozen=True, slots=True)
class AccountImpact:
    account: Account
    was: Version
    becomes: Version
    items: tuple[ItemImpact, ...]

    @property
    def changes(self) -> bool:
        return any(item.changes for item in self.items)


@dataclass(slots=True)
class Impact:
    """`running` accounts would move, of which `changed` would be treated otherwise from now on.

    `items` that change, and what would be asked for today before and after: one sum per currency over the items written of.
    The first `shown` of the changed accounts are kept.
    """

    policy: str
    running: int = 0
    changed: int = 0
    items: int = 0
    was_today: tuple[Money, ...] = ()
    becomes_today: tuple[Money, ...] = ()
    shown: list[AccountImpact] = field(default_factory=list)

    def count(self, one: AccountImpact, most: int) -> None:
        self.running += 1
        self.changed += one.changes
        self.items += sum(item.changes for item in one.items)
        self.was_today = totals([*self.was_today, *(item.open for item in one.items if item.today[0])])
        self.becomes_today = totals([*self.becomes_today, *(item.open for item in one.items if item.today[1])])
        if one.changes and len(self.shown) < most:
            self.shown.append(one)


async def compare_policies(
    name: str, now: datetime, work: UnitOfWork, before: Policies, after: Policies, book: BookId | None = None, most: int = 50
) -> Impact:
    """`after` are the policies with the new one called `name` among the current ones; accounts that it does not concern stay as they are."""
    impact = Impact(name)
    async for account in work.all_accounts(book):
        moved = would_move(name, account, before, after)
        if moved is not None:
            impact.count(_impact(account, before.of(account), moved, now), most)
    return impact


def would_move(name: str, account: Account, before: Policies, after: Policies) -> Policy | None:
    """What the account would run on; null for one that has not started, and where the policy called `name` changes nothing of it."""
    if account.policy is None:
        return None
    was, becomes = before.of(account), after.of(replace(account, policy=None))
    versions = _versions(was), _versions(becomes)
    named = any(policy[0] == name for either in versions for policy in either.values())
    return becomes if named and versions[0] != versions[1] else None


def goes_on(was: Policy, becomes: Policy) -> bool:
    """It was switched off until now: what fell into that time is treated as after any other pause."""
    return was.mode is Mode.OFF and becomes.mode is not Mode.OFF


def _versions(policy: Policy) -> dict[object, Version]:
    """Of the account and of every item that another policy has."""
    versions: dict[object, Version] = {item: (mine.name, mine.version) for item, mine in policy.apart.items()}
    return versions | {None: (policy.name, policy.version)}


def _impact(account: Account, was: Policy, becomes: Policy, now: datetime) -> AccountImpact:
    moved = replace(account, resumed_at=now) if goes_on(was, becomes) else account
    old, new = decide(was, account, now), decide(becomes, moved, now)
    items = tuple(
        _of_item(account, one, new.of(one.item.id), now)
        for one in old.items
        if one.state is not State.SETTLED or new.of(one.item.id).state is not State.SETTLED
    )
    return AccountImpact(account, (was.name, was.version), (becomes.name, becomes.version), items)


def _of_item(account: Account, was: ItemDecision, becomes: ItemDecision, now: datetime) -> ItemImpact:
    return ItemImpact(
        was.item,
        was.open,
        (was.level, becomes.level),
        (was.next, becomes.next),
        (_today(account, was, now), _today(account, becomes, now)),
    )


def _today(account: Account, item: ItemDecision, now: datetime) -> str | None:
    """The step in whose words the customer is written to today about the item, if nothing happens before."""
    place, ahead = account.customer.place, item.next
    leaves = ahead is not None and ahead.reminds and place.day(ahead.at) <= place.day(now)
    return ahead.step if ahead is not None and leaves else None
