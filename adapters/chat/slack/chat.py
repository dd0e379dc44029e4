"""Slack put together: one Bolt app, served over HTTP and, with an app token, over a socket."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.protocol import Handler, Inbound
from adapters.chat.slack.answers import Answers
from adapters.chat.slack.endpoint import SlackEndpoint
from adapters.chat.slack.listeners import HEAD_START, PATIENCE, Keeping, Listeners
from adapters.chat.slack.room import Approved, SlackRoom
from adapters.chat.slack.settings import SlackSettings
from adapters.chat.slack.wire_log import quiet_logger, socket_logger
from workflows.ports import Clock

TIMEOUT = 10  # seconds a call to Slack may take
LEAVING = 10.0  # seconds that answers under way are given at the end


class SlackChat:
    """`endpoint` is the ASGI application for `POST /slack/events`, `room` writes. `start` before use and `stop` at the end."""

    def __init__(
        self, settings: SlackSettings, app: AsyncApp, client: AsyncWebClient, listeners: Listeners, clock: Clock, approved: Approved | None
    ) -> None:
        self._settings, self._app, self._client, self._listeners = settings, app, client, listeners
        self._socket: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self.room = SlackRoom(client, settings.approved_channels, clock, approved)
        self.endpoint = SlackEndpoint(app, settings.signing_secrets, clock)

    async def start(self) -> None:
        """Keeps connections to Slack open, and with an app token opens the socket."""
        self._client.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        if self._settings.app_token:
            self._socket = AsyncSocketModeHandler(self._app, self._settings.app_token, logger=socket_logger())
            self._connecting = asyncio.create_task(self._socket.client.connect())  # type: ignore[no-untyped-call]  # tries until it holds

    async def stop(self) -> None:
        """Lets answers under way arrive, and what came meanwhile too."""
        await self.settled(LEAVING)
        if self._connecting is not None:
            self._connecting.cancel()
        if self._socket is not None:
            await self._socket.client.close()  # type: ignore[no-untyped-call]
            await self.settled(LEAVING)
        if self._client.session is not None:
            await self._client.session.close()

    async def settled(self, timeout: float | None = None) -> None:
        """Returns when all that was acknowledged has been answered."""
        await self._listeners.settled(timeout)


def build(
    settings: SlackSettings,
    handler: Handler,
    inbound: Inbound,
    clock: Clock,
    approved: Approved | None = None,
    *,
    patience: float = PATIENCE,
    head_start: float = HEAD_START,
) -> SlackChat:
    """`approved` reads the channels approved while it runs; `patience` and `head_start` are seconds, see `listeners`."""
    wire = quiet_logger()
    client = AsyncWebClient(settings.bot_token, base_url=settings.api_url, timeout=TIMEOUT, retry_handlers=[], logger=wire)
    listeners = Listeners(handler, inbound, Answers(client), patience=patience, head_start=head_start)
    app = _app(settings, client, wire, Keeping(listeners))
    listeners.attach(app)
    return SlackChat(settings, app, client, listeners, clock, approved)


def _app(settings: SlackSettings, client: AsyncWebClient, wire: logging.Logger, keeping: Keeping) -> AsyncApp:
    """Bolt without what it would do before or instead of our own checks: signatures are proven at the door, with two secrets.

    `authorize` answers from the settings: Bolt's own would ask Slack who we are before anything is acknowledged.
    """

    async def authorize(context: AsyncBoltContext) -> AuthorizeResult:  # ruff: ignore[unused-async] - Bolt awaits it
        return AuthorizeResult(enterprise_id=context.enterprise_id, team_id=context.team_id, bot_token=settings.bot_token)

    return AsyncApp(
        name="duebot",
        logger=wire,
        client=client,
        signing_secret="",
        before_authorize=keeping,
        authorize=authorize,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
    )
