"""A thousand genuine requests among ten thousand that are not, against the whole of Duebot."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from itertools import starmap
from typing import Any
from uuid import UUID

import aiohttp

from adapters.chat.slack.names import EVENTS_PATH
from cards.actions import Action, Name
from tests.e2e.rows import row_counts
from tests.e2e.service import CHANNEL, Service
from tests.peers.slack import Workspace, interactive, signed
from workflows.domain.ids import ItemId

TABLES = ("inbound", "acts", "audit", "flags")
MANY, BAD, REPLAYED, OVER_HTTP = 1_000, 10_000, 1_000, 2_000
AT_ONCE = 40
Request = tuple[bytes, Mapping[str, str]]


def _press(workspace: Workspace, item: ItemId, name: Name, seen: int, trigger: str, by: str) -> bytes:
    element = {"type": "button", "action_id": name.value, "value": Action(name, UUID(str(item)), seen).encode()}
    return interactive(workspace.press(element, by=by, trigger=trigger, channel=CHANNEL))


def _genuine(duebot: Service, items: list[ItemId], number: int) -> bytes:
    """Commands, presses that act and presses that come too late, in turn."""
    trigger, by = f"{number}.1.valid", ("ana", "bo", "maria")[number % 3]
    if number % 2:
        return duebot.workspace.command("help", by=by, trigger=trigger, channel=CHANNEL)
    return _press(duebot.workspace, items[number % len(items)], Name.FLAG, 0, trigger, by)


def _forged(duebot: Service, items: list[ItemId], number: int) -> Request:
    """Never genuine: another secret, another time, another body, another signature, or none."""
    now = int(duebot.clock.now().timestamp())
    body = _press(duebot.workspace, items[number % len(items)], Name.FLAG, 0, f"{number}.2.forged", "ana")
    true = signed(body, timestamp=now)
    without = {name: value for name, value in true.items() if name != "X-Slack-Signature"}
    ways: tuple[Request, ...] = (
        (body, signed(body, timestamp=now, secret="guessed")),
        (body, signed(body, timestamp=now - 301)),
        (body, signed(body, timestamp=now + 301)),
        (body.replace(b"flag.set", b"flag.end"), true),
        (body + b"&x=1", true),
        (body, without),
        (body, {**true, "X-Slack-Signature": true["X-Slack-Signature"][:-1]}),
        (body, {**true, "X-Slack-Request-Timestamp": str(now - 1)}),
        (body, signed(body, timestamp=now, secret="")),
        (body, {"Content-Type": true["Content-Type"]}),
    )
    return ways[number % len(ways)]


async def test_a_thousand_valid_requests_are_served_and_of_ten_thousand_others_not_a_row_is_written(duebot: Service) -> None:
    async with duebot.app.store() as work:
        book = await work.book("main")
        items = [item.id async for account in work.all_accounts(book.id) for item in account.items]
    now = int(duebot.clock.now().timestamp())
    url = duebot.app.settings.database_url
    valid = [_genuine(duebot, items, number) for number in range(MANY)]
    before = row_counts(url, TABLES)
    requests: list[tuple[str, Request]] = [("valid", (body, signed(body, timestamp=now))) for body in valid]
    requests += [("replayed", (body, signed(body, timestamp=now))) for body in valid[:REPLAYED]]
    requests += [("forged", _forged(duebot, items, number)) for number in range(BAD - REPLAYED)]
    random.Random(11).shuffle(requests)
    answers = await _all(duebot, requests[OVER_HTTP:], requests[:OVER_HTTP])
    assert Counter(answers) == {("valid", 200): MANY, ("forged", 401): BAD - REPLAYED, ("replayed", 200): REPLAYED}
    after = row_counts(url, TABLES)
    grown = {table: after[table] - before[table] for table in before}
    paid = 2  # presses on invoices that are paid are refused
    assert grown == {"inbound": MANY, "acts": len(items) - paid, "flags": len(items) - paid, "audit": len(items) - paid + 3}
    heard = len(duebot.workspace.whispers())
    assert heard == MANY
    assert {entry.type for entry in (await duebot.audit())[-len(items) :]} == {"item.flagged", "user.linked"}


async def _all(
    duebot: Service, at_the_door: Sequence[tuple[str, Request]], requests: Sequence[tuple[str, Request]]
) -> list[tuple[str, int]]:
    """Their answers, and all that follows them. Those at the door spare the network, and meet the same application."""
    assert duebot.app.slack is not None
    door, at_once = duebot.app.slack.endpoint, asyncio.Semaphore(AT_ONCE)

    async def enter(kind: str, request: Request) -> tuple[str, int]:
        said: list[int] = []
        body, headers = request

        async def receive() -> MutableMapping[str, Any]:  # ruff: ignore[unused-async] - part of ASGI
            return {"type": "http.request", "body": body}

        async def send(message: MutableMapping[str, Any]) -> None:  # ruff: ignore[unused-async]
            said.extend([message["status"]] if "status" in message else [])

        given = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        async with at_once:
            await door({"type": "http", "method": "POST", "headers": given}, receive, send)
        return kind, said[0]

    connections = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(str(duebot.http.base_url), connector=connections) as http:

        async def post(kind: str, request: Request) -> tuple[str, int]:
            async with http.post(EVENTS_PATH, data=request[0], headers=request[1]) as answer:
                return kind, answer.status

        answers = await asyncio.gather(*starmap(post, requests), *starmap(enter, at_the_door))
    await duebot.settled()
    return answers
