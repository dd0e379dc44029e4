"""What a verified activity says, in the words of every chat: a pure function to `Incoming`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.chat.protocol import CardRef, Incoming, Person
from adapters.chat.teams.names import PLATFORM
from adapters.chat.teams.turn import Kind, Room, Turn
from cards.actions import UnreadableAction
from cards.teams.presses import OURS, Pressed, pressed

EXECUTE, FETCH, SUBMIT = "adaptiveCard/action", "task/fetch", "task/submit"
GREETING = "home"  # what somebody is shown who has just installed the app


class NothingOfOurs(ValueError):
    """Sent by Teams, but nothing the app does anything about, or of a shape not documented: left alone."""


@dataclass(frozen=True, slots=True)
class Read:
    """`incoming` is null for Cancel. In a `dialog` the answer is the next dialog; otherwise it takes the pressed card's place."""

    incoming: Incoming | None
    dialog: bool = False


def read(turn: Turn) -> Read:
    """Raises `NothingOfOurs`."""
    try:
        return _of_kind(turn)
    except UnreadableAction as problem:
        raise NothingOfOurs(str(problem)) from problem


def _of_kind(turn: Turn) -> Read:
    match turn.kind:
        case Kind.MESSAGE:
            return _message(turn)
        case Kind.INVOKE:
            return _invoke(turn)
        case Kind.ADDED if turn.room is Room.PERSONAL and turn.person:
            return Read(Incoming(_key(turn), _person(turn), text=GREETING, channel=turn.conversation))
        case _:
            raise NothingOfOurs("nothing to do about it")


def _message(turn: Turn) -> Read:
    """Words, or a press on a client that only submits."""
    if isinstance(turn.value, Mapping) and OURS in turn.value:
        return _press(turn, turn.value)
    return Read(Incoming(_key(turn), _person(turn), text=turn.text, channel=turn.conversation))


def _invoke(turn: Turn) -> Read:
    value = turn.value if isinstance(turn.value, Mapping) else {}
    if turn.name == EXECUTE:
        action = value.get("action")
        return _press(turn, action.get("data") if isinstance(action, Mapping) else None, in_place=True)
    if turn.name in {FETCH, SUBMIT}:
        return _press(turn, value.get("data"), dialog=True)
    raise NothingOfOurs("an invoke the app does not ask for")


def _press(turn: Turn, data: Any, *, dialog: bool = False, in_place: bool = False) -> Read:
    press: Pressed = pressed(data)
    if press.action is None:
        return Read(None, dialog)
    card = remembered(press.card) or (CardRef(PLATFORM, turn.conversation, turn.replied_to) if turn.replied_to else None)
    what = Incoming(_key(turn), _person(turn), press.action, None, press.values, card, channel=turn.conversation)
    return Read(replace(what, in_place=in_place, at_once=turn.kind is Kind.INVOKE), dialog)


def remember(card: CardRef | None) -> str:
    """The card a dialog was opened from, as its buttons carry it."""
    return f"{card.channel} {card.message}" if card else ""


def remembered(carried: str) -> CardRef | None:
    channel, _, message = carried.partition(" ")
    return CardRef(PLATFORM, channel, message) if channel and message else None


def _person(turn: Turn) -> Person:
    if not turn.person:
        raise NothingOfOurs("nobody of an organisation")
    return Person(PLATFORM, turn.tenant, turn.person)


def _key(turn: Turn) -> str:
    """Teams sends an activity again under its own id, which is one of its conversation."""
    if not turn.id:
        raise NothingOfOurs("an activity without an id")
    return f"{PLATFORM}:{turn.conversation}:{turn.id}"
