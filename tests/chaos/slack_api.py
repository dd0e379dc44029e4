"""Slack's Web API as far as a round needs it: keeps every call and every message that stands, and misbehaves as it is told.

Shapes are Slack's: `ok`, an `error`, `Retry-After` in whole seconds beside a 429.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

from tests.chaos.troubles import Trouble
from tests.peers.slack import TEAM, _arguments, elements
from tests.peers.smtp import HOST

CHANNEL = "C1"
DRIP_SECONDS = 0.002
APOLOGY = "did not work"


@dataclass(slots=True)
class SlackAPI:
    """`standing` is each message as it stands now, `subjects` what posted cards are about, `apologised` the windows and private lines that told of trouble."""

    trouble: Trouble | None = None
    standing: dict[str, dict[str, Any]] = field(default_factory=dict)
    subjects: list[str] = field(default_factory=list)
    apologised: set[str] = field(default_factory=set)
    doubtful: int = 0
    met: Counter[Trouble] = field(default_factory=Counter)
    port: int = 0
    _numbers: Any = field(default_factory=lambda: count(1))

    def forget(self) -> None:
        self.standing.clear()
        self.subjects.clear()
        self.apologised.clear()
        self.doubtful = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        arguments, trouble = await _arguments(request), self.trouble
        if trouble is not None:
            self.met[trouble] += 1
        method = request.match_info["method"]
        early = await self._refused(request, trouble)
        if early is not None:
            return early
        if method == "views.update" and APOLOGY in json.dumps(arguments):
            self.apologised.add(str(arguments["view_id"]))
        body = self._do(method, arguments)
        if trouble is not None and method == "chat.postMessage":
            self.doubtful += trouble is not Trouble.DRIP
        return await self._told(request, json.dumps(body), trouble)

    async def take_response(self, request: web.Request) -> web.Response:
        """A private line to who pressed."""
        if APOLOGY in await request.text():
            self.apologised.add(request.match_info["name"])
        return web.Response(text="ok")

    async def _refused(self, request: web.Request, trouble: Trouble | None) -> web.StreamResponse | None:
        """Before anything is done."""
        match trouble:
            case Trouble.LIMITED_FOR_A_TIME:
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "90"})
            case Trouble.LIMITED:
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429)
            case Trouble.BROKEN:
                return web.Response(status=503, text="<html>upstream</html>", content_type="text/html")
            case Trouble.EXPIRED:
                return web.json_response({"ok": False, "error": "token_expired"})
            case Trouble.RESET:
                return _hung_up(request)
            case Trouble.HANG:
                await asyncio.sleep(30)
        return None

    def _do(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "chat.postMessage":
                stamp = f"{next(self._numbers)}.000100"
                self.subjects += sorted(_subjects(arguments.get("blocks")))
                self.standing[stamp] = arguments
                return {"ok": True, "channel": _conversation(str(arguments["channel"])), "ts": stamp, "message": {}}
            case "chat.update":
                if arguments["ts"] not in self.standing:
                    return {"ok": False, "error": "message_not_found"}
                self.standing[str(arguments["ts"])] = arguments
                return {"ok": True, "channel": arguments["channel"], "ts": arguments["ts"], "text": arguments.get("text", "")}
            case "conversations.info":
                return {"ok": True, "channel": {"id": arguments["channel"], "name": "credit", "is_private": True}}
            case "views.open" | "views.update":
                return {"ok": True, "view": {"id": "V1"}}
        return {"ok": True, "team_id": TEAM, "user_id": "U0"}

    async def _told(self, request: web.Request, text: str, trouble: Trouble | None) -> web.StreamResponse:
        """After it is done."""
        match trouble:
            case Trouble.LOST:
                return _hung_up(request)
            case Trouble.WRONG_SHAPE:
                return web.json_response(["ok"])
            case Trouble.TRUNCATED | Trouble.DRIP:
                answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(text))})
                await answer.prepare(request)
                with suppress(ConnectionResetError):  # whoever asked may not have the patience
                    for letter in text[: len(text) // 2] if trouble is Trouble.TRUNCATED else text:
                        await answer.write(letter.encode())
                        await asyncio.sleep(DRIP_SECONDS if trouble is Trouble.DRIP else 0)
                return _hung_up(request) if trouble is Trouble.TRUNCATED else answer
        return web.Response(text=text, content_type="application/json")


def _subjects(blocks: Any) -> frozenset[str]:
    """What the buttons of a card act on."""
    values = [str(element.get("value") or "") for element in elements(blocks or [])]
    return frozenset(str(json.loads(value).get("id")) for value in values if value.startswith("{"))


def _conversation(channel: str) -> str:
    return f"D{channel[1:]}" if channel.startswith("U") else channel


def _hung_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


@asynccontextmanager
async def slack_api(api: SlackAPI | None = None) -> AsyncGenerator[SlackAPI]:
    api = api or SlackAPI()
    application = web.Application()
    application.router.add_route("*", "/api/{method}", api.answer)
    application.router.add_post("/respond/{name}", api.take_response)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    api.port = runner.addresses[0][1]
    try:
        yield api
    finally:
        await runner.cleanup()
