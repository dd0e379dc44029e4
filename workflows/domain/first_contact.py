"""What was already late when a customer was first heard of, and whether it waits for a word of a manager."""

from __future__ import annotations

from workflows.domain.account import Account, Item
from workflows.domain.allocation import balances
from workflows.domain.lateness import is_settled
from workflows.domain.policy import FirstContact, Policy


def late_at_first(policy: Policy, account: Account) -> list[Item]:
    """Those of the account's first items that arrived already overdue."""
    if not account.items:
        return []
    first = min(item.seen_at for item in account.items)
    day = account.book.place.day(first)
    batch = [item for item in account.items if item.seen_at == first and item.due_on is not None and item.due_on < day]
    then = balances(account, up_to=day) if batch else None
    return [] if then is None else [item for item in batch if not is_settled(policy, then.open_of(item.id))]


def first_contact_waits(policy: Policy, account: Account) -> bool:
    """Whether the account's first items arrived already overdue and nobody has released it yet (DESIGN 2, first import)."""
    if policy.first_contact is not FirstContact.REVIEW or account.released_at is not None:
        return False
    return bool(late_at_first(policy, account))
