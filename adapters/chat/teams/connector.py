"""Teams' REST calls (Bot Framework connector, v3): one method per call, errors in our words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from adapters.chat.teams.credentials import Credentials
from adapters.chat.teams.faults import fault, translated
from adapters.chat.teams.settings import TeamsSettings
from workflows.errors import NeedsReconnect, OutcomeUnknown, Rejected, UnexpectedPayload

Body = Mapping[str, Any]
LONGEST = (
    10.0  # seconds a call may take, however slowly its answer drips in: a worker holds its card for longer than a card and its line take
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Connector:
    """All raise the errors of `workflows.errors`. `service` is the address Teams gave for a conversation."""

    def __init__(self, settings: TeamsSettings, http: httpx.AsyncClient, credentials: Credentials) -> None:
        self._settings, self._http, self._credentials = settings, http, credentials

    def trusts(self, service: str) -> bool:
        """Whether the app's token may be sent there."""
        parts = urlsplit(service)
        if self._settings.local:
            return parts.scheme == "http" and parts.hostname in LOOPBACK
        return f"{parts.scheme}://{parts.netloc}" in self._settings.services

    async def send(self, service: str, conversation: str, activity: Body) -> str:
        """The new message's id. Raises `OutcomeUnknown` when it may stand there."""
        body = await self._call("POST", service, f"v3/conversations/{_part(conversation)}/activities", activity)
        return _id(body, "id")

    async def update(self, service: str, conversation: str, message: str, activity: Body) -> None:
        path = f"v3/conversations/{_part(conversation)}/activities/{_part(message)}"
        await self._call("PUT", service, path, activity, repeatable=True)

    async def open(self, service: str, tenant: str, user: str) -> str:
        """The one-to-one conversation with somebody; asking twice gives the same one."""
        asked = {
            "isGroup": False,
            "bot": {"id": self.bot},
            "members": [{"id": user}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        return _id(await self._call("POST", service, "v3/conversations", asked, repeatable=True), "id")

    async def member(self, service: str, conversation: str, user: str) -> Body:
        """What the conversation's roster says of one person."""
        return await self._call("GET", service, f"v3/conversations/{_part(conversation)}/members/{_part(user)}", None, repeatable=True)

    async def channel(self, service: str, team: str, channel: str) -> Body:
        """What the team's list has of one of its channels. A name there may be null: General's is, as each client has its own word for it."""
        body = await self._call("GET", service, f"v3/teams/{_part(team)}/conversations", None, repeatable=True)
        rows = body.get("conversations")
        found = [row for row in rows if isinstance(row, dict) and row.get("id") == channel] if isinstance(rows, list) else []
        return found[0] if found else {}

    async def answers(self, service: str, conversation: str) -> None:
        """Raises what it says, or that it says nothing."""
        await self._call("GET", service, f"v3/conversations/{_part(conversation)}/pagedmembers?pageSize=1", None, repeatable=True)

    async def ready(self) -> None:
        """Raises what stands against getting a token."""
        await self._credentials.token()

    @property
    def bot(self) -> str:
        """The app as a member of a conversation."""
        return f"28:{self._settings.app_id}"

    async def _call(self, method: str, service: str, path: str, body: Body | None, *, repeatable: bool = False) -> Body:
        if not self.trusts(service):
            raise Rejected("Teams named an address that is none of its own: nothing was sent there.")
        token = await self._credentials.token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        with translated(repeatable=repeatable):
            async with asyncio.timeout(LONGEST):
                answer = await self._http.request(
                    method, f"{service.rstrip('/')}/{path}", content=content, headers=headers | {"Content-Type": "application/json"}
                )
        if not answer.is_success:
            error = fault(answer, repeatable=repeatable)
            if isinstance(error, NeedsReconnect):
                self._credentials.forget()
            raise error
        return _object(answer, repeatable=repeatable)


def _object(answer: httpx.Response, *, repeatable: bool) -> Body:
    """An update's answer may be empty."""
    if not answer.content:
        return {}
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    words = "Teams' answer could not be read."
    raise UnexpectedPayload(words) if repeatable else OutcomeUnknown(words)


def _id(body: Body, name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str) or not found:
        raise OutcomeUnknown("Teams took the card but did not say where it stands.")
    return found


def _part(text: str) -> str:
    return quote(text, safe="")
