"""What a button or a form of ours carries through Teams and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cards.actions import Action, UnreadableAction, decode

OURS = "duebot"  # beside it in the same object stand the answers of a form, by field name
LONGEST_CARD = 1_000
MOST_FIELDS = 40


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press that came back: what it asks for, a form's answers by field name, and the card the form was opened from.

    `action` is null for Cancel, which asks for nothing.
    """

    action: Action | None
    values: dict[str, str]
    card: str


def carried(action: Action, card: str = "", fields: Sequence[str] = ()) -> dict[str, Any]:
    """The `data` of an action. `fields` are named because clients leave out what was not filled in."""
    ours: dict[str, Any] = {"name": action.name.value, "payload": action.encode()}
    return {OURS: ours | ({"card": card} if card else {}) | ({"fields": list(fields)} if fields else {})}


def cancelled() -> dict[str, Any]:
    return {OURS: {"cancel": True}}


def pressed(data: Any) -> Pressed:
    """Of the `data` an action brought back; raises `UnreadableAction`, whatever it is."""
    ours = data.get(OURS) if isinstance(data, Mapping) else None
    if not isinstance(ours, Mapping):
        raise UnreadableAction("not an action of a card of ours")
    card, fields = ours.get("card", ""), ours.get("fields", [])
    if not isinstance(card, str) or len(card) > LONGEST_CARD or not _are_names(fields):
        raise UnreadableAction("an action of another shape")
    if ours.get("cancel") is True:
        return Pressed(None, {}, card)
    values = {name: _answer(data.get(name)) for name in fields}
    return Pressed(decode(str(ours.get("name", "")), str(ours.get("payload", ""))), values, card)


def _are_names(fields: Any) -> bool:
    return isinstance(fields, list) and len(fields) <= MOST_FIELDS and all(isinstance(name, str) and name != OURS for name in fields)


def _answer(given: Any) -> str:
    """Clients send figures as text or as numbers."""
    if given is None:
        return ""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise UnreadableAction("an answer of another shape")
    return str(given)
