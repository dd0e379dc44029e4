"""What we say to Teams, and what Teams says back: every refusal ends as something a use case acts on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft4Validator

from cards.elements import Button, Card, Form, Text, TextField
from cards.teams.render import SMALL, size
from tests.adapters.chat.teams_desk import ANA, FLAG, TeamsDesk, card, desk
from tests.e2e.teams_service import titles, words
from tests.fakes.handler import line
from tests.paths import shared
from tests.peers.teams import BLOCKED, CHANNEL, GROUP, TENANT, Fault, object_id
from workflows.errors import NeedsReconnect, NotFound, OutcomeUnknown, RateLimited, Rejected, Unavailable


async def test_a_card_goes_to_a_channel_a_group_or_a_person_and_is_changed_where_it_stands(met: TeamsDesk) -> None:
    for to, stands in ((CHANNEL, CHANNEL), (GROUP, GROUP), (ANA, met.tenant.own_chat("ana"))):
        ref = await met.chat.room.post(to, card())
        assert (ref.platform, ref.channel) == ("teams", stands)
        await met.chat.room.update(ref, card("Acme paid"))
        (shown,) = met.tenant.cards(stands)
        assert "Acme paid" in words(shown)
        assert shown["summary"] == "Acme paid"


async def test_somebody_met_in_a_channel_gets_a_chat_of_their_own_once(met: TeamsDesk) -> None:
    await met.post(met.tenant.message("overdue", by="bo", at=CHANNEL))
    await met.chat.settled()
    await met.chat.room.post(object_id("bo"), card())
    assert len(met.tenant.cards(met.tenant.own_chat("bo"))) == 2
    assert met.tenant.calls.count(("POST", "/emea/v3/conversations")) == 1


async def test_only_channels_have_threads(met: TeamsDesk) -> None:
    room = met.chat.room
    assert [room.threads(one) for one in (CHANNEL, GROUP, met.tenant.own_chat("ana"))] == [True, False, False]
    ref = await room.post(CHANNEL, card())
    told = await room.reply(ref, line("Ana flagged it"))
    await room.update(told, line("Ana flagged it, then unflagged it"))
    assert "unflagged" in words(met.tenant.standing[f"{CHANNEL};messageid={ref.message}", told.message.rpartition("/")[2]])


async def test_what_we_send_is_what_the_connector_documents(met: TeamsDesk) -> None:
    spec = json.loads(shared("specs/teams/bot_connector_v3.trimmed.json").read_text(encoding="utf-8"))
    activity = Draft4Validator({"$ref": "#/definitions/Activity", "definitions": spec["definitions"]})
    await met.chat.room.post(GROUP, card())
    (shown,) = met.tenant.cards(GROUP)
    assert [error.message for error in activity.iter_errors(shown)] == []
    operations = {(method.upper(), path) for path, one in spec["paths"].items() for method in one}
    assert ("POST", "/v3/conversations/{conversationId}/activities") in operations


@pytest.mark.parametrize(
    ("status", "body", "posting", "updating"),
    [
        (400, {"error": {"code": "BadSyntax"}}, Rejected, Rejected),
        (401, {}, NeedsReconnect, NeedsReconnect),
        (403, {"error": {"code": "ForbiddenOperation"}}, Rejected, Rejected),
        (403, BLOCKED, Rejected, Rejected),
        (404, {"error": {"code": "ConversationNotFound"}}, Rejected, NotFound),
        (412, {}, RateLimited, RateLimited),
        (429, {}, RateLimited, RateLimited),
        (500, {}, OutcomeUnknown, Unavailable),
        (502, {}, OutcomeUnknown, Unavailable),
        (504, {}, OutcomeUnknown, Unavailable),
    ],
)
async def test_a_refusal_is_said_in_our_words(
    met: TeamsDesk, status: int, body: dict[str, Any], posting: type[Exception], updating: type[Exception]
) -> None:
    ref = await met.chat.room.post(GROUP, card())
    met.tenant.faults.append(Fault(status, body))
    with pytest.raises(updating):
        await met.chat.room.update(ref, card())
    if status == 403:
        return
    met.tenant.faults.append(Fault(status, body))
    with pytest.raises(posting):
        await met.chat.room.post(GROUP, card())
    assert len(met.tenant.cards(GROUP)) == 1


async def test_how_long_to_wait_is_as_asked_and_never_the_same_for_two(met: TeamsDesk) -> None:
    waits = []
    for _ in range(5):
        met.tenant.faults.append(Fault(429, headers={"Retry-After": "7"}))
        with pytest.raises(RateLimited) as limited:
            await met.chat.room.post(GROUP, card())
        waits.append(limited.value.retry_after)
    assert all(7 <= wait <= 14 for wait in waits)
    assert len(set(waits)) > 1


async def test_who_blocked_us_is_written_to_no_more_until_they_write_again(met: TeamsDesk) -> None:
    met.tenant.faults.append(Fault(403, BLOCKED))
    for _ in range(3):
        with pytest.raises(Rejected, match="blocked or removed"):
            await met.chat.room.post(ANA, card())
    assert len([call for call in met.tenant.calls if call[0] == "POST"]) == 1
    await met.post(met.tenant.message("overdue", by="ana"))
    await met.chat.settled()
    assert (await met.chat.room.post(ANA, card())).channel == met.tenant.own_chat("ana")


async def test_who_blocked_us_is_not_said_to_take_cards_also_where_one_that_stood_there_was_refused(met: TeamsDesk) -> None:
    ref = await met.chat.room.post(ANA, card())
    await met.chat.room.check(ANA)
    met.tenant.blocked.add(ref.channel)
    with pytest.raises(Rejected):
        await met.chat.room.update(ref, card())
    with pytest.raises(Rejected, match="blocked or removed"):
        await met.chat.room.check(ANA)
    met.tenant.blocked.clear()
    await met.post(met.tenant.message("overdue", by="ana"))
    await met.chat.settled()
    await met.chat.room.check(ANA)


async def test_what_another_process_heard_counts_here_too(met: TeamsDesk) -> None:
    """Workers hear nothing themselves: who blocked us there and wrote to the service since is written to again."""
    met.tenant.faults.append(Fault(403, BLOCKED))
    with pytest.raises(Rejected):
        await met.chat.room.post(ANA, card())
    open_again = met.addresses.rows["teams", ANA]
    await met.addresses.keep(replace(open_again, details={**open_again.details, "closed": ""}))
    await met.chat.room.post(ANA, card())


async def test_what_says_nothing_new_is_not_written_again(met: TeamsDesk) -> None:
    await met.post(met.tenant.message("overdue", by="ana"))
    written = met.addresses.writes
    await met.post(met.tenant.message("overdue", by="ana"))
    assert met.addresses.writes == written
    await met.chat.settled()


async def test_where_the_app_was_taken_out_nothing_is_written_until_it_is_back(met: TeamsDesk) -> None:
    await met.post(met.tenant.installed(by="ana", at=GROUP, action="remove"))
    with pytest.raises(Rejected, match="removed there"):
        await met.chat.room.post(GROUP, card())
    await met.post(met.tenant.installed(by="ana", at=GROUP))
    await met.chat.room.post(GROUP, card())


async def test_what_is_too_large_is_folded_and_sent_smaller(met: TeamsDesk) -> None:
    long = Card("long", tuple(Text(f"{n} " + "word " * 60) for n in range(80)))
    met.tenant.faults.append(Fault(413, {"error": {"code": "MessageSizeTooBig"}}))
    await met.chat.room.post(GROUP, long)
    (shown,) = met.tenant.cards(GROUP)
    assert size(shown["attachments"][0]["content"]) <= SMALL
    met.tenant.faults.append(Fault(413, times=2))
    with pytest.raises(Rejected, match="too large"):
        await met.chat.room.post(GROUP, long)


async def test_a_form_that_is_too_large_is_folded_too(met: TeamsDesk) -> None:
    long = tuple(Text(f"{n} " + "word " * 60) for n in range(40))
    met.tenant.faults.append(Fault(413, {"error": {"code": "MessageSizeTooBig"}}))
    await met.chat.room.ask(ANA, Form("Note", Button("Keep", FLAG), intro=long, fields=(TextField("note", "Note"),)))
    (shown,) = met.tenant.cards(met.tenant.own_chat("ana"))
    assert size(shown["attachments"][0]["content"]) <= SMALL
    assert "Note" in words(shown)
    assert "Keep" in titles(shown)


async def test_a_token_that_is_no_longer_taken_is_asked_for_anew(met: TeamsDesk) -> None:
    met.tenant.issued.clear()
    with pytest.raises(NeedsReconnect):
        await met.chat.room.post(GROUP, card())
    await met.chat.room.post(GROUP, card())
    assert [call for call in met.tenant.calls if call[0] == "TOKEN"] == [("TOKEN", TENANT)]


async def test_wrong_credentials_are_named_without_showing_them(met: TeamsDesk) -> None:
    met.tenant.refuse_login = True
    met.tenant.issued.clear()
    with pytest.raises(NeedsReconnect):
        await met.chat.room.post(GROUP, card())
    with pytest.raises(NeedsReconnect, match="app id and password") as refused:
        await met.chat.check()
    assert "made up for this test" not in str(refused.value)


async def test_a_bot_of_several_tenants_asks_for_its_token_where_they_all_do() -> None:
    async with desk(tenant=None, tenants=frozenset({TENANT})) as one:
        await one.chat.check()
        assert ("TOKEN", "botframework.com") in one.tenant.calls


@pytest.mark.parametrize(
    ("sort", "approved", "allowed"),
    [
        (None, frozenset[str](), False),
        ("standard", frozenset[str](), False),
        ("private", frozenset[str](), True),
        ("shared", frozenset[str](), False),
        ("standard", frozenset({CHANNEL}), True),
        ("shared", frozenset({CHANNEL}), False),
        ("shared", frozenset({"Partners"}), True),
    ],
    ids=str,
)
async def test_a_channel_of_a_team_needs_approval_unless_it_is_private(
    sort: str | None, approved: frozenset[str], *, allowed: bool
) -> None:
    async with desk(approved_channels=approved) as one:
        await one.post(one.tenant.message("help", by="ana", at=CHANNEL))
        if sort:
            await one.post(one.tenant.channel_event("channelCreated", CHANNEL, "Partners", sort))
        await one.chat.settled()
        if allowed:
            await one.chat.room.post(CHANNEL, card())
        else:
            with pytest.raises(Rejected, match="nothing was posted"):
                await one.chat.room.post(CHANNEL, card())
