"""What became of the promises that came due in a time: kept, kept in part, or broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

from workflows.domain.account import Account, Book
from workflows.domain.claims import Promise
from workflows.domain.promises import Fate, ends_on, fate, received
from workflows.domain.summary import Judged
from workflows.ports import Policies, UnitOfWork

MOST_GRACE = timedelta(days=60)  # a promise of an earlier day may come due in the time, once its grace is over
_DAY = timedelta(days=1)


async def judge_promises(book: Book, first: date, last: date, work: UnitOfWork, policies: Policies) -> AsyncIterator[Judged]:
    """Those whose last day, grace included, is from `first` to `last`; as it was known when `last` was over."""
    async for account in work.promising_accounts(book.id, first - MOST_GRACE, last):
        known = _as_at(account, last)
        policy = policies.of(account)
        for promise in known.promises:
            end = ends_on(promise, policy, known)
            became = fate(promise, policy, known, end)
            if first <= end - _DAY <= last and became in {Fate.KEPT, Fate.PARTLY_KEPT, Fate.BROKEN}:
                yield Judged(known.customer.name, promise.amount, min(received(promise, policy, known), promise.amount), became)


def _as_at(account: Account, day: date) -> Account:
    """With the promises that were made by the end of the day; one that was ended later stood."""
    over = account.book.place.start_of(day + _DAY)
    made = (promise for promise in account.promises if promise.at < over)
    return replace(
        account, promises=tuple(_stood(promise) if promise.ended_at and promise.ended_at >= over else promise for promise in made)
    )


def _stood(promise: Promise) -> Promise:
    return replace(promise, ended_at=None, ended_how=None)
