"""Slack's requests over a connection that we opened."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.chat.slack.wire_log import socket_logger


class Socket(AsyncSocketModeHandler):
    """Tells how many seconds Slack waited for what was acknowledged."""

    def __init__(self, app: AsyncApp, token: str, acknowledged: Callable[[float], None]) -> None:
        super().__init__(app, token, logger=socket_logger())
        self._acknowledged = acknowledged

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as Bolt has it
        """As Bolt's own."""
        began = time.monotonic()
        answer = await run_async_bolt_app(self.app, req)
        await send_async_response(client, req, answer, time.time())
        if answer.status == HTTPStatus.OK:
            self._acknowledged(time.monotonic() - began)
