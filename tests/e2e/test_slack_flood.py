"""A thousand genuine requests among a thousand that are not, against the whole of Duebot."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import starmap
from uuid import UUID

import aiohttp

from adapters.chat.slack.names import EVENTS_PATH
from cards.actions import Action, Name
from tests.e2e.service import CHANNEL, Service
from tests.peers.slack import Workspace, interactive, signed
from workflows.domain.ids import ItemId

MANY = 1_000
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


def _rows(url: str) -> dict[str, int]:
    with closing(sqlite3.connect(url.partition(":///")[2])) as database:
        return {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("inbound", "acts", "audit", "flags")}


async def test_a_thousand_valid_requests_are_served_and_of_a_thousand_others_not_a_row_is_written(duebot: Service) -> None:
    async with duebot.app.store() as work:
        book = await work.book("main")
        items = [item.id async for account in work.all_accounts(book.id) for item in account.items]
    now = int(duebot.clock.now().timestamp())
    url = duebot.app.settings.database_url
    valid = [_genuine(duebot, items, number) for number in range(MANY)]
    replayed = [(body, signed(body, timestamp=now)) for body in valid[:200]]
    before = _rows(url)
    requests: list[tuple[str, Request]] = [("valid", (body, signed(body, timestamp=now))) for body in valid]
    requests += [("forged", _forged(duebot, items, number)) for number in range(MANY - len(replayed))]
    random.Random(11).shuffle(requests)
    answers = await _all(duebot, requests)
    again = await _all(duebot, [("replayed", request) for request in replayed])
    assert Counter(answers + again) == {("valid", 200): MANY, ("forged", 401): MANY - len(replayed), ("replayed", 200): len(replayed)}
    after = _rows(url)
    grown = {table: after[table] - before[table] for table in before}
    paid = 2  # presses on invoices that are paid are refused
    assert grown == {"inbound": MANY, "acts": len(items) - paid, "flags": len(items) - paid, "audit": len(items) - paid + 3}
    heard = len(duebot.workspace.whispers())
    assert heard == MANY
    assert {entry.type for entry in (await duebot.audit())[-len(items) :]} == {"item.flagged", "user.linked"}


async def _all(duebot: Service, requests: Sequence[tuple[str, Request]]) -> list[tuple[str, int]]:
    """Their answers, and all that follows them."""
    connections = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(str(duebot.http.base_url), connector=connections) as http:

        async def post(kind: str, request: Request) -> tuple[str, int]:
            async with http.post(EVENTS_PATH, data=request[0], headers=request[1]) as answer:
                return kind, answer.status

        answers = await asyncio.gather(*starmap(post, requests))
    await duebot.settled()
    return answers
