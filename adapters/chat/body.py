"""Reading what is posted to a chat's door: so many bytes and no more, and only for so long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

LARGEST = 1_000_000  # bytes; what chats send stays far below
PATIENCE = 10.0  # seconds a body may take to arrive

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class TooLarge(Exception):
    """More bytes than any request of a chat has."""


class TooSlow(Exception):
    """The body did not arrive in time: whoever sends it byte by byte only wants to keep the door open."""


class Gone(Exception):
    """The caller hung up before the body was whole."""


def headers_of(scope: Scope) -> dict[bytes, str]:
    """By name in small letters."""
    return {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def whole_body(headers: dict[bytes, str], receive: Receive) -> bytes:
    """Raises `TooLarge`, as soon as the length says so or so much came, `TooSlow` and `Gone`."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await _body(headers, receive)
    except TimeoutError:
        raise TooSlow from None


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
