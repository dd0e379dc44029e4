"""Channels that only have a workflow."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from uuid import UUID

import pytest

from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, Heading, Row, Rows
from tests.adapters.chat.teams_desk import FLAG, TeamsDesk, card, desk
from tests.cards.gallery import way
from tests.cards.teams_limits import check_card, nodes
from tests.e2e.teams_service import words
from tests.peers.teams import APP
from workflows.errors import OutcomeUnknown, RateLimited, Rejected

OPEN, OUT = Action(Name.OPEN, FLAG.id), Action(Name.SHOW_OUTGOING, UUID(int=2))
ROWS = Rows(("Customer", "Open"), (Row(("Acme", "€1.00"), open=OPEN),), frozenset({1}), "12 more", OUT)


@pytest.fixture
async def flow() -> AsyncGenerator[tuple[TeamsDesk, str]]:
    """A Duebot whose only way into one channel is a workflow."""
    workflows: dict[str, str] = {}
    async with desk(workflows=workflows) as one:
        workflows["credit"] = f"{one.tenant.url}/flow?sig=secret"
        yield one, "workflow:credit"


async def test_a_workflow_gets_the_card_with_a_link_in_place_of_buttons_and_keeps_it(flow: tuple[TeamsDesk, str]) -> None:
    one, channel = flow
    ref = await one.chat.room.post(channel, Card("Acme", (Heading("Acme"), ROWS, Actions((Button("Flag", FLAG),)))))
    await one.chat.room.update(ref, card("changed"))
    (posted,) = one.tenant.flows
    (attachment,) = posted["attachments"]
    check_card(attachment["content"])
    assert "Acme" in words(attachment)
    actions = [node for node in nodes(attachment) if str(node.get("type", "")).startswith("Action.")]
    assert [(action["type"], action["url"]) for action in actions] == [
        ("Action.OpenUrl", f"https://teams.microsoft.com/l/chat/0/0?users=28%3A{APP}")
    ]
    assert one.chat.room.threads(channel) is False


async def test_where_colleagues_reach_the_inbox_its_links_lead_to_the_items() -> None:
    workflows: dict[str, str] = {}
    async with desk(workflows=workflows, way=way) as one:
        workflows["credit"] = f"{one.tenant.url}/flow?sig=secret"
        await one.chat.room.post("workflow:credit", Card("Acme", (ROWS, Actions((Button("Goes out", OUT),)))))
        await one.chat.room.post("workflow:credit", card())
        (digest, alert) = [
            [(node["title"], node["url"]) for node in nodes(posted) if node.get("type") == "Action.OpenUrl"] for posted in one.tenant.flows
        ]
        assert digest == [("Open", way(OPEN.id)), ("Open in Duebot", way(None))]
        assert alert == [("Open in Duebot", way(FLAG.id))]


@pytest.mark.parametrize(
    ("status", "error"), [(400, Rejected), (401, Rejected), (404, Rejected), (413, Rejected), (429, RateLimited), (500, OutcomeUnknown)]
)
async def test_what_a_workflow_refuses_is_said_without_its_address(
    flow: tuple[TeamsDesk, str], status: int, error: type[Exception]
) -> None:
    one, channel = flow
    one.tenant.flow_answers = status
    with pytest.raises(error) as told:
        await one.chat.room.post(channel, card())
    assert "secret" not in str(told.value)


async def test_a_workflow_that_is_not_in_the_settings_is_named(flow: tuple[TeamsDesk, str]) -> None:
    with pytest.raises(Rejected, match="has no “other”"):
        await flow[0].chat.room.check("workflow:other")
    await flow[0].chat.room.check("workflow:credit")
