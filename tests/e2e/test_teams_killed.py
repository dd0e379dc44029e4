"""What Teams brought survives `kill -9`: a real service is killed before and while it handles words, and the next one does them once and says so.

A press is answered by what it did: killed before that, it did nothing, Teams says that it failed, and the person presses again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from multiprocessing.context import ForkServerContext

import httpx
import pytest

from adapters.chat.teams.names import MESSAGES_PATH
from tests.e2e.doomed import doomed, started_again, warm_processes
from tests.e2e.held import Stand
from tests.e2e.service import filled
from tests.e2e.teams_service import TeamsHouse, button, serving_teams, words
from tests.fakes.clock import FixedClock
from tests.peers.teams import CHANNEL, Activity, teams

BIRKENHOF, HARROW = "Birkenhof Manufaktur GmbH", "Harrow & Pike LLP"


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    return warm_processes()


@pytest.fixture
async def duebot(one_url: str, clock: FixedClock) -> AsyncGenerator[TeamsHouse]:
    async with teams() as tenant, serving_teams(tenant, one_url, clock) as house:
        await house.meet("ana")
        await filled(house)
        yield house


async def answer(http: httpx.AsyncClient, duebot: TeamsHouse, activity: Activity) -> int | None:
    """Null when there was none, as the service died."""
    duebot.tenant.now = duebot.clock.now().timestamp()
    try:
        return (await http.post(MESSAGES_PATH, json=activity, headers=duebot.tenant.signed())).status_code
    except httpx.TransportError:
        return None


@pytest.mark.parametrize("stand", Stand)
async def test_what_was_kept_is_done_once_after_a_kill(duebot: TeamsHouse, processes: ForkServerContext, stand: Stand) -> None:
    said = duebot.tenant.message("flag AF-1031", by="ana")
    async with doomed(duebot, processes, stand) as http:
        assert await answer(http, duebot, said) == 200
    assert await duebot.audit("item.flagged") == []
    await started_again(duebot)
    assert len(await duebot.audit("item.flagged")) == 1
    assert "flagged" in duebot.shown(duebot.card(BIRKENHOF)).lower()
    (told,) = duebot.tenant.cards(duebot.tenant.own_chat("ana"))
    assert "flagged" in words(told)

    card = duebot.card(HARROW)
    pressed = duebot.tenant.execute(button(card, "Flag"), by="ana", at=CHANNEL, message=card["id"])
    async with asyncio.TaskGroup() as waiting, doomed(duebot, processes, stand) as http:
        unanswered = waiting.create_task(answer(http, duebot, pressed))
        await asyncio.sleep(0)  # so that it is on its way
    assert unanswered.result() is None
    await started_again(duebot)
    assert len(await duebot.audit("item.flagged")) == 1

    for again in (said, pressed, pressed):  # Teams, or the person, says it again
        await duebot.post(again)
    assert len(await duebot.audit("item.flagged")) == 2
    await duebot.deliver()
    assert "Ana" in duebot.shown(card)
