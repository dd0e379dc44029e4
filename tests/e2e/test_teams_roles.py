"""Every action and every role, each pressed in Teams with a token as the Bot Framework signs it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial

import pytest

from cards.actions import OPENS, Action
from cards.teams.presses import carried
from tests.e2e.roles import TYPED, VALUES, WHO, every_role_is_held_to
from tests.e2e.service import filled
from tests.e2e.teams_service import TeamsHouse, serving_teams, words
from tests.fakes.clock import FixedClock
from tests.peers.teams import CHANNEL, teams
from workflows.domain.access import Role


@pytest.fixture
async def duebot(sqlite_url: str, clock: FixedClock) -> AsyncGenerator[TeamsHouse]:
    async with teams() as tenant, serving_teams(tenant, sqlite_url, clock) as house:
        await house.meet(*WHO.values())
        await filled(house)
        yield house


async def told(duebot: TeamsHouse, role: Role, action: Action) -> str:
    """What opens a window is fetched; everything else is submitted, as from a form."""
    by, opens = WHO[role], action.name in OPENS
    typed = {} if opens else {**VALUES, **TYPED.get(action.name, {})}
    data = {**carried(action, fields=[*typed]), **typed}
    sent = duebot.tenant.task("task/fetch" if opens else "task/submit", data, by=by, at=CHANNEL, message="m1" if opens else "")
    answer = await duebot.post(sent)
    assert answer.status_code == 200
    return words(answer.json()) if answer.content else ""


async def test_each_role_is_refused_what_it_may_not_and_nothing_else_and_a_refusal_changes_nothing(duebot: TeamsHouse) -> None:
    await every_role_is_held_to(duebot, partial(told, duebot))
