"""The buttons that fit an item's state, and the actions they carry."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from cards.actions import Action, Name
from cards.elements import Actions, Button, Style
from cards.standing import flag_on, plan_on
from workflows.domain.account import Account, PlanState
from workflows.domain.decision import ItemDecision, State


def about(account: Account, decided: ItemDecision, action: Name, **data: str) -> Action:
    """An action on the item, carrying the version of it that the card shows."""
    return Action(action, decided.item.id, len(account.acts_on(decided.item.id)), data)


def buttons(account: Account, decided: ItemDecision) -> Actions:
    """What can be done now, the most likely first; the rarer behind More."""

    def button(label: str, action: Name, style: Style = Style.PLAIN, **data: str) -> Button:
        return Button(label, about(account, decided, action, **data), style)

    send = button("Send reminder", Name.SEND_REMINDER)
    plan, escalate, why = button("Payment plan", Name.PLAN), button("Escalate", Name.ESCALATE), button("Why?", Name.WHY)
    flag = button("Unflag", Name.UNFLAG) if flag_on(account, decided.item.id) else button("Flag", Name.FLAG)
    snooze, answer = button("Snooze", Name.SNOOZE), _answer(account, decided)
    match decided.state:
        case State.SNOOZED:
            wake = button("Wake", Name.WAKE, Style.PRIMARY)
            return Actions((wake, button("Reschedule", Name.SNOOZE), *answer, flag), (send, plan, escalate, why))
        case State.ESCALATED:
            return Actions((button("Hand back", Name.HAND_BACK, Style.PRIMARY), *answer, flag), (plan, why))
        case State.PROMISED | State.DISPUTED | State.HELD:
            return Actions((flag,), (why,))
        case State.ON_PLAN:
            return Actions((*answer, flag), (why,))
        case State.OPEN | State.CHASING if answer:  # the offer is older than reminders wait for it
            return Actions((*answer, snooze, escalate, flag), (send, why))
        case State.OPEN | State.CHASING:
            return Actions((replace(send, style=Style.PRIMARY), snooze, plan, escalate, flag), (why,))
        case State.SETTLED:
            return Actions(())
        case _:
            assert_never(decided.state)


def _answer(account: Account, decided: ItemDecision) -> tuple[Button, ...]:
    """What the customer said to a plan that is only proposed."""
    proposed = plan_on(account, decided.item.id, PlanState.PROPOSED)
    if proposed is None:
        return ()
    plan = str(proposed.id)
    accepts = about(account, decided, Name.ACCEPT_PLAN, plan=plan)
    return Button("Customer accepts", accepts, Style.PRIMARY), Button(
        "Customer declines", about(account, decided, Name.DECLINE_PLAN, plan=plan)
    )
