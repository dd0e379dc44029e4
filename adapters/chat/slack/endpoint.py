"""The HTTP door: nothing is parsed, kept or done before Slack's signature on the raw bytes is proven."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.chat.body import Gone, Receive, Scope, Send, TooLarge, TooSlow, headers_of, whole_body
from adapters.chat.slack.signature import genuine
from workflows.ports import Clock

MOST_FIELDS = 100  # of a form; a command has some fifteen


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
        headers = headers_of(scope)
        body = await whole_body(headers, receive)
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
