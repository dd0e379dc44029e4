"""What must always hold, looked for once a day in what is stored: each rule that is found broken becomes a card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_OID, uuid5

from workflows.acting import record, stand
from workflows.domain.account import Account, Book, PlanState
from workflows.domain.decide import decide
from workflows.domain.decision import ActionKind, Decision
from workflows.domain.ids import BookId, CardId, CustomerId, new_id
from workflows.domain.money import Money, total
from workflows.ports import Clock, Policies
from workflows.records import CHANGED, CardKind, Look, StaffCard
from workflows.work.keeping import KeepingStore, KeepingWork

PAGE = 100
MOST_LINES = 5  # on one card
SLACK = timedelta(minutes=10)  # a tick is every minute; a hint this much late was not just missed by one
STUCK = timedelta(days=1)


class Rule(StrEnum):
    """`said_twice`: a step about an item. `late_hint`: an account would not be looked at when it should, or not be listed. `ledger`: balance and buckets.

    `plan`: instalments and what they stand for. `outbox`: what waits to leave.
    """

    SAID_TWICE = "said_twice"
    LATE_HINT = "late_hint"
    LEDGER = "ledger"
    PLAN = "plan"
    OUTBOX = "outbox"


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where a rule does not hold, without a name in it."""

    rule: Rule
    book: BookId
    words: str


async def audit_invariants(store: KeepingStore, policies: Policies, clock: Clock) -> Sequence[Broken]:
    """Reads a page of accounts at a time, each in a short unit of its own. A hint found late is put right at once."""
    found: list[Broken] = []
    last: CustomerId | None = None
    while True:
        async with store() as work:
            page = await work.customers_after(last, PAGE)
            found += await _of_page({look.customer: look for look in page}, work, policies, clock.now())
        if not page:
            break
        last = page[-1].customer
    async with store() as work:
        found += await _of_books(work, clock.now())
        await _tell(found, work, clock.now())
    return found


async def _of_page(looks: Mapping[CustomerId, Look], work: KeepingWork, policies: Policies, now: datetime) -> list[Broken]:
    found: list[Broken] = []
    for account in await work.accounts(list(looks)):
        look = looks[account.customer.id]
        found += said_twice(account)
        found += plan_sums(account)
        decision = _decided(account, policies, now)
        if decision is None:
            continue
        if decision.oldest_due_on != look.oldest_due_on and not decision.moves_money:
            await work.looked_all([replace(look, oldest_due_on=decision.oldest_due_on)])
            found += wrong_day(account, look.oldest_due_on, decision.oldest_due_on)
        late = late_hint(account, look.next_at, decision, now)
        if late is not None:
            await work.looked(account.customer.id, now, account.policy)
            found.append(late)
    return found


async def _of_books(work: KeepingWork, now: datetime) -> list[Broken]:
    books = await work.books()
    found = [broken for book in books for broken in await _ledger(book, work, book.place.day(now))]
    waiting = await work.stuck(now - STUCK)
    found += [Broken(Rule.OUTBOX, books[0].id, f"{number} of kind {kind.value} should have left.") for kind, number in waiting.items()]
    return found


def said_twice(account: Account) -> Iterator[Broken]:
    """Steps of an item that lead two messages which reached, or may have reached, the customer. Those a person sent may repeat."""
    led = Counter(
        (listed.item, listed.step, listed.occurrence)
        for notice in account.notices
        if notice.state.counts and notice.by is None
        for listed in notice.items
        if listed.leads
    )
    for (item, step, _), times in led.items():
        if times > 1:
            yield Broken(Rule.SAID_TWICE, account.book.id, f"{account.item(item).number}: {step} was said {times} times.")


def plan_sums(account: Account) -> Iterator[Broken]:
    """The instalments of a running plan are above zero, and no more than all that was ever owed for what they stand for."""
    for plan in account.plans:
        if plan.state is not PlanState.ACTIVE or not plan.instalments:
            continue
        covered = [account.item(item) for item in plan.covers]
        charged = [fee.amount for fee in account.fees if fee.item in plan.covers]
        currency = plan.instalments[0].total.currency
        planned = total((part.total for part in plan.instalments), currency)
        owed = total([*(item.total for item in covered), *charged], currency)
        if planned > owed or any(part.total.minor <= 0 for part in plan.instalments):
            yield Broken(Rule.PLAN, account.book.id, f"The plan over {covered[0].number} asks for {planned} of {owed}.")


def _decided(account: Account, policies: Policies, now: datetime) -> Decision | None:
    try:
        return decide(policies.of(account), account, now)
    except Exception:  # ruff: ignore[blind-except] - an account that cannot be decided has a card of its own
        return None


def late_hint(account: Account, hint: datetime | None, decision: Decision, now: datetime) -> Broken | None:
    """Something is to be done, or comes before the account would be looked at."""
    writes = any(action.kind is ActionKind.REMIND for action in decision.actions)
    due = now if writes else decision.next_look_at
    if due is None or (hint is not None and hint <= due + SLACK):
        return None
    when = "never" if hint is None else f"only at {hint:%Y-%m-%d %H:%M} UTC"
    return Broken(Rule.LATE_HINT, account.book.id, f"Customer {account.customer.number} would have been looked at {when}.")


def wrong_day(account: Account, hint: date | None, oldest: date | None) -> Iterator[Broken]:
    """The account would have stood in the wrong place of what is overdue, or not at all. What merely changed since is no mistake."""
    if hint != CHANGED:
        known, right = (f"since {day}" if day else "never" for day in (hint, oldest))
        yield Broken(
            Rule.LATE_HINT, account.book.id, f"Customer {account.customer.number} was listed as overdue {known}; right is {right}."
        )


async def _ledger(book: Book, work: KeepingWork, day: date) -> list[Broken]:
    """The balance, once as the plain sum of what was booked and once as the buckets of the aging with what is unapplied."""
    booked = {code: minor for code, minor in (await work.booked(book.id, day)).items() if minor}
    aged = {row.currency: row.balance.minor for row in await work.aging(book.id, day)}
    return [
        Broken(Rule.LEDGER, book.id, f"{Money(booked.get(code, 0), code)} is booked, {Money(aged.get(code, 0), code)} in the buckets.")
        for code in sorted({*booked, *aged})
        if booked.get(code, 0) != aged.get(code, 0)
    ]


async def _tell(found: Sequence[Broken], work: KeepingWork, now: datetime) -> None:
    """One card per rule, book and day."""
    for book in await work.books():
        for rule in Rule:
            lines = [one.words for one in found if (one.rule, one.book) == (rule, book.id)]
            if not lines:
                continue
            data = {"what": "broken_rule", "rule": rule.value, "found": lines[:MOST_LINES], "more": max(0, len(lines) - MOST_LINES)}
            subject = uuid5(NAMESPACE_OID, f"{rule.value} {book.id}")
            card = StaffCard(CardId(new_id()), CardKind.PROBLEM, book.id, subject, book.place.day(now), now, data=data)
            if await stand(work, book, card):
                await record(work, "duebot", now, "rule.broken", {"rule": rule.value, "book": book.slug, "places": len(lines)})
