"""A stand-in for Microsoft on loopback: the keys it signs with, Entra ID's tokens, and the connector with what stands in its conversations.

async with teams() as tenant:                      # a real HTTP server
    body = tenant.message("overdue", by="ana")     # an activity as Teams sends it
    headers = tenant.signed()                      # with a token as the Bot Framework signs it
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

HOST = "127.0.0.1"
APP = "5f0a3c1e-7d44-4b0e-9a51-0c2d8e6f1a2b"
TENANT = "c7a9e4d2-10f3-4f0b-8c55-3e9b7a6d2f10"
PASSWORD = "made up for this test"
ISSUER = "https://api.botframework.com"
CHANNEL, GROUP = "19:credit0a1b@thread.tacv2", "19:handful2c3d@thread.v2"
TEAM = "19:general4e5f@thread.tacv2"  # that all channels are of; its id is that of its General channel
PEOPLE = {"ana": "Ana Krüger", "bo": "Bo Lindqvist", "maria": "Maria Stein", "vic": "Vic Tanaka", "ida": "Ida Novak", "cy": "Cy Doe"}
BLOCKED = {"errorCode": 209, "message": '{ "subCode": "MessageWritesBlocked", "details": "Thread is blocked from message writes." }'}
_KEY = generate_private_key(public_exponent=65537, key_size=2048)

Activity = dict[str, Any]


def object_id(name: str) -> str:
    """A person's id in Entra."""
    return str(uuid5(NAMESPACE_URL, f"entra:{name}"))


@dataclass(slots=True)
class Fault:
    """What the connector answers instead, in the place of its own answer or (status 0) before it: once, or `times`; not before `gate` is set."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    wait: float = 0.0
    gate: asyncio.Event | None = None
    met: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Tenant:
    """`standing` is what every message shows now, by conversation and id; `calls` are all that were made, in order; `changes` are to rows of the
    roster, by name; `channels` are what the team's list has of its own besides General; `written` is all that was taken, in order. `blocked` conversations take nothing; `lost` keys cannot be had; `published` are odd ones: a list in their place, or weak, not for teams, endless. `flows` is what a workflow took."""

    url: str = "http://127.0.0.1:9"
    key: RSAPrivateKey = field(default_factory=lambda: _KEY)
    kid: str = "key-1"
    now: float = field(default_factory=time.time)
    standing: dict[tuple[str, str], Activity] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    written: list[tuple[str, str, Activity]] = field(default_factory=list)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: list[dict[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    issued: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    refuse_login: bool = False
    lost: bool = False
    published: object = ""
    flows: list[Activity] = field(default_factory=list)
    flow_answers: int = 202
    _numbers: Any = field(default_factory=lambda: count(1))

    # What Microsoft sends us ------------------------------------------------------------------------------------------------

    @property
    def service(self) -> str:
        return f"{self.url}/emea/"

    def signed(
        self, *, key: RSAPrivateKey | None = None, algorithm: str = "RS256", kid: str | None = None, **claims: Any
    ) -> dict[str, str]:
        """Headers with a token; `claims` replace its own, null leaves one out."""
        now = int(self.now)
        whole = {"iss": ISSUER, "aud": APP, "nbf": now - 60, "exp": now + 3600, "serviceurl": self.service, **claims}
        payload = {name: value for name, value in whole.items() if value is not None}
        signing: Any = (key or self.key) if algorithm.startswith("RS") else "" if algorithm == "none" else "0" * 40
        token = jwt.encode(payload, signing, algorithm=algorithm, headers={"kid": kid or self.kid})
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def activity(self, kind: str, *, by: str, at: str = "", **more: Any) -> Activity:
        """In a person's own chat with the app unless `at` names another conversation."""
        talk = at or self.own_chat(by)
        room = "channel" if "tacv2" in talk else "groupChat" if "thread.v2" in talk else "personal"
        data: dict[str, Any] = {"tenant": {"id": TENANT}}
        if room == "channel":
            data |= {"team": {"id": TEAM}, "channel": {"id": talk}, "teamsChannelId": talk, "teamsTeamId": TEAM}
        return {
            "type": kind,
            "id": f"f:{next(self._numbers)}",
            "timestamp": "2026-11-24T09:00:00.000Z",
            "channelId": "msteams",
            "serviceUrl": self.service,
            "from": {"id": f"29:{by}", "name": PEOPLE.get(by, by), "aadObjectId": object_id(by)},
            "conversation": {"conversationType": room, "tenantId": TENANT, "id": talk, "isGroup": room != "personal"},
            "recipient": {"id": f"28:{APP}", "name": "Duebot"},
            "channelData": data,
            **more,
        }

    def message(self, text: str, *, by: str, at: str = "") -> Activity:
        """Elsewhere than in their own chat it mentions the app, at its beginning where `text` has no `@Duebot`; `@Ana` mentions her."""
        if not at:
            return self.activity("message", by=by, text=text, textFormat="plain")
        text = text if "@Duebot" in text else f"@Duebot {text}"
        named = {"Duebot": f"28:{APP}", "Ana": "29:ana"}
        entities = [
            {"type": "mention", "mentioned": {"id": who, "name": name}, "text": f"<at>{name}</at>"}
            for name, who in named.items()
            if f"@{name}" in text
        ]
        for name in named:
            text = text.replace(f"@{name}", f"<at>{name}</at>")
        return self.activity("message", by=by, at=at, text=text, textFormat="plain", entities=entities)

    def channel_event(self, event: str, channel: str, name: str, sort: str = "standard") -> Activity:
        """As documented: it stands in General, whatever channel of the team it tells of."""
        told = self.activity("conversationUpdate", by="ana", at=TEAM)
        data = {"tenant": {"id": TENANT}, "team": {"id": TEAM}, "eventType": event}
        return told | {"channelData": data | {"channel": {"id": channel, "name": name, "type": sort}}}

    def execute(self, action: Mapping[str, Any], *, by: str, at: str, message: str, inputs: Mapping[str, Any] | None = None) -> Activity:
        """A press of an Action.Execute."""
        asked = {"type": "Action.Execute", "id": "", "verb": action.get("verb", ""), "data": {**action["data"], **(inputs or {})}}
        value = {"action": asked, "trigger": "manual"}
        return self.activity("invoke", by=by, at=at, name="adaptiveCard/action", replyToId=message, value=value)

    def task(self, name: str, data: Mapping[str, Any], *, by: str, at: str, message: str = "") -> Activity:
        """`task/fetch` opens a dialog, `task/submit` sends one off."""
        more = {"replyToId": message} if message else {}
        return self.activity("invoke", by=by, at=at, name=name, value={"data": dict(data), "context": {"theme": "default"}}, **more)

    def installed(self, *, by: str, at: str = "", action: str = "add") -> Activity:
        return self.activity("installationUpdate", by=by, at=at, action=action)

    def own_chat(self, name: str) -> str:
        return f"a:{uuid5(NAMESPACE_URL, f'chat:{name}').hex}"

    # What stands there ------------------------------------------------------------------------------------------------------

    def cards(self, conversation: str) -> list[Activity]:
        """Oldest first, each as it looks now and with its id."""
        return [shown for (place, _), shown in self.standing.items() if place == conversation]

    # The server -------------------------------------------------------------------------------------------------------------

    def routes(self) -> list[Route]:
        base = "/emea/v3/conversations"
        return [
            Route("/openid", self._about),
            Route("/keys", self._keys),
            Route("/{tenant}/v2.0/.well-known/openid-configuration", self._entra),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
            Route("/flow", self._flow, methods=["POST"]),
            Route(base, self._open, methods=["POST"]),
            Route(base + "/{talk}/activities", self._post, methods=["POST"]),
            Route(base + "/{talk}/activities/{message}", self._put, methods=["PUT"]),
            Route(base + "/{talk}/members/{user}", self._member),
            Route(base + "/{talk}/pagedmembers", self._members),
            Route("/emea/v3/teams/{team}/conversations", self._channels),
        ]

    async def _about(self, request: Request) -> Response:
        self.calls.append(("GET", request.url.path))
        return JSONResponse({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys", "id_token_signing_alg_values_supported": ["RS256"]})

    async def _keys(self, request: Request) -> Response:
        self.calls.append(("GET", request.url.path))
        if self.lost:
            return Response(status_code=500)
        if self.published == "endless":
            return Response(b'{"keys": [' + b" " * 1_000_000 + b"]}")
        key = generate_private_key(public_exponent=65537, key_size=1024) if self.published == "weak" else self.key
        endorsed = [] if self.published == "not for teams" else ["msteams"]
        own = json.loads(RSAAlgorithm.to_jwk(key.public_key())) | {"kid": self.kid, "use": "sig", "endorsements": endorsed}
        return JSONResponse({"keys": [own] if isinstance(self.published, str) else self.published})

    async def _entra(self, request: Request) -> Response:
        entra = "https://login.microsoftonline.com/" + request.path_params["tenant"]
        return JSONResponse(
            {
                "issuer": f"{entra}/v2.0",
                "authorization_endpoint": f"{entra}/oauth2/v2.0/authorize",
                "token_endpoint": f"{entra}/oauth2/v2.0/token",
            }
        )

    async def _token(self, request: Request) -> Response:
        form = dict(pair.split("=", 1) for pair in (await request.body()).decode().split("&"))
        self.calls.append(("TOKEN", request.path_params["tenant"]))
        if self.refuse_login or form.get("client_id") != APP or "client_credentials" not in form.get("grant_type", ""):
            return JSONResponse({"error": "invalid_client", "error_description": "no"}, 401)
        token = f"token-{next(self._numbers)}"
        self.issued.add(token)
        return JSONResponse({"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    async def _open(self, request: Request) -> Response:
        refusal = await self._refused(request)
        if refusal is not None:
            return refusal
        body = await request.json()
        assert body["tenantId"] == TENANT
        return JSONResponse({"id": self.own_chat(body["members"][0]["id"].removeprefix("29:"))}, 201)

    async def _post(self, request: Request) -> Response:
        refusal = await self._refused(request)
        if refusal is not None:
            return refusal
        message = f"m{next(self._numbers)}"
        await self._takes(request, message)
        return JSONResponse({"id": message}, 201)

    async def _put(self, request: Request) -> Response:
        refusal = await self._refused(request)
        if refusal is not None:
            return refusal
        where = request.path_params["talk"], request.path_params["message"]
        if where not in self.standing:
            return JSONResponse({"error": {"code": "NotFound", "message": "no"}}, 404)
        await self._takes(request, where[1])
        return JSONResponse({"id": where[1]})

    async def _takes(self, request: Request, message: str) -> None:
        talk, body = request.path_params["talk"], await request.json()
        self.standing[talk, message] = body | {"id": message}
        self.written.append((talk, message, body))

    async def _member(self, request: Request) -> Response:
        refusal = await self._refused(request)
        if refusal is not None:
            return refusal
        name = request.path_params["user"].removeprefix("29:")
        row = {
            "id": f"29:{name}",
            "name": PEOPLE.get(name, name),
            "aadObjectId": object_id(name),
            "email": f"{name}@nordhafen.example",
            "userPrincipalName": f"{name}@nordhafen.example",
            "tenantId": TENANT,
            "userRole": "user",
        }
        return JSONResponse(row | self.changes.get(name, {}))

    async def _members(self, request: Request) -> Response:
        refusal = await self._refused(request)
        return refusal or JSONResponse({"members": [], "continuationToken": None})

    async def _channels(self, request: Request) -> Response:
        """General has no name, so that each client calls it in its own language."""
        refusal = await self._refused(request)
        if refusal is not None:
            return refusal
        if request.path_params["team"] != TEAM:
            return JSONResponse({"error": {"code": "NotFound", "message": "no"}}, 404)
        return JSONResponse({"conversations": [{"id": TEAM, "name": None, "type": "standard"}, *self.channels]})

    async def _flow(self, request: Request) -> Response:
        """A workflow: it says that it took something, or not."""
        if self.flow_answers < 300:
            self.flows.append(await request.json())
        return Response(status_code=self.flow_answers)

    async def _refused(self, request: Request) -> Response | None:
        """Without a token of ours nobody writes; then what a test asked for."""
        self.calls.append((request.method, request.url.path))
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.issued:
            return JSONResponse({"error": {"code": "Unauthorized", "message": "no"}}, 401)
        if request.method != "GET" and request.path_params.get("talk") in self.blocked:
            return JSONResponse(BLOCKED, 403)
        if not self.faults:
            return None
        fault = self.faults[0]
        fault.times -= 1
        if fault.times == 0:
            self.faults.pop(0)
        fault.met.set()
        if fault.gate is not None:
            await fault.gate.wait()
        if fault.wait:
            await asyncio.sleep(fault.wait)
        return JSONResponse(dict(fault.body), fault.status, dict(fault.headers)) if fault.status else None


@asynccontextmanager
async def teams() -> AsyncGenerator[Tenant]:
    tenant = Tenant()
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()  # who calls before the server runs waits for it
        tenant.url = f"http://{HOST}:{listener.getsockname()[1]}"
        config = uvicorn.Config(Starlette(routes=tenant.routes()), log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve([listener]))  # ruff: ignore[private-member-access] - `serve` would take the test's signals
        try:
            yield tenant
        finally:
            server.should_exit = True
            await serving
