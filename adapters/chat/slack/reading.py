"""What a verified request of Slack's says, in our words: pure functions from its JSON or form to `Incoming`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.chat.protocol import CardRef, Incoming, Person
from adapters.chat.slack.addresses import address
from adapters.chat.slack.names import ENDINGS, HOME, HOME_OPENED, TOKENS_REVOKED
from cards.actions import OPENS, Action, Name
from cards.choices import NOTHING
from cards.slack.presses import pressed, submitted

PLATFORM = "slack"

_MENTION = re.compile(r"^\s*<@[A-Z0-9]+(\|[^>]*)?>\s*")


class Unreadable(ValueError):
    """Signed by Slack, but nothing of ours, or of a shape not documented: acknowledged and left alone."""


@dataclass(frozen=True, slots=True)
class Said:
    """A command, or words to the app. `trigger` may open a window; words have none."""

    incoming: Incoming
    channel: str
    trigger: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The message for everybody in which a button was pressed, as it stood, and what was written on the button."""

    text: str
    blocks: Sequence[Mapping[str, Any]]
    label: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button. `view` is the window it stands in, null when it stands in a message or in somebody's Home tab."""

    incoming: Incoming
    action: Action
    trigger: str
    channel: str | None = None
    view: str | None = None
    at_home: bool = False
    message: Standing | None = None

    @property
    def opens(self) -> bool:
        """A window opens for the answer. All others act at once and are answered in a private line."""
        return self.view is None and (self.at_home or self.action.name in OPENS)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form sent off in the window `view`. `fields` are its blocks by field name, in their order; `metadata` what it was opened with."""

    incoming: Incoming
    view: str
    fields: Mapping[str, str]
    metadata: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A field of the form in the window `view` changed while it is filled in. `version` is the window's."""

    incoming: Incoming
    view: str
    version: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody looks at their Home tab."""

    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Ended:
    """The app was taken out of a workspace, or the tokens of these `bots` were revoked; null: all of them."""

    team: str
    why: str
    said_at: datetime
    bots: frozenset[str] | None = None


Read = Said | Pressed | Submitted | Changed | Opened


def read(body: Mapping[str, Any]) -> Read | Ended:
    """Raises `Unreadable`."""
    kind = body.get("type")
    try:
        if kind is None and "command" in body:
            return _command(body)
        if kind == "block_actions":
            return _change(body) or _press(body)
        if kind == "view_submission":
            return _submission(body)
        if kind == "event_callback":
            return _event(body)
    except Unreadable:
        raise
    except (ValueError, TypeError, AttributeError) as problem:  # an action we do not know, or parts of another shape
        raise Unreadable(str(problem)) from problem
    raise Unreadable("a kind of request the app does not ask for")


def _command(body: Mapping[str, Any]) -> Said:
    trigger, words = _word(body, "trigger_id"), body.get("text", "")
    if not isinstance(words, str):
        raise Unreadable("a command without text")
    person = Person(PLATFORM, _word(body, "team_id"), _word(body, "user_id"))
    channel = _word(body, "channel_id")
    incoming = Incoming(_key(trigger), person, text=words.strip(), respond=_maybe(body, "response_url"), channel=channel)
    return Said(incoming, channel, trigger)


def _press(body: Mapping[str, Any]) -> Pressed:
    actions, trigger = body.get("actions"), _word(body, "trigger_id")
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], dict):
        raise Unreadable("a press of nothing")
    action = pressed(actions[0])
    channel, message = _maybe(body, "channel", "id"), _maybe(body, "container", "message_ts")
    card = CardRef(PLATFORM, channel, message) if channel and message else None
    at_home = _maybe(body, "view", "type") == HOME
    if at_home:
        person = _person(body)
        card = CardRef(PLATFORM, address(person.team, person.id), HOME)
    incoming = Incoming(_key(trigger), _person(body), action, card=card, respond=_maybe(body, "response_url"))
    return Pressed(
        incoming,
        action,
        trigger,
        channel,
        None if at_home else _maybe(body, "view", "id"),
        at_home=at_home,
        message=_standing(body, actions[0]),
    )


def _opened(body: Mapping[str, Any]) -> Opened:
    if _maybe(body, "event", "tab") != HOME:
        raise Unreadable("another tab than the home")
    person = Person(PLATFORM, _word(body, "team_id"), _word(body, "event", "user"))
    card = CardRef(PLATFORM, address(person.team, person.id), HOME)
    return Opened(Incoming(_key(_word(body, "event_id")), person, Action(Name.HOME, NOTHING), card=card))


_FIELDS = frozenset({"plain_text_input", "number_input", "static_select", "radio_buttons", "datepicker"})


def _standing(body: Mapping[str, Any], element: Mapping[str, Any]) -> Standing | None:
    """Null for a line that only one person sees, and where Slack does not say what stands there."""
    message, container = body.get("message"), body.get("container")
    if not isinstance(message, dict) or not isinstance(container, dict) or container.get("is_ephemeral"):
        return None
    blocks = message.get("blocks")
    if not isinstance(blocks, list) or not blocks or not all(isinstance(block, dict) for block in blocks):
        return None
    label = _maybe(element, "text", "text") or _maybe(element, "selected_option", "text", "text") or ""
    return Standing(str(message.get("text") or ""), blocks, label)


def _change(body: Mapping[str, Any]) -> Changed | None:
    """Null for a button, and for a menu of a card."""
    actions, view = body.get("actions"), body.get("view")
    if not isinstance(actions, list) or not actions or not isinstance(view, dict) or view.get("type") != "modal":
        return None
    if _maybe(actions[0], "type") not in _FIELDS or _maybe(actions[0], "action_id") not in _fields(view):
        return None
    form = submitted(view)
    if form.live is None:
        raise Unreadable("a change nobody asked to be told of")
    incoming = Incoming(_key(_word(body, "trigger_id")), _person(body), form.live, values=form.values, card=remembered(form.metadata))
    return Changed(incoming, _word(view, "id"), _maybe(view, "hash") or "")


def _submission(body: Mapping[str, Any]) -> Submitted:
    view = body.get("view")
    if not isinstance(view, dict):
        raise Unreadable("a form without its window")
    form = submitted(view)
    card = remembered(form.metadata)
    incoming = Incoming(_key(_word(body, "trigger_id")), _person(body), form.action, values=form.values, card=card)
    return Submitted(incoming, _word(view, "id"), _fields(view), form.metadata)


def _fields(view: Mapping[str, Any]) -> dict[str, str]:
    blocks = view.get("blocks")
    inputs = [block for block in blocks if isinstance(block, dict) and block.get("type") == "input"] if isinstance(blocks, list) else []
    return {_word(block, "element", "action_id"): _word(block, "block_id") for block in inputs}


def remember(card: CardRef | None) -> str:
    """The card a form was opened from, as the form's metadata."""
    return f"{card.channel} {card.message}" if card else ""


def remembered(metadata: str) -> CardRef | None:
    channel, _, message = metadata.partition(" ")
    return CardRef(PLATFORM, channel, message) if channel and message else None


def _event(body: Mapping[str, Any]) -> Said | Opened | Ended:
    event = body.get("event")
    if not isinstance(event, dict):
        raise Unreadable("an event without its content")
    if event.get("type") in ENDINGS:
        return _ended(body, event)
    if event.get("type") == HOME_OPENED:
        return _opened(body)
    return _words(body, event)


def _ended(body: Mapping[str, Any], event: Mapping[str, Any]) -> Ended:
    """`event_time` is when it happened, so that one which comes late does not end an installation made since."""
    at = body.get("event_time")
    if not isinstance(at, int):
        raise Unreadable("an event without its time")
    bots = None
    if event["type"] == TOKENS_REVOKED:
        tokens = event.get("tokens")
        named = tokens.get("bot") if isinstance(tokens, dict) else None
        bots = frozenset(one for one in named if isinstance(one, str)) if isinstance(named, list) else frozenset[str]()
    return Ended(_word(body, "team_id"), str(event["type"]), datetime.fromtimestamp(at, UTC), bots)


def _words(body: Mapping[str, Any], event: Mapping[str, Any]) -> Said:
    """A mention, or a direct message; never what a bot wrote, nor a change to a message."""
    if event.get("bot_id") or event.get("subtype"):
        raise Unreadable("not somebody's own words")
    direct = event.get("type") == "message" and event.get("channel_type") == "im"
    if not direct and event.get("type") != "app_mention":
        raise Unreadable("an event the app does nothing about")
    person = Person(PLATFORM, _installed_in(body), _word(event, "user"))
    text = _MENTION.sub("", _word(event, "text")).strip()
    channel = _word(event, "channel")
    return Said(Incoming(_key(_word(body, "event_id")), person, text=text, channel=channel), channel)


def _installed_in(body: Mapping[str, Any]) -> str:
    """The workspace the app is installed in; in a channel shared with another company `team_id` may be theirs."""
    granted = body.get("authorizations")
    first = granted[0] if isinstance(granted, list) and granted else None
    return _maybe(first, "team_id") or _word(body, "team_id")


def _person(body: Mapping[str, Any]) -> Person:
    """With the workspace they act in. Whether it is theirs is asked of Slack: the request would say so of anybody."""
    team = _maybe(body, "view", "app_installed_team_id") or _maybe(body, "team", "id") or _word(body, "user", "team_id")
    return Person(PLATFORM, team, _word(body, "user", "id"))


def _key(vendors: str) -> str:
    """Slack makes a trigger anew for every press, command and submission, and an event keeps its id when it is sent again."""
    return f"{PLATFORM}:{vendors}"


def _word(body: Mapping[str, Any], *path: str) -> str:
    found = _maybe(body, *path)
    if found is None:
        raise Unreadable(f"{'.'.join(path)} is missing")
    return found


def _maybe(body: Any, *path: str) -> str | None:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, str) and body else None
