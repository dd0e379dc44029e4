"""From what is listed to the letter a customer reads: the same for a preview, a staff send and the policy's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workflows.domain.account import Account, ItemKind, ListedItem, PlanState
from workflows.domain.allocation import Balances, balances
from workflows.domain.decision import Decision, State
from workflows.domain.ids import ItemId
from workflows.domain.messages import Letter, LetterLine
from workflows.domain.money import Money
from workflows.domain.policy import Policy, Step
from workflows.errors import Refused
from workflows.ports import Clock

CHASED = frozenset({State.OPEN, State.CHASING})


def letter(
    policy: Policy, account: Account, template: str, overdue: Sequence[ListedItem], upcoming: Sequence[ListedItem], clock: Clock
) -> Letter:
    """`overdue` leader first. Money on account is named and deducted where the policy nets it."""
    left = balances(account)
    lines = _lines(account, left, overdue, clock)
    soon = _lines(account, left, upcoming, clock)
    credit = {code: money for code, money in left.on_account.items() if policy.net and money.minor > 0}
    sums: dict[str, Money] = {}
    for line in lines:
        sums[line.open.currency] = sums.get(line.open.currency, Money.zero(line.open.currency)) + line.open
    deducted = {code: credit[code] for code in sums if code in credit}
    asked = tuple(sums[code] - deducted.get(code, Money.zero(code)) for code in sorted(sums))
    return Letter(
        template,
        account.customer.language,
        account.book,
        account.customer,
        account.book.place.day(clock.now()),
        lines,
        soon,
        asked,
        tuple(deducted[code] for code in sorted(deducted)),
    )


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

    Raises `Refused` for an item that must not be asked for: paid, on a plan, escalated or snoozed.
    """
    lead = decision.of(leader)
    if lead.state not in CHASED:
        raise Refused(f"{lead.item.number} cannot be reminded of: {lead.because[0].lower()}{lead.because[1:]}")
    others = [other for other in decision.items if other.overdue and other.state in CHASED and other.item.id != leader]
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
