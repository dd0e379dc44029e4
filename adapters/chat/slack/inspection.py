"""What Slack itself says is missing: of the tokens, their scopes, the clock and the channels. For `duebot check`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.chat.slack.addresses import parted
from adapters.chat.slack.faults import MissingScope, fault, translated
from adapters.chat.slack.room import SlackRoom
from adapters.chat.slack.settings import SlackSettings
from adapters.chat.slack.workspaces import Workspaces
from workflows.errors import NeedsReconnect, OutsideError
from workflows.ports import Clock

CLOCK_SECONDS = 60  # Slack's requests are refused from five minutes on
_ABSENT = frozenset({"channel_not_found", "not_in_channel"})


@dataclass(frozen=True, slots=True)
class Missing:
    """`name` is stable for scripts."""

    name: str
    what: str
    fix: str


class Inspection:
    """What follows from something missing is not said beside it."""

    def __init__(self, settings: SlackSettings, workspaces: Workspaces, room: SlackRoom, clock: Clock) -> None:
        self._settings, self._workspaces, self._room, self._clock = settings, workspaces, room, clock

    async def of(self, channels: Iterable[str]) -> Sequence[Missing]:
        found: list[Missing] = []
        lost: set[str] = set()
        homes = await self._workspaces.homes()
        if not homes:
            return [Missing("slack.install", "The Slack app is installed in no workspace yet.", "Run: duebot connect slack")]
        for home in homes:
            if (missing := await self._of_home(home)) is not None:
                found.append(missing)
                lost.add(home)
        if self._settings.app_token is not None and not lost:
            found += await self._of_app_token(self._settings.app_token)
        for channel in dict.fromkeys(channels):
            if parted(channel)[0] not in lost and (absent := await self._of_channel(channel)) is not None:
                found.append(absent)
        return found

    async def _of_home(self, home: str) -> Missing | None:
        try:
            await self._room.alive(home)
        except MissingScope as lacking:
            return Missing("slack.scope", str(lacking), "Paste `duebot manifest slack` as the app's manifest, and install the app anew.")
        except NeedsReconnect as lost:
            return Missing("slack.token", str(lost), "Set DUEBOT_SLACK__BOT_TOKEN to the token under OAuth & Permissions.")
        except OutsideError as trouble:
            return Missing("slack.unreachable", str(trouble), "Is this machine allowed to reach Slack? Try again in a minute.")
        return await self._of_clock(home)

    async def _of_clock(self, home: str) -> Missing | None:
        client = await self._workspaces.client(home)
        with translated(repeatable=True):
            answer = await client.auth_test()
        off = _seconds_off(answer.headers, self._clock)
        if off is None or abs(off) <= CLOCK_SECONDS:
            return None
        what = f"This machine's clock is {abs(off):.0f} seconds {'ahead of' if off > 0 else 'behind'} Slack's, so presses may be refused as forged."
        return Missing("clock", what, "Let the machine keep its clock by a time server.")

    async def _of_app_token(self, token: str) -> list[Missing]:
        fix = "Make one with the scope connections:write under Basic Information, and set DUEBOT_SLACK__APP_TOKEN."
        try:
            with translated(repeatable=True):
                await self._workspaces.with_token(None).apps_connections_open(app_token=token)
        except OutsideError as trouble:
            return [Missing("slack.app_token", f"The app-level token opens no socket, so presses do not arrive: {trouble}", fix)]
        return []

    async def _of_channel(self, written: str) -> Missing | None:
        team, channel = parted(written)
        client = await self._workspaces.client(team)
        invite = "Invite it there with /invite, or name another channel: duebot book BOOK --channel CHANNEL-ID"
        try:
            told = (await client.conversations_info(channel=channel)).get("channel")
        except SlackApiError as problem:
            if problem.response.get("error") in _ABSENT:
                return Missing("slack.channel.absent", f"Duebot is not in {written}, or there is no such channel.", invite)
            return Missing("slack.channel.refused", str(fault(problem.response, repeatable=True)), invite)
        facts: dict[str, Any] = told if isinstance(told, dict) else {}
        if facts.get("is_archived"):
            return Missing("slack.channel.archived", f"{written} is archived, so no card goes there.", "Unarchive it, or name another one.")
        if facts.get("is_member") is False:
            return Missing("slack.channel.absent", f"Duebot is not in {written}.", invite)
        return await self._of_approval(written, shared=bool(facts.get("is_ext_shared") or facts.get("is_pending_ext_shared")))

    async def _of_approval(self, written: str, *, shared: bool) -> Missing | None:
        try:
            await self._room.check(written)
        except OutsideError as against:
            return Missing(
                "slack.channel.shared" if shared else "slack.channel.public", str(against), "Make it private, or: duebot channel approve"
            )
        return None


def _seconds_off(headers: Any, clock: Clock) -> float | None:
    """How far our clock is ahead of theirs."""
    told = {str(name).lower(): value for name, value in dict(headers or {}).items()}.get("date")
    try:
        return (clock.now() - parsedate_to_datetime(str(told))).total_seconds() if told else None
    except (TypeError, ValueError):
        return None
