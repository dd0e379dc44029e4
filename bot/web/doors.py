"""What stands before every route: how large a request may be, whose page may send it, and the headers of every answer."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping, MutableMapping
from hashlib import sha256
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 256 * 1024
SLOWEST_BODY = 15.0  # seconds until a body must be complete
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
SAFE_METHODS = frozenset({"GET", "HEAD"})

PUBLIC_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

# A referrer policy of no-referrer would make browsers send `Origin: null` with our own forms.
PRIVATE_HEADERS = PUBLIC_HEADERS | {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class AnswerHeaders:
    """Puts the headers on every answer; one that a route has set stays."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answer.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """Reads a body before the route does, up to a size and within a time, so that no route has to think of either."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY, slowest: float = SLOWEST_BODY) -> None:
        self.app, self._largest, self._slowest = app, largest, slowest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._slowest):
                body = await self._read(scope, receive)
        except TimeoutError:
            await PlainTextResponse("The request took too long to arrive.", 408, {"Connection": "close"})(scope, receive, send)
            return
        if body is None:
            await PlainTextResponse("The request is too large.", 413, {"Connection": "close"})(scope, receive, send)
            return
        await self.app(scope, _replayed(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; null when it is too large, told from its length where one is given."""
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isdigit() or int(told) > self._largest:
            return None
        body = bytearray()
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if len(body) > self._largest:
                return None
            if not message.get("more_body", False):
                break
        return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    left: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return left.pop() if left else await receive()

    return again


class OwnPagesOnly:
    """The inbox believes whoever reaches it, so only this machine's own names may name it, and only its own pages may post to it.

    The name guards against a stranger's name that is made to point here; Origin, or Sec-Fetch-Site in its place, against a stranger's form.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self._hosts = {f"{name}:{port}" for name in LOCAL_NAMES} | ({*LOCAL_NAMES} if port == 80 else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is not None:
            await PlainTextResponse(refusal, 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "The inbox is for this machine. Open it as localhost or 127.0.0.1, with its port."
        if scope["method"] not in SAFE_METHODS and not self._is_own(headers, hosts[0].lower()):
            return "This request does not come from a page of the inbox. Open the inbox and press the button there."
        return None

    @staticmethod
    def _is_own(headers: Headers, host: str) -> bool:
        origins = headers.getlist("origin")
        if origins:
            return [origin.lower() for origin in origins] == [f"http://{host}"]
        return headers.get("sec-fetch-site") == "same-origin"


class FormTokens:
    """Proof that a form was drawn by us: an HMAC over the page view's nonce."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"duebot inbox forms", sha256)

    def of(self, nonce: str) -> str:
        return hmac.digest(self._key, nonce.encode(), sha256).hex()

    def fits(self, nonce: str, token: str) -> bool:
        return hmac.compare_digest(self.of(nonce).encode(), token.encode())
