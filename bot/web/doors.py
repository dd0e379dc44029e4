"""What stands before every route: whose page may send a request, and the headers of every answer."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class OwnPagesOnly:
    """The inbox believes whoever reaches it, so only this machine's own names may name it, and only its own pages may post to it.

    The name guards against a stranger's name that is made to point here; Origin, or Sec-Fetch-Site in its place, against a stranger's form.
    `programs` are paths that no page posts to: there only what no browser sent is let in.
    """

    def __init__(self, app: ASGIApp, port: int, programs: frozenset[str] = frozenset()) -> None:
        self.app, self._programs = app, programs
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
        if scope["path"] in self._programs:
            return "This address is for programs." if "origin" in headers or "sec-fetch-site" in headers else None
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
