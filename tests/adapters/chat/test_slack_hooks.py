"""A channel that only has an incoming webhook, which tests point at loopback."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from adapters.chat.slack.hooks import SlackHooks
from adapters.store.unit_of_work import SqlStore
from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, Heading, Row, Rows
from cards.linked import without_buttons
from tests.fakes.clock import FixedClock
from workflows.domain.ids import new_id
from workflows.errors import OutsideError, RateLimited, Rejected, Unavailable

HOST = "127.0.0.1"
ITEM = Action(Name.FLAG, new_id())
CARD = Card("Acme owes", (Heading("Acme <!channel>"), Rows(("a",), (Row(("b",), open=ITEM),)), Actions((Button("Flag", ITEM),))))


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


def hooks(url: str | None, inbox: str | None = None) -> SlackHooks:
    async def address(_: str) -> str | None:  # ruff: ignore[unused-async]
        return url

    return SlackHooks(address, inbox)


async def test_the_card_is_posted_with_a_link_and_without_buttons(hook: Hook) -> None:
    ref = await hooks(hook.url, "https://inbox.example/inbox").post("H1", CARD)
    (posted,) = hook.posted
    buttons = [element for block in posted["blocks"] for element in block.get("elements", ()) if element["type"] == "button"]
    assert [button.get("url") for button in buttons] == ["https://inbox.example/inbox"]
    assert Name.FLAG.value not in str(posted)
    assert (ref.platform, ref.channel) == ("slack_hook", "H1")
    await hooks(hook.url).post("H1", CARD)
    assert "button" not in str(hook.posted[-1])


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


def test_a_card_without_buttons_says_the_same() -> None:
    inert = without_buttons(CARD)
    assert (inert.summary, inert.body[0]) == (CARD.summary, CARD.body[0])
    assert "flag.set" not in str(inert)
