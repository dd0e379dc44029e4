"""Slack put together: one Bolt app, served over HTTP and, with an app token, over a socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.chat.protocol import Foreseeing, Inbound, Installations
from adapters.chat.slack.endpoint import SlackEndpoint
from adapters.chat.slack.inspection import Inspection
from adapters.chat.slack.installing import SlackInstalling
from adapters.chat.slack.listeners import HEAD_START, PATIENCE, Keeping, Listeners, broke
from adapters.chat.slack.pauses import Pauses
from adapters.chat.slack.room import Approved, SlackRoom
from adapters.chat.slack.settings import SlackSettings
from adapters.chat.slack.socket import Socket
from adapters.chat.slack.wire_log import quiet_logger
from adapters.chat.slack.workspaces import Workspaces
from adapters.core.pauses import Rest
from workflows.errors import OutsideError
from workflows.ports import Clock

LEAVING = 10.0  # seconds that answers under way are given at the end


class SlackChat:
    """`endpoint` is the ASGI application for `POST /slack/events`, `installing` the pages that install the app, `room` writes.

    `start` before use and `stop` at the end.
    """

    def __init__(
        self,
        settings: SlackSettings,
        app: AsyncApp,
        workspaces: Workspaces,
        listeners: Listeners,
        installations: Installations,
        clock: Clock,
        approved: Approved | None,
    ) -> None:
        self._settings, self._app, self._workspaces, self._listeners = settings, app, workspaces, listeners
        self._socket: Socket | None = None
        self._connecting: asyncio.Task[None] | None = None
        self.room = SlackRoom(workspaces, settings.approved_channels, clock, approved)
        self.endpoint = SlackEndpoint(app, settings.signing_secrets, clock)
        self.inspection = Inspection(settings, workspaces, self.room, clock)
        self.installing = SlackInstalling(settings, workspaces, installations, clock) if settings.installs else None

    async def start(self, acknowledged: Callable[[float], None] = lambda _: None) -> None:
        """Keeps connections to Slack open, and with an app token opens the socket; told is how many seconds Slack waited on it each time."""
        await self._workspaces.open()
        if self._settings.app_token:
            self._socket = Socket(self._app, self._settings.app_token, acknowledged)
            self._connecting = asyncio.create_task(self._socket.client.connect())  # type: ignore[no-untyped-call]  # tries until it holds

    async def stop(self) -> None:
        """Lets answers under way arrive, and what came meanwhile too."""
        await self.settled(LEAVING)
        if self._connecting is not None:
            self._connecting.cancel()
        if self._socket is not None:
            await self._socket.client.close()  # type: ignore[no-untyped-call]
            await self.settled(LEAVING)
        await self._workspaces.close()

    async def settled(self, timeout: float | None = None) -> None:
        """Returns when all that was acknowledged has been answered."""
        await self._listeners.settled(timeout)


def build(
    settings: SlackSettings,
    handler: Foreseeing,
    inbound: Inbound,
    installations: Installations,
    clock: Clock,
    approved: Approved | None = None,
    *,
    patience: float = PATIENCE,
    head_start: float = HEAD_START,
    rest: Rest = asyncio.sleep,
) -> SlackChat:
    """`approved` reads the channels approved while it runs; `patience` and `head_start` are seconds, see `listeners`; `rest` passes seconds."""
    wire = quiet_logger()
    workspaces = Workspaces(settings, installations, clock, wire)
    listeners = Listeners(handler, inbound, workspaces, installations, Pauses(clock, rest), patience=patience, head_start=head_start)
    app = _app(workspaces, wire, Keeping(listeners))
    app.error(broke)
    return SlackChat(settings, app, workspaces, listeners, installations, clock, approved)


def _app(workspaces: Workspaces, wire: logging.Logger, keeping: Keeping) -> AsyncApp:
    """Bolt without what it would do before or instead of our own checks: signatures are proven at the door, with two secrets.

    `authorize` answers from our own tables and settings: Bolt's own would ask Slack who we are before anything is acknowledged.
    """

    async def authorize(context: AsyncBoltContext) -> AuthorizeResult:
        """Of the workspace the request came from. A token that cannot be had now is missed when the answer is given, and said then."""
        try:
            token = (await workspaces.client(context.team_id or "")).token
        except OutsideError:
            token = None
        return AuthorizeResult(enterprise_id=context.enterprise_id, team_id=context.team_id, bot_token=token)

    return AsyncApp(
        name="duebot",
        logger=wire,
        client=workspaces.with_token(None),
        signing_secret="",
        before_authorize=keeping,
        authorize=authorize,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
    )
