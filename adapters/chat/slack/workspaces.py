"""Which token speaks to which workspace: the one of the settings, and those of workspaces the app was installed in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.protocol import Installations
from adapters.chat.slack.faults import translated
from adapters.chat.slack.settings import SlackSettings
from workflows.errors import NeedsReconnect, UnexpectedPayload
from workflows.ports import Clock
from workflows.records import Installation

TIMEOUT = 10  # seconds a call to Slack may take
KNOWN_SECONDS = 30  # what another process installed is noticed within that time
RENEW_BEFORE = timedelta(minutes=15)  # a token that expires is renewed so long before


class Workspaces:
    """Hands out clients that share connections. Raises `NeedsReconnect` where there is no token."""

    def __init__(self, settings: SlackSettings, installations: Installations, clock: Clock, wire: logging.Logger) -> None:
        self._settings, self._installations, self._clock, self._wire = settings, installations, clock, wire
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[str, AsyncWebClient] = {}
        self._running: Mapping[str, Installation] = {}
        self._ended: frozenset[str] = frozenset()
        self._known_until = 0.0
        self._own: str | None = None
        self._renewing = asyncio.Lock()

    async def open(self) -> None:
        """Keeps connections to Slack open from now on."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        for client in self._clients.values():
            client.session = self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def with_token(self, token: str | None) -> AsyncWebClient:
        """One without a token is for calls that need none."""
        made = self._clients.get(token or "")
        if made is None:
            made = AsyncWebClient(token, base_url=self._settings.api_url, timeout=TIMEOUT, retry_handlers=[], logger=self._wire)
            made.session = self._session
            self._clients[token or ""] = made
        return made

    async def client(self, team: str = "") -> AsyncWebClient:
        """`team` empty: the workspace of the settings' token, or the only one there is. Without others the settings' own may have any name but
        that of one the app was taken out of.
        """
        running = await self._read()
        if team in running:
            return self.with_token((await self._fresh(running[team])).token)
        own = self._settings.bot_token
        alone = not running and team not in self._ended
        if own is not None and (not team or alone or team == await self.own_team()):
            return self.with_token(own)
        if not team and len(running) == 1:
            return self.with_token((await self._fresh(next(iter(running.values())))).token)
        if not team and running:
            raise NeedsReconnect(
                "Duebot is in several Slack workspaces: write the channel with its workspace, like T0123456789/C0123456789."
            )
        where = f"the Slack workspace {team}" if team else "any Slack workspace"
        raise NeedsReconnect(f"Duebot is not installed in {where}. Install it with: duebot connect slack")

    async def team_of(self, team: str = "") -> str:
        """The id of the workspace that `client` speaks to."""
        running = await self._read()
        if team in running:
            return team
        if self._settings.bot_token is not None:
            return await self.own_team()
        return next(iter(running)) if len(running) == 1 else team

    async def homes(self) -> tuple[str, ...]:
        """Every workspace, as channels are written; the settings' own is empty."""
        own = ("",) if self._settings.bot_token is not None else ()
        return (*own, *await self._read())

    async def knows(self, team: str) -> bool:
        """Whether the app is in use there; what other workspaces send is left alone. With a token of the settings Slack's signature is enough:
        there is no token of ours in a workspace that is neither installed nor the settings' own.
        """
        running = await self._read()
        return team in running or (self._settings.bot_token is not None and team not in self._ended)

    async def own_team(self) -> str:
        """Of the settings' token; Slack is asked once."""
        if self._own is None:
            with translated(repeatable=True):
                answer = await self.with_token(self._settings.bot_token).auth_test()
            self._own = str(answer.get("team_id") or "")
        if not self._own:
            raise UnexpectedPayload("Slack's answer has no team_id.")
        return self._own

    async def exchange(self, **given: str) -> Mapping[str, Any]:
        """A code or a refresh token for a token."""
        app = {"client_id": self._settings.client_id or "", "client_secret": self._settings.client_secret or ""}
        with translated(repeatable=False):  # not slack_sdk's own method: it warns, and warnings are errors here
            answer = await self.with_token(None).api_call("oauth.v2.access", data={**app, **given})
        return answer.data if isinstance(answer.data, dict) else {}

    def forget(self) -> None:
        """What was installed is read anew."""
        self._known_until = 0.0

    async def _read(self) -> Mapping[str, Installation]:
        now = self._clock.now().timestamp()
        if self._known_until <= now:
            self._running = {one.team: one for one in await self._installations.running()}
            self._ended = frozenset(await self._installations.ended())
            self._known_until = now + KNOWN_SECONDS
        return self._running

    async def _fresh(self, one: Installation) -> Installation:
        """Renewed when it is about to expire; another process may be first, whose token is then taken."""
        if one.expires_at is None or one.refresh is None or self._clock.now() < one.expires_at - RENEW_BEFORE:
            return one
        async with self._renewing:
            self.forget()
            now = (await self._read()).get(one.team, one)
            if now.token != one.token or now.refresh is None:
                return now
            renewed = await self._renewed(now)
            await self._installations.renew(renewed, now.token)
            self.forget()
            return (await self._read()).get(one.team, renewed)

    async def _renewed(self, one: Installation) -> Installation:
        answer = await self.exchange(grant_type="refresh_token", refresh_token=one.refresh or "")
        token, refresh, seconds = answer.get("access_token"), answer.get("refresh_token"), answer.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int):
            raise UnexpectedPayload("Slack renewed the token, but its answer has none.")
        until = self._clock.now() + timedelta(seconds=seconds)
        return replace(one, token=token, refresh=refresh if isinstance(refresh, str) else one.refresh, expires_at=until)
