"""How often Teams may be written to, as limits that all processes share."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.chat.protocol import Limit
from adapters.chat.teams.names import PLATFORM

# Documented for one bot in one conversation: 7 messages in a second, 8 in two, 60 in thirty, 1,800 in an hour. With one every so often and
# so many at once no window of any of these lengths holds more, wherever it begins.
_SOON, _HOUR = (0.55, 3, 5), (2.4, 250, 290)
# For a workflow's address: 4 in a second, 60 in thirty, 100 in an hour, 150 in two, 1,800 in a day.
_FLOW_SOON, _FLOW_HOURS = (0.6, 2, 2), (56.0, 20, 20)
_APP = (0.04, 4, 5)  # 30 calls of the app in a second


def limits(conversation: str) -> Sequence[Limit]:
    """Of a message there, new or changed; in a thread it counts for the channel."""
    return (
        Limit(f"{PLATFORM}:{conversation}:soon", *_SOON),
        Limit(f"{PLATFORM}:{conversation}:hour", *_HOUR),
        Limit(f"{PLATFORM}:app", *_APP, alone=False),
    )


def flow_limits(channel: str) -> Sequence[Limit]:
    return (Limit(f"{PLATFORM}:{channel}:soon", *_FLOW_SOON), Limit(f"{PLATFORM}:{channel}:hours", *_FLOW_HOURS))
