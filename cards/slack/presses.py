"""What a button, a menu or a form of ours carries through Slack and back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from cards.actions import Action, Name, UnreadableAction, decode

OPTION = 75  # an option's value; a whole payload does not fit
METADATA = 3_000
OURS = 1_000  # what a caller may add to a form's metadata
_LIVE = "|"


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form that came back: what it asks for, its answers by field name, and the metadata it was opened with.

    `live` is what it asks for while it is filled in, where it does.
    """

    action: Action
    values: dict[str, str]
    metadata: str
    live: Action | None = None


def short(action: Action) -> str | None:
    """Name, id and version in few characters for a menu's option; null for an action that carries data too."""
    identity = base64.urlsafe_b64encode(action.id.bytes).decode().rstrip("=")
    text = f"{action.name} {identity} {action.seen}"
    return text if not action.data and len(text) <= OPTION else None


def _long(text: str) -> Action:
    try:
        name, identity, seen = text.split(" ")
        raw = base64.urlsafe_b64decode(identity.encode("ascii") + b"==")
        return Action(Name(name), UUID(bytes=raw), int(seen))
    except (ValueError, binascii.Error):
        raise UnreadableAction("not an option of a menu of ours") from None


def pressed(action: Mapping[str, Any]) -> Action:
    """The action of one element of a `block_actions` payload's `actions`; raises `UnreadableAction`."""
    option = action.get("selected_option")
    if isinstance(option, Mapping):
        return _long(str(option.get("value", "")))
    name, _, _ = str(action.get("action_id", "")).partition(":")
    return decode(name, str(action.get("value") or ""))


def metadata(action: Action, rest: str, live: Action | None = None) -> str:
    """What a view keeps in `private_metadata`: the submit's action, the name of what is asked while it is filled in (about the same thing),
    and up to 1,000 characters of the caller's.
    """
    if len(rest) > OURS:
        raise ValueError(f"the metadata of a form is {len(rest)} characters long, {OURS} fit")
    names = f"{action.name}{_LIVE}{live.name}" if live else action.name
    return f"{names} {action.encode()}\n{rest}"


def submitted(view: Mapping[str, Any]) -> Submitted:
    """A `view_submission` payload's `view`; raises `UnreadableAction`."""
    carried, _, rest = str(view.get("private_metadata") or "").partition("\n")
    names, _, payload = carried.partition(" ")
    name, _, live = names.partition(_LIVE)
    state = view.get("state")
    blocks = state.get("values") if isinstance(state, Mapping) else None
    if not isinstance(blocks, Mapping) or not all(isinstance(block, Mapping) for block in blocks.values()):
        raise UnreadableAction("a form without answers")
    values = {str(field): _answer(element) for block in blocks.values() for field, element in block.items()}
    action = decode(name, payload)
    return Submitted(action, values, rest, replace(decode(live, payload), data={}) if live else None)


def _answer(element: Any) -> str:
    """The text of one input, empty where nothing was given."""
    if not isinstance(element, Mapping):
        raise UnreadableAction("an answer of another shape")
    option = element.get("selected_option")
    if isinstance(option, Mapping):
        return str(option.get("value") or "")
    return str(element.get("selected_date") or element.get("value") or "")
