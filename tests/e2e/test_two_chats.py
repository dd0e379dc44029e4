"""The same items in Slack and in Teams: one truth, the first click wins, both cards right, the loser told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.app import running
from bot.config import SlackSettings
from bot.live.route_settings import RouteSettings
from tests.e2e.service import CHANNEL as DESK
from tests.e2e.service import Message, Service, channel_of_its_own, filled, labels, listening, set_up, staff
from tests.e2e.service import words as slack_words
from tests.e2e.teams_service import TeamsHouse, settings_for, titles, words
from tests.fakes.clock import FixedClock
from tests.peers.slack import SECRET, Workspace, interactive
from tests.peers.smtp import mail_server
from tests.peers.teams import CHANNEL, Activity, Tenant, teams

CLICKS = int(os.environ.get("CLICKS", "20"))  # an even number; two hundred take some minutes
BIRKENHOF = "Birkenhof Manufaktur GmbH"


@dataclass(frozen=True, slots=True)
class Both:
    slack: Service
    teams: TeamsHouse

    async def shown(self) -> None:
        """Two seconds later, as a chat takes only so many changes at once."""
        self.teams.clock.advance(timedelta(seconds=2))
        await self.teams.app.jobs.show_cards()

    async def showing(self, label: str, there: Message, here: Activity) -> tuple[Message, Activity]:
        """Both messages as they are once they have that button."""
        for _ in range(20):
            there, here = await self.slack.fresh(there), self.teams.tenant.standing[CHANNEL, here["id"]]
            if label in labels(there) and label in titles(here):
                return there, here
            await self.shown()
        raise AssertionError(f"{label} among neither {labels(there)} nor {titles(here)}")


@pytest.fixture
async def both(workspace: Workspace, sqlite_url: str, clock: FixedClock) -> AsyncGenerator[Both]:
    """One Duebot with two chats; every card goes to a channel of each."""
    async with AsyncExitStack() as stack:
        tenant: Tenant = await stack.enter_async_context(teams())
        mail = await stack.enter_async_context(mail_server())
        await channel_of_its_own(workspace)
        slack = SlackSettings(api_url=workspace.api_url, bot_token=SecretStr(workspace.bot_token), signing_secret=SecretStr(SECRET))
        route = RouteSettings(to=(f"slack:{workspace.channels[DESK]}", f"teams:{CHANNEL}"))
        settings = settings_for(tenant, sqlite_url, mail, slack).model_copy(update={"routes": (route,)})
        app = await stack.enter_async_context(running(settings, clock, connect=True))
        people = staff()
        await set_up(app, workspace.channels[DESK], people.values())
        http = await stack.enter_async_context(listening(app))
        house = TeamsHouse(app, mail, clock, http, people, tenant)
        await house.meet("bo")
        await filled(house)
        found = Both(Service(app, mail, clock, http, people, workspace), house)
        for _ in range(20):
            await found.shown()
        yield found


@pytest.mark.timeout(60 + 3 * CLICKS)
async def test_two_clicks_at_once_are_one_act_again_and_again(both: Both) -> None:
    """Ana in Slack and Bo in Teams press the same button of the same item at the same moment, again and again."""
    slack, house = both.slack, both.teams
    told: list[str] = []
    there, here = await slack.card(BIRKENHOF), house.card(BIRKENHOF)
    for turn in range(CLICKS):
        label = "Unflag" if turn % 2 else "Flag"
        there, here = await both.showing(label, there, here)
        payload = await slack.press_payload(there, label, by="ana")
        before = len(slack.workspace.whispers())
        _, answer = await asyncio.gather(slack.post(interactive(payload)), house.press(here, label, by="bo"))
        whispered = slack.workspace.whispers()[before:]
        told += [slack_words([one["blocks"] for one in whispered]), words(answer)]
    acts = [entry for entry in await slack.audit() if entry.type in {"item.flagged", "item.unflagged"}]
    assert len(acts) == CLICKS
    assert sum("Somebody was first" in said for said in told) == CLICKS
    await both.showing("Flag", there, here)


async def test_one_person_in_both_chats_is_one_person_and_approves_nothing_of_their_own(both: Both) -> None:
    """Maria asks for a plan in Slack and may approve it in neither chat; Ida agrees it in Teams, and both cards say so."""
    slack, house = both.slack, both.teams
    there, here = await slack.card(BIRKENHOF), house.card(BIRKENHOF)
    form = await slack.open(there, "Payment plan", by="maria")
    preview = (await slack.submit(form, {"count": "3"}, by="maria"))["view"]
    asked = slack_words((await slack.submit(preview, {"answer": "phone", "reason": "They asked"}, by="maria"))["view"]["blocks"])
    assert "Waits for Ida" in asked
    for _ in range(10):
        await both.shown()
    request, asking = await slack.card("agree a payment plan"), house.card("agree a payment plan")
    for refused in (await slack.press(request, "Approve", by="maria"), words(await house.press(asking, "Approve", by="maria"))):
        assert "your own" in refused.lower() or "somebody else" in refused.lower(), refused
    assert not await house.audit("plan.accepted")
    linked = [entry.actor for entry in await house.audit("user.linked") if entry.actor == house.who("maria")]
    assert len(linked) == 2, "once from each chat, as the same colleague"
    assert "approved" in words(await house.press(asking, "Approve", by="ida"))
    for _ in range(10):
        await both.shown()
    assert "On a plan of 3 instalments" in await slack.shown(there)
    assert "On a plan of 3 instalments" in house.shown(here)
