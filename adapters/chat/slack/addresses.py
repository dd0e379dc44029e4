"""Channels of several workspaces: `T0123456789/C0123456789`, and `C0123456789` alone for one of the settings' own workspace."""

from __future__ import annotations


def address(team: str, channel: str) -> str:
    return f"{team}/{channel}" if team else channel


def parted(written: str) -> tuple[str, str]:
    """The workspace (empty: the settings' own) and the channel."""
    team, slash, channel = written.partition("/")
    return (team, channel) if slash else ("", written)


def is_person(channel: str) -> bool:
    return channel.startswith(("U", "W"))


def is_conversation(channel: str) -> bool:
    """With one person: nobody else reads it."""
    return channel.startswith("D")
