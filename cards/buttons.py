"""The buttons that fit an item's state, and the actions they carry."""

from __future__ import annotations

from cards.actions import Action, Name
from cards.elements import Actions, Button, Style
from cards.standing import flag_on, plan_on
from workflows.domain.account import Account, PlanState
from workflows.domain.decision import ItemDecision, State

_LABELS = {
    Name.SEND_REMINDER: "Send reminder",
    Name.SNOOZE: "Snooze",
    Name.WAKE: "Wake",
    Name.PLAN: "Payment plan",
    Name.ESCALATE: "Escalate",
    Name.HAND_BACK: "Hand back",
    Name.FLAG: "Flag",
    Name.UNFLAG: "Unflag",
    Name.PROMISE: "Promise",
    Name.CANCEL_PROMISE: "Cancel promise",
    Name.SAYS_PAID: "Says paid",
    Name.DISPUTE: "Dispute",
    Name.SETTLE_DISPUTE: "Settle dispute",
    Name.NOTE: "Note",
    Name.HOLD: "Hold",
    Name.RELEASE_HOLD: "Release",
    Name.WHY: "Why?",
}
_OBJECTS = (Name.DISPUTE, Name.NOTE, Name.HOLD, Name.WHY)
_CLAIMS = (Name.PROMISE, Name.SAYS_PAID, *_OBJECTS)
_CHASES = (Name.SEND_REMINDER, Name.PLAN, Name.ESCALATE)
_CHASED = ((Name.SEND_REMINDER, Name.SNOOZE, Name.PLAN, Name.ESCALATE), _CLAIMS)
_ANSWERED = ((Name.SNOOZE, Name.ESCALATE), (Name.SEND_REMINDER, *_CLAIMS))  # the customer's answer to an older offer comes first
# What each state offers: in sight, the most likely first, and behind More.
_OFFERED: dict[State, tuple[tuple[Name, ...], tuple[Name, ...]]] = {
    State.OPEN: _CHASED,
    State.CHASING: _CHASED,
    State.SNOOZED: ((Name.WAKE, Name.SNOOZE), (*_CHASES, *_CLAIMS)),
    State.PROMISED: ((Name.PROMISE, Name.CANCEL_PROMISE), (Name.PLAN, Name.ESCALATE, Name.SAYS_PAID, *_OBJECTS)),
    State.ESCALATED: ((Name.HAND_BACK,), (Name.PLAN, *_CLAIMS)),
    State.ON_PLAN: ((), _OBJECTS),
    State.DISPUTED: ((Name.SETTLE_DISPUTE, Name.ESCALATE), (Name.NOTE, Name.HOLD, Name.WHY)),
    State.HELD: ((Name.RELEASE_HOLD,), (Name.ESCALATE, Name.PROMISE, Name.DISPUTE, Name.NOTE, Name.WHY)),
}
_LIKELY = frozenset({Name.SEND_REMINDER, Name.WAKE, Name.HAND_BACK, Name.SETTLE_DISPUTE, Name.RELEASE_HOLD})
_AGAIN = frozenset({(State.SNOOZED, Name.SNOOZE), (State.PROMISED, Name.PROMISE)})


def about(account: Account, decided: ItemDecision, action: Name, **data: str) -> Action:
    """An action on the item, carrying the version of it that the card shows."""
    return Action(action, decided.item.id, len(account.acts_on(decided.item.id)), data)


def buttons(account: Account, decided: ItemDecision) -> Actions:
    """What can be done now, the most likely first; the rarer behind More."""
    if decided.state is State.SETTLED:
        return Actions(())
    answer = _answer(account, decided)
    chased = decided.state in {State.OPEN, State.CHASING}
    names, rarer = _ANSWERED if answer and chased else _OFFERED[decided.state]
    flag = _button(account, decided, Name.UNFLAG if flag_on(account, decided.item.id) else Name.FLAG)
    shown = tuple(_button(account, decided, name, in_sight=True) for name in names)
    more = tuple(_button(account, decided, name) for name in rarer)
    return Actions((*answer, *shown, flag) if chased else (*shown, *answer, flag), more)


def _button(account: Account, decided: ItemDecision, name: Name, *, in_sight: bool = False) -> Button:
    label = "Reschedule" if in_sight and (decided.state, name) in _AGAIN else _LABELS[name]
    return Button(label, about(account, decided, name), Style.PRIMARY if in_sight and name in _LIKELY else Style.PLAIN)


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
