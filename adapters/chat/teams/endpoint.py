"""The door, `POST /api/messages`: nothing is parsed, kept or done before the caller's token is proven, nor for a tenant that is not ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog

from adapters.chat.body import Gone, Receive, Scope, Send, TooLarge, TooSlow, headers_of, whole_body
from adapters.chat.teams.connector import Connector
from adapters.chat.teams.framework import Framework, Unreadable, turn_of
from adapters.chat.teams.keys import KeysUnavailable
from adapters.chat.teams.names import CHANNEL
from adapters.chat.teams.tokens import Proof, Tokens, Untrusted
from adapters.chat.teams.turn import Turn

log = structlog.get_logger(__name__)
_REFUSALS = {TooLarge: 413, TooSlow: 408, Untrusted: 401, KeysUnavailable: 503, Unreadable: 400}


class TeamsEndpoint:
    """An ASGI application. Without `tokens` everybody who reaches it is believed, which is for this machine alone; `tenants` are those served."""

    def __init__(self, framework: Framework, connector: Connector, tokens: Tokens | None, tenants: frozenset[str]) -> None:
        self._framework, self._connector, self._tokens, self._tenants = framework, connector, tokens, tenants

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            status, answer = await self._answer(scope, receive)
        except Gone:
            return
        except tuple(_REFUSALS) as refusal:
            status, answer = _REFUSALS[type(refusal)], None
            log.info("teams request refused", status=status, why=str(refusal))
        except Exception:
            log.exception("teams request not kept")
            status, answer = 503, None  # Teams sends a message again, and tells the person who pressed to try once more
        await _send(send, status, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, Mapping[str, Any] | None]:
        if scope["method"] != "POST":
            return 405, None
        headers = headers_of(scope)
        proof = await self._tokens.prove(headers.get(b"authorization", "")) if self._tokens else None
        activity = self._framework.read(_parsed(await whole_body(headers, receive)))
        self._check(turn_of(activity), proof)
        return 200, await self._framework.run(activity)

    def _check(self, turn: Turn, proof: Proof | None) -> None:
        """Raises `Untrusted`."""
        if turn.channel_id != CHANNEL:
            raise Untrusted("another channel than Teams")
        if not self._connector.trusts(turn.service):
            raise Untrusted("a service URL that is none of Teams'")
        if proof is None:
            return
        if proof.service.rstrip("/") != turn.service.rstrip("/"):
            raise Untrusted("made for another service URL")
        if turn.tenant not in self._tenants:
            raise Untrusted("of a tenant that is not served here")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(parsed, dict):
        raise Unreadable("no activity")
    return parsed


async def _send(send: Send, status: int, answer: Mapping[str, Any] | None) -> None:
    body = b"" if answer is None else json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
