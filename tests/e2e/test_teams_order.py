"""A card's drawings land in their order, whatever the connector does and however many processes draw."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import App, running
from tests.e2e.service import filled
from tests.e2e.teams_service import TeamsHouse, serving_teams, words
from tests.fakes.clock import FixedClock
from tests.peers.teams import GROUP, Fault, teams

BIRKENHOF = "Birkenhof Manufaktur GmbH"
# Taken at last; asked for a pause; lost; taken for done by us and not done there.
TROUBLES = (Fault(0), Fault(429, headers={"Retry-After": "3"}), Fault(502), Fault(412), Fault(504), Fault(429, times=2), Fault(200))


@pytest.fixture
async def two(one_url: str, clock: FixedClock) -> AsyncGenerator[tuple[TeamsHouse, App]]:
    """Cards go to a group chat, where a card tells what happened; a second process works beside the first."""
    async with teams() as tenant, serving_teams(tenant, one_url, clock) as house:
        async with house.app.store() as work:
            await work.change_book(replace(await work.book("main"), chat_channel=f"teams:{GROUP}"))
        await house.meet("ana", at=GROUP)
        await filled(house)
        async with running(house.app.settings, clock) as second:
            yield house, second


def told(body: object) -> int:
    """The newest note that stands on it."""
    return max((int(number) for number in re.findall(r"call number (\d+)", words(body))), default=0)


async def test_what_was_drawn_later_is_never_overwritten_by_what_was_drawn_before(two: tuple[TeamsHouse, App]) -> None:
    """While one process waits for the connector with its drawing, something more happens, and the other process draws."""
    house, second = two
    card = house.card(BIRKENHOF, GROUP)
    dialog = await house.press(card, "Note", by="ana", at=GROUP)

    async def note(number: int) -> None:
        await house.submit(dialog, "Keep note", {"note": f"call number {number}"}, by="ana", at=GROUP)

    for number, trouble in enumerate(TROUBLES):
        await note(2 * number + 1)
        gate = asyncio.Event()
        slow = replace(trouble, gate=gate, met=asyncio.Event())
        house.tenant.faults.append(slow)
        first = asyncio.create_task(house.app.jobs.show_cards())
        await slow.met.wait()
        await note(2 * number + 2)
        await second.jobs.show_cards()
        gate.set()
        await first
        for _ in range(5):
            house.clock.advance(timedelta(seconds=15))
            await asyncio.gather(second.jobs.show_cards(), house.app.jobs.show_cards())
        house.tenant.faults.clear()
    house.clock.advance(timedelta(minutes=20))
    await house.app.jobs.show_cards()
    drawn = [told(body) for talk, message, body in house.tenant.written if (talk, message) == (GROUP, card["id"])]
    assert drawn == sorted(drawn)
    assert told(house.tenant.standing[GROUP, card["id"]]) == 2 * len(TROUBLES)
    assert len([one for one in house.tenant.cards(GROUP) if BIRKENHOF in words(one["attachments"][0]["content"]["body"][:1])]) == 1
