"""200 signed clicks a second on a large ledger while a tick runs, against an empty Bolt app that gets the same requests.

What is timed is what a person feels: from the moment a click is due until Slack has its answer, the kept row committed. The two are
served one after the other, each in a process of its own, with the same tick beside them.
"""

from __future__ import annotations

import asyncio
import base64
import json
import math
import multiprocessing
import os
import re
import socket
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.process import BaseProcess
from typing import Any, LiteralString
from uuid import UUID

import aiohttp
import psycopg
import uvicorn
from aiohttp import web
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.app import running
from bot.config import Settings, SlackSettings
from bot.http import chat_app
from bot.verbs.terminal import logs_to_stderr, spare_the_collector
from cards.actions import Action, Name
from tests.bench import tick
from tests.bench.big_ledger import fill_open
from tests.bench.bulk import driver_url
from tests.bench.databases import filled
from tests.bench.outcome import size_or, tell
from tests.peers.slack import SECRET, TEAM, interactive, signed
from tests.peers.slack_emulator import HOST
from workflows.domain.access import Role, User
from workflows.domain.ids import UserId, new_id

RUNS, SECONDS, A_SECOND = 3, 5, 200
TICKED = 50_000  # items that come due
SPAWN = multiprocessing.get_context("spawn")


def ours(url: str, slack: str, port: int) -> None:
    quietly()
    key = SecretStr(base64.b64encode(bytes(32)).decode())
    tokens = SlackSettings(bot_token=SecretStr("xoxb-bench"), signing_secret=SecretStr(SECRET), api_url=f"{slack}/api/")

    async def serve() -> None:
        async with running(Settings(database_url=url, secret_key=key, slack=tokens), connect=True) as app:
            spare_the_collector()  # as the service does
            await serve_at(chat_app(app), port)

    asyncio.run(serve())


def least(_: str, slack: str, port: int) -> None:
    """An empty Bolt app: it verifies the signature, and acknowledges."""
    quietly()

    async def authorize() -> AuthorizeResult:  # ruff: ignore[unused-async] - Bolt awaits it
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-bench")

    bolt = AsyncApp(signing_secret=SECRET, authorize=authorize)

    @bolt.action(re.compile(r".*"))
    async def pressed(ack: AsyncAck) -> None:
        await ack()

    door, handler = FastAPI(), AsyncSlackRequestHandler(bolt)

    @door.post("/slack/events")
    async def events(request: Request) -> Response:
        return await handler.handle(request)

    del slack
    asyncio.run(serve_at(door, port))


def slack_stands_in(port: int) -> None:
    """Takes whatever is said, opens every window, and knows whoever is asked for as one of the team."""
    quietly()
    told = {"ts": "1700000000.000100", "channel": "C1", "team_id": TEAM, "view": {"id": "V1"}, "user": {"id": "U1", "team_id": TEAM}}

    async def taken(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"ok": True, **told})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", taken)
    web.run_app(application, host=HOST, port=port, print=None)


# A few at a time, for all in one statement held every one of them for most of a second, which nothing of the product does.
_DUE_ANEW: LiteralString = """UPDATE customers SET next_look_at = '2026-11-24 09:00:00+00' WHERE id IN (
    SELECT id FROM customers WHERE next_look_at > '2026-11-24 09:00:00+00' AND next_look_at < '2026-12-20' LIMIT 100 FOR UPDATE SKIP LOCKED)"""


def ticking(url: str) -> None:
    """A tick over what is due, again and again: its accounts are made due anew."""
    quietly()
    while True:
        tick.ours(url)
        with psycopg.connect(driver_url(url), autocommit=True) as session:
            while session.execute(_DUE_ANEW).rowcount:
                pass


def clicks(url: str) -> list[dict[str, Any]]:
    """Presses of Open and Flag on invoices all over the ledger, by somebody who may."""
    with psycopg.connect(driver_url(url)) as session:
        items = [row[0] for row in session.execute("SELECT id FROM items ORDER BY number LIMIT %s", (SECONDS * A_SECOND,))]
    asyncio.run(_employ(url))
    return [_press(UUID(str(item)), name) for item, name in zip(items, cycle((Name.FLAG, Name.WHY)), strict=False)]


async def _employ(url: str) -> None:
    store = SqlStore(open_engine(url), [bytes(32)])
    async with store() as work:
        ana = User(UserId(new_id()), "ana@bench.example", "Ana", Role.COLLECTOR)
        await work.add_user(ana)
        await work.link(ana.id, "slack", TEAM, "U1")
    await store.close()


def _press(item: UUID, name: Name) -> dict[str, Any]:
    action = Action(name, item)
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "bench"},
        "user": {"id": "U1", "name": "ana", "team_id": TEAM},
        "api_app_id": "A1",
        "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": "C1", "is_ephemeral": False},
        "channel": {"id": "C1", "name": "desk"},
        "message": {"type": "message", "ts": "1700000000.000100", "text": "", "blocks": []},
        "actions": [{"block_id": "b", "type": "button", "action_id": action.name.value, "value": action.encode(), "action_ts": "1.0"}],
    }


@dataclass(frozen=True, slots=True)
class Post:
    """One request as the chat sends it."""

    path: str
    body: bytes
    headers: Mapping[str, str]


def _as_slack(presses: Sequence[dict[str, Any]], run: str) -> list[Post]:
    bodies = [interactive({**one, "trigger_id": f"{run}.{n}"}) for n, one in enumerate(presses)]
    return [Post("/slack/events", body, signed(body, timestamp=int(time.time()))) for body in bodies]


async def _load(port: int, posts: Sequence[Post], a_second: int) -> list[float]:
    """Seconds each click waited, counted from when it was due, late or not; for ever when it was not taken."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        warm = len(posts) // 10
        for post in posts[:warm]:
            await _click(http, port, post)
        begin = time.perf_counter() + 0.5
        waits = [_when_due(http, port, post, begin + n / a_second) for n, post in enumerate(posts[warm:])]
        return await asyncio.gather(*waits)


async def _when_due(http: aiohttp.ClientSession, port: int, post: Post, due: float) -> float:
    await asyncio.sleep(due - time.perf_counter())
    status = await _click(http, port, post)
    return time.perf_counter() - due if status == 200 else math.inf


async def _click(http: aiohttp.ClientSession, port: int, post: Post) -> int:
    async with http.post(f"http://{HOST}:{port}{post.path}", data=post.body, headers=post.headers) as answer:
        await answer.read()
        return answer.status


def measured(target: Any, url: str, outside: str, posts: Sequence[Post], a_second: int) -> tuple[float, float]:
    """The median and the 99th percentile, in seconds, without the first tenth, which come one after the other to warm it up. `outside` is where the chat stands."""
    port = free_port()
    with process(target, url, outside, port), process(ticking, url):
        until_listening(port)
        waited = asyncio.run(_load(port, posts, a_second))
    ordered = sorted(waited)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]


@contextmanager
def process(target: Any, *arguments: Any) -> Generator[BaseProcess]:
    one = SPAWN.Process(target=target, args=arguments, daemon=True)
    one.start()
    try:
        yield one
    finally:
        one.kill()
        one.join()


async def serve_at(app: Any, port: int) -> None:
    await uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, log_config=None, access_log=False, lifespan="off")).serve()


def quietly() -> None:
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # ruff: ignore[open-file-with-context-handler,builtin-open] - as long as the process lives
    logs_to_stderr(everything=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


def until_listening(port: int) -> None:
    for _ in range(600):
        with socket.socket() as one:
            if one.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not come up within a minute")


def main() -> None:
    size = size_or(1_000_000)
    due = min(TICKED, size // 2)
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "floor": []}
    with (
        filled("postgresql", lambda url: fill_open(url, size, due=due, now=tick.NOW)) as databases,
        process(slack_stands_in, stub := free_port()),
    ):
        url = databases.address
        presses = clicks(url)
        for run in range(RUNS):
            found["floor"].append(measured(least, url, f"http://{HOST}:{stub}", _as_slack(presses, f"floor{run}"), A_SECOND))
            found["ours"].append(measured(ours, url, f"http://{HOST}:{stub}", _as_slack(presses, f"ours{run}"), A_SECOND))
    for name, at in (("click", 0), ("click-p99", 1)):
        tell(name, size, [pair[at] for pair in found["ours"]], [pair[at] for pair in found["floor"]], done=1)
    sys.stderr.write(f"  {json.dumps({'clicks': len(presses) * RUNS, 'a_second': A_SECOND})}\n")


if __name__ == "__main__":
    main()
