"""Whose privacy, name and team a channel has: what is said of one channel is nothing about another."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from tests.adapters.chat.teams_desk import TeamsDesk, card, desk
from tests.peers.teams import CHANNEL, TEAM
from workflows.errors import Rejected

BOARD, CREDIT = "19:board6a7b@thread.tacv2", "19:credit8c9d@thread.tacv2"


@pytest.fixture
async def strict() -> AsyncGenerator[TeamsDesk]:
    """The channel called Credit is approved, no other; Ana has said something in General and in a channel."""
    async with desk(approved_channels=frozenset({"Credit"})) as one:
        for at in (TEAM, CHANNEL):
            await said(one, at)
        yield one


async def said(one: TeamsDesk, at: str) -> None:
    assert (await one.post(one.tenant.message("help", by="ana", at=at))).status_code == 200
    await one.chat.settled(20)


async def told(one: TeamsDesk, event: str, channel: str, name: str, sort: str = "standard") -> None:
    assert (await one.post(one.tenant.channel_event(event, channel, name, sort))).status_code == 200


async def refused(one: TeamsDesk, channel: str) -> str:
    before = len(one.tenant.written)
    with pytest.raises(Rejected, match="nothing was posted") as refusal:
        await one.chat.room.post(channel, card())
    assert len(one.tenant.written) == before
    return str(refusal.value)


@pytest.mark.parametrize("event", ["channelCreated", "channelRenamed", "channelRestored", "channelDeleted"])
@pytest.mark.parametrize(("name", "sort"), [("Board", "private"), ("Credit", "standard")])
async def test_an_event_of_one_channel_opens_no_other(strict: TeamsDesk, event: str, name: str, sort: str) -> None:
    await told(strict, event, BOARD, name, sort)
    for _ in range(2):
        await refused(strict, TEAM)
        await refused(strict, CHANNEL)
        await said(strict, TEAM)


async def test_an_event_is_filed_under_the_channel_it_is_of(strict: TeamsDesk) -> None:
    await told(strict, "channelCreated", BOARD, "Board", "private")
    await told(strict, "channelCreated", CREDIT, "Credit")
    for open_now in (BOARD, CREDIT):
        await strict.chat.room.post(open_now, card())
    await told(strict, "channelRenamed", CREDIT, "Lobby")
    assert "Lobby" in await refused(strict, CREDIT)


async def test_a_name_of_a_team_is_no_name_of_a_channel(strict: TeamsDesk) -> None:
    renamed = strict.tenant.channel_event("teamRenamed", TEAM, "")
    del renamed["channelData"]["channel"]
    renamed["channelData"]["team"]["name"] = "Credit"
    await strict.post(renamed)
    await refused(strict, TEAM)


async def test_what_was_kept_when_channels_were_mixed_up_opens_nothing(strict: TeamsDesk) -> None:
    for channel, wrong in ((TEAM, {"sort": "private"}), (CHANNEL, {"name": "Credit"})):
        row = strict.addresses.rows["teams", channel]
        await strict.addresses.keep(replace(row, details={**row.details, "team": "", **wrong}))
        for _ in range(2):
            await refused(strict, channel)
            await said(strict, channel)
