"""A Slack that keeps what stands in it and takes no more calls than it documents: 429 beyond, counted."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from tests.chaos.slack_api import SlackAPI
from tests.chaos.troubles import Trouble
from tests.fakes.clock import FixedClock
from tests.peers.slack import _arguments

# Calls in so many seconds: by method and workspace, of messages also by channel. A second in a channel takes one, and bursts are short.
A_MINUTE = {
    "chat.update": 50,
    "views.publish": 100,
    "views.open": 100,
    "views.update": 100,
    "chat.postEphemeral": 100,
    "conversations.info": 50,
}
BURST = 10


@dataclass(slots=True)
class StrictSlack(SlackAPI):
    clock: FixedClock = field(default_factory=FixedClock)
    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    recent: defaultdict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    debts: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    async def _refused(self, request: web.Request, trouble: Trouble | None) -> web.StreamResponse | None:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        wait = self._posting(str(arguments.get("channel"))) if method == "chat.postMessage" else self._within_a_minute(method)
        if wait <= 0:
            self.taken[method] += 1
            return None
        self.refused[method] += 1
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(int(wait) + 1)})

    def _within_a_minute(self, method: str) -> float:
        """Seconds to wait, 0: none."""
        most, now, recent = A_MINUTE.get(method), self.clock.now(), self.recent[method]
        while recent and recent[0] <= now - timedelta(minutes=1):
            recent.popleft()
        if most is not None and len(recent) >= most:
            return 60 - (now - recent[0]).total_seconds()
        recent.append(now)
        return 0

    def _posting(self, channel: str) -> float:
        owed, at = self.debts.get(channel, (0.0, self.clock.now()))
        owed = max(owed - (self.clock.now() - at).total_seconds(), 0) + 1
        if owed > BURST:
            return owed - BURST
        self.debts[channel] = owed, self.clock.now()
        return 0
