"""The buttons that fit an item's state, and the actions they carry."""

from __future__ import annotations

from cards import reply_buttons
from cards.actions import Action, Name
from cards.clean import bare, shorten
from cards.elements import Actions, Button, Style
from cards.standing import flag_on, plan_on
from workflows.domain.account import Account, PlanState
from workflows.domain.contact import Reply
from workflows.domain.decision import ItemDecision, State
from workflows.domain.holds import covers

MOST_TASKS = 3
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
    Name.PAYMENT: "Record payment",
    Name.BOUNCED: "Take payment back",
    Name.CLAIM: "I take it",
    Name.UNCLAIM: "Let go",
    Name.ASSIGN: "Assign",
    Name.TASK: "Task",
    Name.WRITE_OFF: "Write off",
    Name.FEE: "Charge a fee",
    Name.WAIVE: "Waive a fee",
    Name.CANCEL_PLAN: "Cancel plan",
    Name.OPT_OUT: "Opt out",
    Name.OPT_IN: "Opt in",
}
OF_ITEM = frozenset({Name.OPEN, *_LABELS})  # what is about the item whose id it carries
_OBJECTS = (Name.PAYMENT, Name.DISPUTE, Name.ASSIGN, Name.NOTE, Name.HOLD)
_CLAIMS = (Name.PROMISE, Name.SAYS_PAID, *_OBJECTS)
_NOTED = (Name.ASSIGN, Name.NOTE, Name.TASK, Name.WHY)
_MONEY = (Name.WRITE_OFF, Name.FEE)
_CHASES = (Name.SEND_REMINDER, Name.PLAN, Name.ESCALATE)
_CHASED = ((Name.SEND_REMINDER, Name.SNOOZE, Name.PLAN, Name.ESCALATE), (*_CLAIMS, *_MONEY))
_ANSWERED = ((Name.SNOOZE, Name.ESCALATE), (Name.SEND_REMINDER, *_CLAIMS, *_MONEY))  # the answer to an older offer comes first
# What each state offers: in sight, the most likely first, and behind More; what fits every state follows there.
_OFFERED: dict[State, tuple[tuple[Name, ...], tuple[Name, ...]]] = {
    State.OPEN: _CHASED,
    State.CHASING: _CHASED,
    State.SNOOZED: ((Name.WAKE, Name.SNOOZE), (*_CHASES, *_CLAIMS, *_MONEY)),
    State.PROMISED: ((Name.PROMISE, Name.CANCEL_PROMISE), (*_CHASES, Name.SAYS_PAID, *_OBJECTS, *_MONEY)),
    State.ESCALATED: ((Name.HAND_BACK,), (Name.PLAN, *_CLAIMS, *_MONEY)),
    State.ON_PLAN: ((), (Name.SEND_REMINDER, *_OBJECTS)),
    State.DISPUTED: ((Name.SETTLE_DISPUTE, Name.ESCALATE), (Name.PAYMENT, Name.ASSIGN, Name.NOTE, Name.HOLD, Name.WRITE_OFF)),
    State.HELD: ((Name.RELEASE_HOLD,), (Name.ESCALATE, Name.PROMISE, Name.PAYMENT, Name.DISPUTE, Name.ASSIGN, Name.NOTE, *_MONEY)),
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
    if decided.state is State.HELD and (letters := _letters(account, decided)):
        return _to_read(account, decided, letters[0])
    answer = _answer(account, decided)
    chased = decided.state in {State.OPEN, State.CHASING}
    names, rarer = _ANSWERED if answer and chased else _OFFERED[decided.state]
    flag = _button(account, decided, Name.UNFLAG if flag_on(account, decided.item.id) else Name.FLAG)
    shown = tuple(_button(account, decided, name, in_sight=True) for name in names)
    more = tuple(_button(account, decided, name) for name in (*rarer, *_fitting(account, decided), Name.TASK, Name.WHY))
    more = (*more[:-1], *_to_do(account, decided), more[-1])
    return Actions((*answer, *shown, flag) if chased else (*shown, *answer, flag), more)


def _letters(account: Account, decided: ItemDecision) -> list[Reply]:
    """What the customer wrote about the item, or about everything, and nobody has dealt with; empty where a hold stands beside it."""
    if any(hold.ended_at is None and covers(hold, account, decided.item) for hold in account.holds):
        return []
    return [one for one in account.replies if one.ended_at is None and (not one.items or decided.item.id in one.items)]


def _to_read(account: Account, decided: ItemDecision, letter: Reply) -> Actions:
    """The item waits for somebody to say what the customer's letter means."""
    meant = reply_buttons.buttons(account, letter)
    shown = tuple(button for button in meant.buttons if button.action.name is not Name.OPEN)
    return Actions((*shown, _button(account, decided, Name.ESCALATE)), (*meant.more, *(_button(account, decided, name) for name in _NOTED)))


def _fitting(account: Account, decided: ItemDecision) -> tuple[Name, ...]:
    """What only some facts make sense of."""
    item = decided.item.id
    plan = plan_on(account, item, PlanState.ACTIVE) or plan_on(account, item, PlanState.PROPOSED)
    fits = (
        (Name.UNCLAIM if account.customer.owner else Name.CLAIM, True),
        (Name.CANCEL_PLAN, plan is not None),
        (Name.WAIVE, any(fee.item == item and fee.waived_at is None for fee in account.fees)),
        (Name.BOUNCED, any(paid.item in {item, None} and paid.reversed_on is None and paid.amount.minor > 0 for paid in account.payments)),
        (Name.OPT_IN if any(one.ended_at is None for one in account.opt_outs) else Name.OPT_OUT, True),
    )
    return tuple(name for name, fit in fits if fit)


def _to_do(account: Account, decided: ItemDecision) -> tuple[Button, ...]:
    """Tasks of the item that are not done."""
    tasks = [task for task in account.tasks if task.item == decided.item.id and task.done_at is None]
    return tuple(Button(f"Done: {shorten(bare(task.what), 50)}", Action(Name.COMPLETE_TASK, task.id)) for task in tasks[:MOST_TASKS])


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
