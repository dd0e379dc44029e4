"""From what is listed to the letter a customer reads: the same for a preview, a staff send and the policy's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from workflows.domain.account import Account, ItemKind, ListedItem, PlanState
from workflows.domain.allocation import Balances, balances, on_plans
from workflows.domain.decision import Decision, State
from workflows.domain.ids import ItemId
from workflows.domain.messages import Agreed, Letter, LetterLine, Message
from workflows.domain.money import Money, totals
from workflows.domain.policy import Policy, Step
from workflows.domain.reach import EMAIL, addresses
from workflows.errors import Refused
from workflows.letter_facts import (
    ABOUT_MONEY,
    ABOUT_PLANS,
    ABOUT_PROMISES,
    STATEMENT,
    Came,
    answer_by,
    carries_documents,
    documents_of,
    money_that_came,
    numbers_of,
    plan_of,
    promise_given,
)
from workflows.ports import Clock

EDITED = "print"  # of an outbox row whose message a person edited: the fingerprint of what they saw before
LANGUAGE = "language"  # of an outbox row whose message a person chose the language of
CHASED = frozenset({State.OPEN, State.CHASING})
OVERRIDDEN = frozenset({State.SNOOZED, State.PROMISED, State.ON_PLAN})  # by a person who gives a reason (DESIGN 2, Override)


def letter(
    policy: Policy,
    account: Account,
    template: str,
    overdue: Sequence[ListedItem],
    upcoming: Sequence[ListedItem],
    clock: Clock,
    channel: str = EMAIL,
) -> Letter:
    """`overdue` leader first. Money on account is named and deducted where the policy nets it.

    What a letter of an event is about is found by what is listed: the plan, the money that came, the promise. One about money leaves
    out what that settled, one about a plan lists its instalments alone, and a statement everything that is open. It is for those of the
    customer's addresses that want messages.
    """
    left, about = balances(account), (*overdue, *upcoming)
    if template == STATEMENT:
        overdue, upcoming = _all_open(account, left, clock)
    documents = documents_of(account, overdue or upcoming) if carries_documents(policy, template) else ()
    if template in ABOUT_PLANS:
        overdue, upcoming = (), ()
    lines, soon = (_lines(account, left, listed, clock) for listed in (overdue, upcoming))
    if template in ABOUT_MONEY:
        lines, soon = (tuple(line for line in each if line.open.minor > 0) for each in (lines, soon))
    asked, deducted = _asked(lines if template != STATEMENT else lines + soon, left, net=policy.net)
    came = money_that_came(account, left, about) if template in ABOUT_MONEY else Came()
    return Letter(
        template,
        account.customer.language,
        account.book,
        replace(account.customer, emails=addresses(account)),
        account.book.place.day(clock.now()),
        lines,
        soon,
        asked,
        deducted,
        _agreed(account, left, about, clock) if template in ABOUT_PLANS else None,
        came.received,
        came.settled,
        came.crossed_on,
        promise_given(account, about) if template in ABOUT_PROMISES else None,
        documents,
        ordinal=1 + account.times_written(entry.item for entry in about),
        channel=channel,
    )


def fingerprint(message: Message) -> str:
    """Changes with what is said and to whom."""
    return hashlib.sha256(f"{message.subject}\n{message.text}\n{message.to}".encode()).hexdigest()[:16]


def _asked(lines: Iterable[LetterLine], left: Balances, *, net: bool) -> tuple[tuple[Money, ...], tuple[Money, ...]]:
    """What is asked for, and the money on account that was taken off it: a sum per currency, by code."""
    sums = {amount.currency: amount for amount in totals(line.open for line in lines)}
    credit = {code: left.on_account[code] for code in sums if net and left.on_account.get(code, Money.zero(code)).minor > 0}
    asked = tuple(sums[code] - credit.get(code, Money.zero(code)) for code in sorted(sums))
    return asked, tuple(credit[code] for code in sorted(credit))


def _all_open(account: Account, left: Balances, clock: Clock) -> tuple[list[ListedItem], list[ListedItem]]:
    """Overdue and not yet due, the oldest first; an invoice on a plan is there as its instalments."""
    today, planned = account.book.place.day(clock.now()), on_plans(account)
    items = [item for item in account.all_items if item.due_on and item.id not in planned and left.open_of(item.id).minor > 0]
    items.sort(key=lambda item: (item.due_on or today, item.number))
    late = [ListedItem(item.id, None) for item in items if item.due_on and item.due_on < today]
    return late, [ListedItem(item.id, None) for item in items if item.due_on and item.due_on >= today]


def _agreed(account: Account, left: Balances, about: Sequence[ListedItem], clock: Clock) -> Agreed | None:
    plan = plan_of(account, about)
    if plan is None:
        return None
    entries = [ListedItem(part.id, None) for part in plan.instalments]
    asked = replace(account, plans=tuple(replace(one, state=PlanState.ACTIVE) if one is plan else one for one in account.plans))
    running = left if plan.state is PlanState.ACTIVE else balances(asked)
    return Agreed(_lines(asked, running, entries, clock), numbers_of(account, plan.covers), answer_by(account, plan))


def _lines(account: Account, left: Balances, listed: Iterable[ListedItem], clock: Clock) -> tuple[LetterLine, ...]:
    today = account.book.place.day(clock.now())
    items = [account.item(entry.item) for entry in listed]
    money_alone = _money_alone(account, left)
    return tuple(
        LetterLine(
            item.number,
            item.due_on,
            (today - item.due_on).days,
            item.total,
            left.open_of(item.id),
            item.issued_on,
            item.reference,
            left.received_on(item.id) - money_alone.received_on(item.id),
            left.fees_on(item.id),
        )
        for item in items
        if item.due_on is not None
    )


def _money_alone(account: Account, left: Balances) -> Balances:
    """The balances without credit notes, so that a letter thanks for no money that never came.

    Those that an active plan started from stay: its sum was agreed on after them.
    """
    if not account.credits:
        return left
    began = {item: account.book.place.day(plan.at) for plan in account.plans if plan.state is PlanState.ACTIVE for item in plan.covers}
    earlier = tuple(credit for credit in account.credits if credit.item in began and credit.credited_on <= began[credit.item])
    return balances(replace(account, credits=earlier))


def listed_by_hand(policy: Policy, decision: Decision, leader: ItemId) -> tuple[Step, tuple[ListedItem, ...]]:
    """What a person's reminder about one item says: that item first, then every other overdue one, and the step that chooses the words.

    Nothing that is silent is listed but for the leader itself. Raises `Refused` for one that must not be asked for at all: paid,
    disputed, on hold or escalated.
    """
    lead = decision.of(leader)
    if lead.state not in CHASED | OVERRIDDEN:
        raise Refused(f"{lead.item.number} cannot be reminded of: {lead.because[0].lower()}{lead.because[1:]}")
    others = [other for other in decision.items if other.overdue and other.state in CHASED and other.item.id != leader]
    if lead.state is State.ON_PLAN:  # its instalments are the same debt
        others = [other for other in others if other.item.kind is not ItemKind.INSTALMENT]
    others.sort(key=lambda other: (other.item.due_on, other.item.number))
    listed = (
        ListedItem(leader, lead.level, lead.occurrence),
        *(ListedItem(other.item.id, other.level, other.occurrence) for other in others),
    )
    return _words(policy.for_item(leader), lead.level, overdue=lead.overdue, instalment=lead.item.kind is ItemKind.INSTALMENT), listed


def _words(policy: Policy, level: str | None, *, overdue: bool, instalment: bool) -> Step:
    """The highest reached step that writes; for an item below all of them the first one that fits."""
    writing = [step for step in policy.steps if step.remind is not None]
    after = [step for step in writing if not step.when.anchor.value.startswith("before")]
    before = [step for step in writing if step.when.anchor.value.startswith("before")]
    reached = [step for step in (after if overdue else before) if policy.rank(step.name) <= policy.rank(level)]
    candidates = reached[-1:] or (after if overdue or instalment or not before else before)[:1]
    if not candidates:
        raise Refused(f"The policy {policy.name} writes no letters; a reminder needs a step with one.")
    return candidates[0]
