"""One activity of Teams in our words, without any type of the framework's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adapters.chat.teams.names import CHANNEL


class Kind(StrEnum):
    """What happened."""

    MESSAGE = "message"
    INVOKE = "invoke"
    ADDED = "added"  # the app was installed for a person, a team or a group chat
    REMOVED = "removed"
    OTHER = "other"  # nothing to do, but it says where people and conversations are


class Room(StrEnum):
    """Who reads a conversation."""

    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Turn:
    """`person` is an Entra object id, `user` the same person's id for this bot alone. `conversation` is without its thread.

    `replied_to` is the message a button stands on. `about` is the channel that `channel_name` and `sort` (standard, private or shared) are of,
    where Teams says so: events tell of one channel in the conversation of another.
    """

    kind: Kind
    id: str
    tenant: str
    service: str
    conversation: str
    room: Room
    person: str = ""
    user: str = ""
    name: str = ""
    text: str = ""
    value: Any = None
    replied_to: str = ""
    team: str = ""
    about: str = ""
    channel_name: str = ""
    sort: str = ""
    channel_id: str = CHANNEL
