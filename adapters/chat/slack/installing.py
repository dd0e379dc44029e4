"""The two pages with which the app is installed in a workspace: off to Slack, and back with a code that becomes a token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from adapters.chat.protocol import Installations, Page
from adapters.chat.slack.names import REDIRECT_PATH, SCOPES
from adapters.chat.slack.reading import PLATFORM
from adapters.chat.slack.settings import SlackSettings
from adapters.chat.slack.workspaces import Workspaces
from workflows.errors import OutsideError, Refused, UnexpectedPayload
from workflows.ports import Clock
from workflows.records import Installation

AUTHORIZE = "https://slack.com/oauth/v2/authorize"


class SlackInstalling:
    """Implements `adapters.chat.protocol.Installing`."""

    def __init__(self, settings: SlackSettings, workspaces: Workspaces, installations: Installations, clock: Clock) -> None:
        self._settings, self._workspaces, self._installations, self._clock = settings, workspaces, installations, clock
        self._back = f"{(settings.public_url or '').rstrip('/')}{REDIRECT_PATH}"

    async def begin(self, offer: str) -> Page:
        """Off to Slack, with a state that only this browser can bring back."""
        try:
            begun = await self._installations.begin(offer)
        except Refused as refused:
            return Page(403, str(refused))
        asked = {"client_id": self._settings.client_id or "", "scope": ",".join(SCOPES), "redirect_uri": self._back, "state": begun.state}
        return Page(302, to=f"{AUTHORIZE}?{urlencode(asked)}", cookie=begun.browser)

    async def finish(self, query: Mapping[str, str], browser: str) -> Page:
        """The state is used up before Slack is asked for anything."""
        try:
            await self._installations.take(query.get("state", ""), browser)
        except Refused as refused:
            return Page(403, str(refused), cookie="")
        if "code" not in query:
            return Page(400, "Slack did not install Duebot: it was cancelled there, or is not allowed. Nothing was changed.", cookie="")
        try:
            installed, by = await self._exchange(query["code"])
        except OutsideError as trouble:
            return Page(502, f"Slack did not hand over its token. {trouble} Ask for a new link with: duebot connect slack", cookie="")
        await self._installations.keep(installed, by)
        self._workspaces.forget()
        told = f"Duebot is installed in {installed.name}. Invite it to a private channel there, and name the channel: duebot book main --channel {installed.team}/CHANNEL-ID"
        return Page(200, told, cookie="")

    async def _exchange(self, code: str) -> tuple[Installation, str]:
        return self._installation(await self._workspaces.exchange(code=code, redirect_uri=self._back))

    def _installation(self, body: Mapping[str, Any]) -> tuple[Installation, str]:
        """And who installed it."""
        team, person = body.get("team"), body.get("authed_user")
        try:
            seconds, refresh = body.get("expires_in"), body.get("refresh_token")
            until = self._clock.now() + timedelta(seconds=seconds) if isinstance(seconds, int) else None
            installed = Installation(
                PLATFORM,
                str(team["id"]),  # type: ignore[index]  # what has another shape is said to have one
                str(team.get("name") or team["id"]),  # type: ignore[union-attr,index]
                str(body["bot_user_id"]),
                str(body["access_token"]),
                tuple(str(body.get("scope") or "").split(",")),
                refresh if isinstance(refresh, str) else None,
                until,
            )
        except (KeyError, TypeError, AttributeError):
            raise UnexpectedPayload("Slack's answer lacks the workspace or the token.") from None
        return installed, f"{PLATFORM}:{person.get('id') if isinstance(person, dict) else '?'}"
