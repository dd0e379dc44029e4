"""A morning in Teams, from HTTP in to HTTP out."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from tests.e2e.service import filled
from tests.e2e.teams_service import TeamsHouse, serving_teams, words
from tests.fakes.clock import FixedClock
from tests.peers.teams import CHANNEL, GROUP, Tenant, teams

BIRKENHOF, CALLOWAY = "Birkenhof Manufaktur GmbH", "Calloway Interiors Ltd"


@pytest.fixture
async def tenant() -> AsyncGenerator[Tenant]:
    async with teams() as one:
        yield one


@pytest.fixture
async def duebot(tenant: Tenant, one_url: str, clock: FixedClock) -> AsyncGenerator[TeamsHouse]:
    async with serving_teams(tenant, one_url, clock) as house:
        await house.meet("ana")
        await filled(house)
        yield house


async def test_a_press_changes_the_card_for_the_one_at_once_and_then_for_everybody(duebot: TeamsHouse) -> None:
    alert = duebot.card(BIRKENHOF)
    answer = await duebot.press(alert, "Flag", by="ana")
    assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    assert "flagged" in words(answer).lower()
    assert BIRKENHOF in words(answer)
    before = duebot.shown(alert)
    await duebot.run()
    assert duebot.shown(alert) != before
    assert "Ana" in duebot.shown(alert)


async def test_a_form_is_a_dialog_whose_mistakes_stand_at_the_field(duebot: TeamsHouse) -> None:
    alert = duebot.card(BIRKENHOF)
    dialog = await duebot.press(alert, "Snooze", by="ana")
    assert dialog["task"]["type"] == "continue"
    wrong = await duebot.submit(dialog, "Snooze", {"length": "date", "until": ""}, by="ana")
    assert wrong["task"]["type"] == "continue"
    assert not await duebot.audit("item.snoozed")
    done = await duebot.submit(wrong, "Snooze", {"length": "7"}, by="ana")
    assert "snoozed" in words(done).lower()
    assert len(await duebot.audit("item.snoozed")) == 1


async def test_questions_are_answered_in_private_wherever_they_are_asked(duebot: TeamsHouse) -> None:
    for at in ("", CHANNEL, GROUP):
        assert "€10,750.40 overdue" in await duebot.said("balance birkenhof", by="vic", at=at)


# Who may what ----------------------------------------------------------------------------------------------------------


async def test_a_viewer_may_look_and_is_told_who_may_act(duebot: TeamsHouse) -> None:
    alert = duebot.card(BIRKENHOF)
    assert "AF-1031" in words(await duebot.press(alert, "Why?", by="vic"))
    for label in ("Flag", "Snooze", "Send reminder", "Payment plan", "Escalate"):
        assert "Your role is viewer; this needs a collector." in words(await duebot.press(alert, label, by="vic")), label
    refused = [(entry.actor, entry.data["what"]) for entry in await duebot.audit("refused")]
    names = ["flag.set", "snooze.form", "reminder.preview", "plan.form", "escalate.form"]
    assert refused == [(duebot.who("vic"), name) for name in names]
