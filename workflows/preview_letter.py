"""A letter as the customer would get it, for a look at a template with real data; nothing is sent or stored."""

from __future__ import annotations

from dataclasses import replace

from workflows.domain.account import Account, ListedItem, PlanState
from workflows.domain.allocation import balances
from workflows.domain.decide import decide
from workflows.domain.ids import ItemId
from workflows.domain.messages import Message
from workflows.domain.policy import Policy
from workflows.errors import Refused
from workflows.letter_facts import ABOUT_MONEY, ABOUT_PLANS, ABOUT_PROMISES, STATEMENT, plan_of
from workflows.ports import Clock, Letters
from workflows.write_letter import letter, listed_by_hand

OF_INSTALMENTS = frozenset(["instalment_upcoming", "instalment_late"])
OF_EVENTS = ABOUT_MONEY | ABOUT_PLANS | ABOUT_PROMISES | {STATEMENT}


def preview_letter(
    policy: Policy, account: Account, item: ItemId, letters: Letters, clock: Clock, template: str | None = None, language: str | None = None
) -> Message:
    """In the words of `template`, else of the step the item has reached. Raises `Refused` where there is nothing to write about."""
    late, soon, words = _listed(policy, account, item, clock, template)
    written = letter(policy, account, words, late, soon, clock)
    return letters.write(replace(written, language=language or written.language))


def _listed(
    policy: Policy, account: Account, item: ItemId, clock: Clock, template: str | None
) -> tuple[tuple[ListedItem, ...], tuple[ListedItem, ...], str]:
    decision = decide(policy, account, clock.now())
    if template in OF_INSTALMENTS:
        listed: tuple[ListedItem, ...] = (ListedItem(_whose_turn_it_is(account, item), None),)
        words = template
    elif template in OF_EVENTS:
        listed, words = (ListedItem(item, None),), template
    else:
        step, listed = listed_by_hand(policy, decision, item)
        words = template or (step.remind.template if step.remind else step.name)
    late = tuple(entry for entry in listed if decision.of(entry.item).overdue)
    return late, tuple(entry for entry in listed if entry not in late), words


def _whose_turn_it_is(account: Account, item: ItemId) -> ItemId:
    """Of the plan that covers the invoice, the oldest instalment that is not paid; an instalment is itself."""
    plan = plan_of(account, (ListedItem(item, None),))
    if plan is None or plan.state is not PlanState.ACTIVE:
        raise Refused("There is nothing to write about: no payment plan runs.")
    if any(part.id == item for part in plan.instalments):
        return item
    left = balances(account)
    owed = [part.id for part in plan.instalments if left.open_of(part.id).minor > 0]
    if not owed:
        raise Refused("There is nothing to write about: every instalment is paid.")
    return owed[0]
