"""What a customer's letter may mean, a button each."""

from __future__ import annotations

from cards.actions import Action, Name
from cards.elements import Actions, Button, Style
from workflows.domain.account import Account
from workflows.domain.allocation import balances
from workflows.domain.contact import Meaning, Reply
from workflows.domain.ids import ItemId

LABELS = {
    Meaning.PAID: "Says paid",
    Meaning.PROMISE: "Promise",
    Meaning.DISPUTE: "Dispute",
    Meaning.WRONG_PERSON: "Wrong person",
    Meaning.STOP: "Wants no more messages",
    Meaning.OTHER: "Dealt with",
}


def buttons(account: Account, reply: Reply) -> Actions:
    """What it seems to mean first; then what is likely otherwise, and the rest behind More."""
    first = reply.meaning if reply.meaning in LABELS else Meaning.OTHER
    rest = [meaning for meaning in LABELS if meaning not in {first, Meaning.OTHER}]
    shown = [_button(account, reply, first, Style.PRIMARY)]
    if first is not Meaning.OTHER:
        label = "It was no stop" if first is Meaning.STOP else None
        shown.append(_button(account, reply, Meaning.OTHER, label=label))
    if reply.items:
        shown.append(Button("Open", Action(Name.OPEN, reply.items[0])))
    return Actions(tuple(shown), tuple(_button(account, reply, meaning) for meaning in rest))


def _button(account: Account, reply: Reply, meaning: Meaning, style: Style = Style.PLAIN, *, label: str | None = None) -> Button:
    """What needs more than the press opens a form: an amount, a day, a reason, or which invoice."""
    asks = meaning in {Meaning.PROMISE, Meaning.DISPUTE} or (meaning is Meaning.PAID and len(open_items(account, reply)) != 1)
    action = Name.ANSWER if asks else Name.CONFIRM_ANSWER
    return Button(label or LABELS[meaning], Action(action, reply.id, data={"as": meaning.value}), style)


def open_items(account: Account, reply: Reply) -> list[ItemId]:
    """Those it may be about: the ones it answers, else all with something open."""
    left = balances(account)
    about = reply.items or tuple(item.id for item in account.all_items)
    return [item for item in about if item in {one.id for one in account.all_items} and left.open_of(item).minor > 0]
