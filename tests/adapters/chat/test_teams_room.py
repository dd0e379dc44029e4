"""What we say to Teams, and what Teams says back: every refusal ends as something a use case acts on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft4Validator

from adapters.chat.protocol import CardRef, Person, Reply
from adapters.chat.teams.pace import TENANT as TENANTS_LIMITS
from adapters.chat.teams.pace import THREAD, WAITS, Pace
from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, Form, Heading, Row, Rows, Text, TextField
from cards.teams.presses import carried
from cards.teams.render import SMALL, size
from tests.adapters.chat.teams_desk import TeamsDesk, desk
from tests.cards.teams_limits import check_card, nodes
from tests.e2e.teams_service import words
from tests.fakes.handler import line
from tests.paths import shared
from tests.peers.teams import APP, CHANNEL, GROUP, TENANT, Fault, object_id
from workflows.errors import NeedsReconnect, NotFound, OutcomeUnknown, RateLimited, Rejected, Unavailable

ITEM = UUID(int=1)
FLAG = Action(Name.FLAG, ITEM)
BLOCKED = {"errorCode": 209, "message": '{ "subCode": "MessageWritesBlocked", "details": "Thread is blocked from message writes." }'}
ANA = object_id("ana")


@pytest.fixture
async def met() -> AsyncGenerator[TeamsDesk]:
    """Ana has said something in the channel, in the group and to the app itself."""
    async with desk(standing=line("The card as it is now."), patience=0.3) as one:
        for at in (CHANNEL, GROUP, ""):
            await one.post(one.tenant.message("overdue", by="ana", at=at))
        await one.chat.settled(20)
        one.tenant.standing.clear()
        one.tenant.calls.clear()
        yield one


def card(text: str = "Acme owes €1.00") -> Card:
    return Card(text, (Heading(text), Actions((Button("Flag", FLAG),))))


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
    await met.chat.settled(20)
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
    await met.chat.settled(20)
    assert (await met.chat.room.post(ANA, card())).channel == met.tenant.own_chat("ana")


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
    await met.chat.settled(20)


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


# Who somebody is -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "email", "outsider"),
    [
        ({}, "ana@nordhafen.example", False),
        ({"email": "Ana@Nordhafen.example"}, "ana@nordhafen.example", False),
        ({"email": None}, "ana@nordhafen.example", False),
        ({"email": None, "userPrincipalName": None}, None, False),
        ({"userRole": "guest"}, "ana@nordhafen.example", True),
        ({"userRole": "anonymous"}, "ana@nordhafen.example", True),
        ({"userPrincipalName": "ana_other.example#EXT#@nordhafen.example"}, "ana@nordhafen.example", True),
        ({"tenantId": "another"}, "ana@nordhafen.example", True),
        ({"aadObjectId": object_id("maria")}, "ana@nordhafen.example", True),
    ],
    ids=str,
)
async def test_guests_and_people_of_other_organisations_are_outsiders(
    met: TeamsDesk, changes: dict[str, Any], email: str | None, *, outsider: bool
) -> None:
    met.tenant.changes["ana"] = changes
    profile = await met.chat.room.profile(Person("teams", TENANT, ANA))
    assert (profile.email, profile.outsider) == (email, outsider)


async def test_nobody_is_known_who_was_never_met(met: TeamsDesk) -> None:
    with pytest.raises(Rejected, match="not met"):
        await met.chat.room.profile(Person("teams", TENANT, object_id("cy")))


# Which channels may see names ------------------------------------------------------------------------------------------


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
        said = one.tenant.message("help", by="ana", at=CHANNEL)
        said["channelData"]["channel"] |= {"name": "Partners"} | ({"type": sort} if sort else {})
        await one.post(said)
        await one.chat.settled(20)
        if allowed:
            await one.chat.room.post(CHANNEL, card())
        else:
            with pytest.raises(Rejected, match="nothing was posted"):
                await one.chat.room.post(CHANNEL, card())


# Answers in time -------------------------------------------------------------------------------------------------------


def flag(one: TeamsDesk) -> dict[str, Any]:
    return one.tenant.execute({"verb": "duebot", "data": carried(FLAG)}, by="ana", at=CHANNEL, message="m1")


async def test_the_pressed_card_comes_back_as_it_is_now_with_what_came_of_it(met: TeamsDesk) -> None:
    met.handler.replies[Name.FLAG] = Reply(line("Flagged."), redrawn=True)
    answer = (await met.post(flag(met))).json()
    assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    assert words(answer) == "Flagged. | The card as it is now."
    assert met.handler.handled[-1].card == CardRef("teams", CHANNEL, "m1")
    met.handler.replies[Name.FLAG] = Reply(line("I do not know you."))
    assert words((await met.post(flag(met))).json()) == "I do not know you."


async def test_a_slow_press_is_answered_in_time_and_told_in_private_when_it_is_done(met: TeamsDesk) -> None:
    met.handler.gate = asyncio.Event()
    met.handler.replies[Name.FLAG] = Reply(line("Flagged at last."))
    answer = (await met.post(flag(met))).json()
    assert "takes a little longer" in answer["value"]
    met.handler.gate.set()
    await met.chat.settled(20)
    (told,) = met.tenant.cards(met.tenant.own_chat("ana"))
    assert "Flagged at last." in words(told)


async def test_a_slow_dialog_says_so_in_its_window(met: TeamsDesk) -> None:
    met.handler.gate = asyncio.Event()
    fetch = met.tenant.task("task/fetch", carried(Action(Name.SNOOZE, ITEM)), by="ana", at=CHANNEL, message="m1")
    assert "takes a little longer" in words((await met.post(fetch)).json())
    met.handler.gate.set()


async def test_a_database_that_takes_too_long_is_told_at_once_and_loses_nothing(met: TeamsDesk) -> None:
    met.inbound.gate = asyncio.Event()
    press = flag(met)
    async with asyncio.timeout(10):
        assert (await met.post(press)).status_code == 503
    met.inbound.gate.set()
    await asyncio.sleep(0)
    assert (await met.post(press)).status_code == 200
    assert [one.key for one in met.handler.handled].count(f"teams:{CHANNEL}:{press['id']}") == 1


async def test_a_press_on_a_client_that_only_submits_is_the_same_press(met: TeamsDesk) -> None:
    said = met.tenant.activity("message", by="ana", at=CHANNEL, value=carried(FLAG), replyToId="m1")
    assert (await met.post(said)).content == b""
    await met.chat.settled(20)
    handled = met.handler.handled[-1]
    assert (handled.action, handled.card) == (FLAG, CardRef("teams", CHANNEL, "m1"))
    assert len(met.tenant.cards(met.tenant.own_chat("ana"))) == 1


async def test_a_form_that_was_typed_for_stands_in_the_message_and_is_executed(met: TeamsDesk) -> None:
    met.handler.replies["note AF-1"] = Reply(
        form=Form("Note", Button("Keep", Action(Name.CONFIRM_NOTE, ITEM)), fields=(TextField("note", "Note"),))
    )
    await met.post(met.tenant.message("note AF-1", by="ana", at=GROUP))
    await met.chat.settled(20)
    (form,) = met.tenant.cards(met.tenant.own_chat("ana"))
    (keep,) = form["attachments"][0]["content"]["body"][-1]["actions"]
    sent = met.tenant.execute(keep, by="ana", at=met.tenant.own_chat("ana"), message=form["id"], inputs={"note": "called"})
    await met.post(sent)
    assert met.handler.handled[-1].values == {"note": "called"}


async def test_who_cannot_be_written_to_is_told_so_where_they_asked(met: TeamsDesk) -> None:
    met.tenant.faults.append(Fault(403, BLOCKED))
    await met.post(met.tenant.message("overdue", by="ana", at=CHANNEL))
    await met.chat.settled(20)
    (said,) = met.tenant.cards(CHANNEL)
    assert "could not write to you" in words(said)


async def test_old_and_odd_buttons_are_answered_and_do_nothing(met: TeamsDesk) -> None:
    before = len(met.handler.handled)
    for data in ({}, {"duebot": 1}, {"duebot": {"name": "no.such", "payload": "{}"}}, None):
        execute = met.tenant.execute({"data": data or {}}, by="ana", at=CHANNEL, message="m1")
        assert "older card" in (await met.post(execute)).json()["value"]
        assert "older card" in words((await met.post(met.tenant.task("task/fetch", data or {}, by="ana", at=CHANNEL))).json())
    assert len(met.handler.handled) == before


async def test_cancel_closes_the_dialog_and_nobody_is_asked(met: TeamsDesk) -> None:
    before = len(met.handler.handled)
    answer = await met.post(met.tenant.task("task/submit", {"duebot": {"cancel": True}}, by="ana", at=CHANNEL))
    assert (answer.status_code, answer.content, len(met.handler.handled)) == (200, b"", before)


# The pace --------------------------------------------------------------------------------------------------------------


def test_no_window_of_any_length_ever_holds_more_calls_than_are_allowed() -> None:
    """Somebody asks every tenth of a second for two minutes; what is put off asks again."""
    now = 0.0
    pace, made = Pace(lambda: now), []
    for _ in range(1_200):
        now += 0.1
        wait = pace.take("one", "tenant")
        if wait <= WAITS:
            made.append(now + wait)
    assert made == sorted(made)
    assert len(made) >= 4 * THREAD[2][0]
    for most, seconds in THREAD[:3]:
        assert max(sum(1 for at in made if start <= at < start + seconds - 1e-6) for start in made) <= most


def test_all_conversations_of_a_tenant_together_keep_its_limit() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    waits = [pace.take(f"conversation {n}", APP) for n in range(100)]
    ((most, seconds),) = TENANTS_LIMITS
    for start in waits:
        assert sum(1 for at in waits if start <= at < start + seconds - 1e-6 and at <= WAITS) <= most
    assert waits[0] == 0 < waits[most] <= seconds


# Workflows -------------------------------------------------------------------------------------------------------------


ROWS = Rows(("Customer", "Open"), (Row(("Acme", "€1.00"), open=FLAG),), frozenset({1}), "12 more", FLAG)


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
