"""Up to when the balances of a book count as current."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workflows.domain.account import Account, Book
from workflows.domain.policy import Policy

_USUAL = 1  # business days
NEVER_READ = datetime.fromtimestamp(0, UTC)


def fresh_until(book: Book, *, has_items: bool, business_days: int = _USUAL) -> datetime | None:
    """The first instant at which balances are too old to send on; null when they never are.

    A book fed by files is fresh to the end, at its place, of that many business days after the day its last file was exported.
    One that has items but was never read is not fresh at all.
    """
    if not book.fed_by_files or (book.read_through is None and not has_items):
        return None
    if book.read_through is None:
        return NEVER_READ
    last = book.place.add_business_days(book.read_through, business_days)
    return book.place.start_of(last + timedelta(days=1))


def fresh_under(policy: Policy, account: Account) -> datetime | None:
    """Up to when its balances are current enough for that policy; the account itself says how long they are for the usual one."""
    if account.fresh_until is None or policy.freshness_file == _USUAL or account.book.read_through is None:
        return account.fresh_until
    return fresh_until(account.book, has_items=bool(account.items), business_days=policy.freshness_file)
