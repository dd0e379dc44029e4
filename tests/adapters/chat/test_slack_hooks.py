"""A channel that only has an incoming webhook, which tests point at loopback."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from adapters.chat.slack.hooks import SlackHooks
from adapters.store.unit_of_work import SqlStore
from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, FileKind, FileRef, Heading, Links, Row, Rows
from cards.linked import Link
from tests.cards.gallery import linked
from tests.cards.slack_limits import nodes
from tests.fakes.clock import FixedClock
from workflows.domain.ids import new_id
from workflows.errors import OutsideError, RateLimited, Rejected, Unavailable

HOST = "127.0.0.1"
INBOX = "https://inbox.example/inbox"
FLAG = Action(Name.FLAG, new_id())
OPENS = [Action(Name.OPEN, new_id()) for _ in range(2)]
PACK = Links((("Evidence pack", FileRef(FileKind.EVIDENCE, FLAG.id, date(2026, 12, 8))),))
MORE = (Button("Snooze", Action(Name.SNOOZE, FLAG.id)), Button("Done", Action(Name.COMPLETE_TASK, new_id())))
CARD = Card("Acme owes", (Heading("Acme <!channel>"), PACK, Actions((Button("Flag", FLAG),), MORE)))
ALL = Actions((Button("What goes out today", Action(Name.SHOW_OUTGOING, new_id())),))
DIGEST = Card("Two owe", (Rows(("Customer",), tuple(Row((name,), open=one) for name, one in zip("AB", OPENS, strict=True)), left=1), ALL))


@dataclass
class Hook:
    """`answer` is what it says to the next card."""

    url: str = ""
    answer: tuple[int, str, dict[str, str]] = (200, "ok", {})
    posted: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.posted.append(await request.json())
        status, text, headers = self.answer
        return web.Response(status=status, text=text, headers=headers)


@pytest.fixture
async def hook() -> AsyncGenerator[Hook]:
    made = Hook()
    application = web.Application()
    application.router.add_post("/services/T1/B1/secret", made.take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    made.url = f"http://{HOST}:{runner.addresses[0][1]}/services/T1/B1/secret"
    yield made
    await runner.cleanup()


def hooks(url: str | None, link: Link | None = None, *, inbox: bool = True) -> SlackHooks:
    async def address(_: str) -> str | None:  # ruff: ignore[unused-async]
        return url

    return SlackHooks(address, way if inbox else None, link)


def way(item: UUID | None) -> str:
    return INBOX if item is None else f"{INBOX}?item={item}"


def links(hook: Hook) -> list[tuple[str, str]]:
    """Of the card posted last: what stands on its buttons, and where they lead."""
    return [(node["text"]["text"], node["url"]) for node in nodes(hook.posted[-1]) if node.get("type") == "button"]


async def test_all_buttons_about_an_item_are_one_link_to_it(hook: Hook) -> None:
    ref = await hooks(hook.url).post("H1", CARD)
    assert links(hook) == [("Open in Duebot", way(FLAG.id))]
    assert Name.FLAG.value not in str(hook.posted)
    assert (ref.platform, ref.channel) == ("slack_hook", "H1")


async def test_rows_lead_to_their_items_and_buttons_about_none_to_the_inbox(hook: Hook) -> None:
    await hooks(hook.url).post("H1", DIGEST)
    assert links(hook) == [*(("Open", way(one.id)) for one in OPENS), ("Open in Duebot", INBOX)]
    assert "1 more" in str(hook.posted)


async def test_a_file_is_a_link_where_it_can_be_fetched(hook: Hook) -> None:
    await hooks(hook.url, linked).post("H1", CARD)
    assert links(hook) == [("Evidence pack", linked(PACK.files[0][1])), ("Open in Duebot", way(FLAG.id))]


async def test_where_nobody_reaches_the_inbox_the_card_says_where_to_act(hook: Hook) -> None:
    await hooks(hook.url, inbox=False).post("H1", CARD)
    assert links(hook) == []
    assert "Open Duebot's inbox to act on it." in str(hook.posted)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((403, "action_prohibited", {}), Rejected),
        ((404, "no_service", {}), Rejected),
        ((410, "channel_is_archived", {}), Rejected),
        ((400, "invalid_blocks", {}), Rejected),
        ((429, "", {"Retry-After": "7"}), RateLimited),
        ((503, "", {}), Unavailable),
        ((302, "", {"Location": "http://127.0.0.1:9/"}), Rejected),
    ],
)
async def test_its_refusals_have_names_and_never_show_the_address(
    hook: Hook, answer: tuple[int, str, dict[str, str]], error: type[OutsideError]
) -> None:
    hook.answer = answer
    with pytest.raises(error) as raised:
        await hooks(hook.url).post("H1", CARD)
    assert "secret" not in str(raised.value)


async def test_nothing_left_when_it_cannot_be_reached_or_is_not_known() -> None:
    with pytest.raises(Unavailable):
        await hooks("http://127.0.0.1:9/services/x").post("H1", CARD)
    with pytest.raises(Rejected, match="no such webhook"):
        await hooks(None).post("H1", CARD)


async def test_its_address_is_kept_encrypted(store: SqlStore, clock: FixedClock) -> None:
    async with store() as work:
        named = await work.add_webhook("slack_hook", "https://hooks.slack.com/services/T/B/secret", clock.now())
        assert await work.webhook(named) == "https://hooks.slack.com/services/T/B/secret"
        assert await work.webhook("x") is None
        assert await work.has_webhooks("slack_hook")
