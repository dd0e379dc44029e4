"""The HTTP door: nothing is parsed, kept or done before Slack's signature on the raw bytes is proven."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.chat.slack.signature import genuine
from workflows.ports import Clock

LARGEST = 1_000_000  # bytes; Slack's own requests stay far below
PATIENCE = 10.0  # seconds a body may take to arrive; Slack gives up after three
MOST_FIELDS = 100  # of a form; a command has some fifteen

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class TooLarge(Exception):
    """More bytes than any request of Slack's has."""


class TooSlow(Exception):
    """The body did not arrive in time: whoever sends it byte by byte only wants to keep the door open."""


class Gone(Exception):
    """The caller hung up before the body was whole."""


class SlackEndpoint:
    """An ASGI application for `POST /slack/events`: events, commands and interactivity alike."""

    def __init__(self, app: AsyncApp, secrets: tuple[str, ...], clock: Clock) -> None:
        self._app, self._clock = app, clock
        self._secrets = tuple(secret for secret in secrets if secret.strip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except TooLarge:
            answer = BoltResponse(status=413)
        except TooSlow:
            answer = BoltResponse(status=408)
        except Gone:
            return
        await _send(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> BoltResponse:
        if scope["method"] != "POST":
            return BoltResponse(status=405)
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            async with asyncio.timeout(PATIENCE):
                body = await _body(headers, receive)
        except TimeoutError:
            raise TooSlow from None
        timestamp, signature = headers.get(b"x-slack-request-timestamp", ""), headers.get(b"x-slack-signature", "")
        if not genuine(body, timestamp, signature, self._secrets, self._clock.now().timestamp()):
            return BoltResponse(status=401)
        return await self._dispatch(body, headers.get(b"content-type", ""))

    async def _dispatch(self, body: bytes, content_type: str) -> BoltResponse:
        """Bolt gets what Socket Mode would bring it: the parsed body and no headers.

        Headers are not signed, and some of them are switches of Bolt's; its own form parser loses a command whose text says "payload".
        """
        try:
            request = AsyncBoltRequest(mode="socket_mode", body=_parse(body.decode("utf-8"), content_type))
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
            return BoltResponse(status=400)  # signed, yet not what its content type says
        return await self._app.async_dispatch(request)


async def _body(headers: dict[bytes, str], receive: Receive) -> bytes:
    told = headers.get(b"content-length", "")
    if told.isascii() and told.isdigit() and (len(told) > 9 or int(told) > LARGEST):
        raise TooLarge
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST:
            raise TooLarge
    return bytes(body)


def _parse(body: str, content_type: str) -> dict[str, Any]:
    """Events are JSON, interactivity is JSON in a form field, a command is a form."""
    if content_type.partition(";")[0].strip().lower() == "application/json":
        parsed = json.loads(body)
    else:
        form = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
        parsed = json.loads(form["payload"]) if "payload" in form and "command" not in form else form
    if not isinstance(parsed, dict):
        raise TypeError("neither an event, a command nor a press")
    return parsed


async def _send(send: Send, answer: BoltResponse) -> None:
    headers = [(name.lower().encode(), str(value).encode()) for name, values in answer.headers.items() for value in values]
    body = (answer.body or "").encode()
    await send(
        {"type": "http.response.start", "status": answer.status, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
    )
    await send({"type": "http.response.body", "body": body})
