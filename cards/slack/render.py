"""The neutral tree as Block Kit. Slack's limits live here, and what comes back from its buttons and forms is read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cards.actions import Action
from cards.elements import Card, Form

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Blocks:
    """A message: its blocks and the fallback text of notifications. Post with `mrkdwn=False`, `unfurl_links=False`."""

    blocks: list[Block]
    text: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form that came back: what it asks for, its answers by field name, and the metadata it was opened with."""

    action: Action
    values: dict[str, str]
    metadata: str


def render(card: Card) -> Blocks:
    return Blocks([{"type": "section", "text": {"type": "plain_text", "text": card.summary[:3000], "emoji": False}}], card.summary[:3900])


def render_form(
    form: Form, *, metadata: str = "", values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Block:
    """A modal view. `metadata` (up to 900 characters) comes back with it; `values` are what was typed before."""
    raise NotImplementedError


def pressed(action: Mapping[str, Any]) -> Action:
    """The action of one element of a `block_actions` payload's `actions`; raises `UnreadableAction`."""
    raise NotImplementedError


def submitted(view: Mapping[str, Any]) -> Submitted:
    """A `view_submission` payload's `view`; raises `UnreadableAction`."""
    raise NotImplementedError


def form_errors(errors: Mapping[str, str], form: Form) -> dict[str, str]:
    """Words at fields as `response_action: errors` wants them, by block id."""
    raise NotImplementedError
