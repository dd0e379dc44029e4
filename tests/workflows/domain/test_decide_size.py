"""A customer with ten thousand open items is decided with work that grows as the items do, and no faster."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

from tests.workflows.domain.accounts import MAX, account, at, invoice, look, notice, policy
from workflows.domain.account import Account, Escalation, Item, Raised, Snooze
from workflows.domain.policy import Sequence

SMALL, LARGE = 200, 1600


def large_account(count: int) -> Account:
    """Every fourth item snoozed, every fifth escalated and handed back, every third raised; all listed in one notice."""
    items = [invoice(f"I{n}", "100.00", -(n % 90), currency=("EUR", "USD")[n % 2]) for n in range(count)]
    ids = [item.id for item in items]
    return account(
        *items,
        snoozes=tuple(Snooze(one, at(n % 9, "00:00").date(), MAX, at(-9)) for n, one in enumerate(ids) if n % 4 == 0),
        escalations=tuple(Escalation(one, MAX, "why", None, at(-9), at(-8)) for n, one in enumerate(ids) if n % 5 == 0),
        raised=tuple(Raised(one, "first", 0, at(-9)) for n, one in enumerate(ids) if n % 3 == 0),
        notices=(notice(-5, "first", *(item.number for item in items)),),
    )


def calls_of(work: Callable[[], object]) -> int:
    """How many functions are entered, comparisons of items (each a walk over its fields) among them."""
    count = 0

    def enter(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(enter)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_work_grows_as_the_items_do() -> None:
    for sequence in Sequence:
        rules = policy(sequence=sequence, max_attempts=5)
        small, large = (calls_of(partial(look, rules, large_account(count), at(3))) for count in (SMALL, LARGE))
        assert large < 1.3 * (LARGE / SMALL) * small, f"{small} calls for {SMALL} items, {large} for {LARGE}"


def test_the_count_notices_work_that_grows_faster() -> None:
    def every_pair(items: tuple[Item, ...]) -> object:
        return [one for one in items if any(one.id.hex == other.id.hex for other in reversed(items))]

    small, large = (calls_of(partial(every_pair, large_account(count).items)) for count in (SMALL // 4, LARGE // 4))
    assert large > 1.3 * (LARGE / SMALL) * small
