"""Whose privacy, name and team a channel has: what is said of one channel is nothing about another."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from tests.adapters.chat.teams_desk import TeamsDesk, card, desk
from tests.peers.teams import CHANNEL, GROUP, TEAM, Fault
from workflows.errors import RateLimited, Rejected, Unavailable

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


def asked(one: TeamsDesk) -> int:
    return len([path for _, path in one.tenant.calls if path.endswith(f"/teams/{TEAM}/conversations")])


async def test_a_channel_that_was_only_met_is_approved_by_its_name(strict: TeamsDesk) -> None:
    await said(strict, CREDIT)
    strict.tenant.channels = [{"id": CHANNEL, "name": "Lobby", "type": "standard"}, {"id": CREDIT, "name": "Credit", "type": "standard"}]
    for _ in range(2):
        await strict.chat.room.post(CREDIT, card())
        assert (await refused(strict, CHANNEL)).startswith("#Lobby is public")
    assert asked(strict) == 2
    await said(strict, CREDIT)
    await strict.chat.room.post(CREDIT, card())


async def test_what_needs_no_name_is_not_asked_for_one(met: TeamsDesk) -> None:
    await met.chat.room.post(CHANNEL, card())
    assert asked(met) == 0


async def test_a_shared_channel_is_approved_by_the_name_that_the_refusal_says(strict: TeamsDesk) -> None:
    await told(strict, "channelMemberAdded", CREDIT, "", "shared")
    strict.tenant.channels = [{"id": CREDIT, "name": "Partners", "type": "shared"}]
    assert (await refused(strict, CREDIT)).startswith("#Partners is shared")
    await told(strict, "channelRenamed", CREDIT, "Credit", "shared")
    await strict.chat.room.post(CREDIT, card())


@pytest.mark.parametrize("told_by_list", [[], [{"id": TEAM, "name": "Lobby"}], [{"id": CREDIT}]], ids=str)
async def test_a_channel_whose_name_nobody_tells_is_approved_by_its_id(told_by_list: list[dict[str, str]]) -> None:
    for approved in (frozenset[str](), frozenset({CREDIT})):
        async with desk(approved_channels=approved) as one:
            one.tenant.channels = told_by_list
            await told(one, "channelMemberAdded", CREDIT, "", "shared")
            if approved:
                await one.chat.room.post(CREDIT, card())
            else:
                assert f"duebot channel approve {CREDIT}." in await refused(one, CREDIT)


async def test_a_shared_channel_that_has_a_name_is_not_approved_by_its_id() -> None:
    async with desk(approved_channels=frozenset({CREDIT})) as one:
        one.tenant.channels = [{"id": CREDIT, "name": "Partners", "type": "shared"}]
        await told(one, "channelMemberAdded", CREDIT, "", "shared")
        assert "duebot channel approve Partners." in await refused(one, CREDIT)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (403, Rejected, "is public"),
        (404, Rejected, "is public"),
        (429, RateLimited, "less often"),
        (503, Unavailable, "trouble of its own"),
    ],
)
async def test_a_list_that_cannot_be_had_now_is_no_refusal(strict: TeamsDesk, status: int, error: type[Exception], words: str) -> None:
    strict.tenant.faults.append(Fault(status))
    with pytest.raises(error, match=words):
        await strict.chat.room.post(CHANNEL, card())
    assert strict.tenant.cards(CHANNEL) == []


async def test_what_was_kept_when_channels_were_mixed_up_opens_nothing(strict: TeamsDesk) -> None:
    for channel, wrong in ((TEAM, {"sort": "private"}), (CHANNEL, {"name": "Credit"})):
        row = strict.addresses.rows["teams", channel]
        await strict.addresses.keep(replace(row, details={**row.details, "team": "", **wrong}))
        for _ in range(2):
            await refused(strict, channel)
            await said(strict, channel)


async def test_a_team_that_has_the_app_again_has_it_in_its_channels(met: TeamsDesk) -> None:
    await told(met, "channelCreated", BOARD, "Board", "private")
    board = met.addresses.rows["teams", BOARD]
    await met.addresses.keep(replace(board, details={**board.details, "team": "19:another3f@thread.tacv2"}))
    for channel in (CHANNEL, BOARD, GROUP):
        met.tenant.faults.append(Fault(403, {"error": {"code": "BotNotInConversationRoster"}}))
        for _ in range(2):
            with pytest.raises(Rejected, match="add the app to the team or chat"):
                await met.chat.room.post(channel, card())
    await met.post(met.tenant.installed(by="ana", at=TEAM))
    await met.chat.room.post(CHANNEL, card())
    for channel in (BOARD, GROUP):
        with pytest.raises(Rejected, match="add the app to the team or chat"):
            await met.chat.room.post(channel, card())
