"""What we write, who reads it, and what Slack's trouble is called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.chat.protocol import CardRef, Person, Profile
from adapters.chat.slack.chat import build
from adapters.chat.slack.faults import MissingScope
from adapters.chat.slack.room import KNOWN_SECONDS, SlackRoom
from tests.adapters.chat.conftest import Desk, settings_for
from tests.fakes.handler import FakeHandler, FakeInbound, FakeInstallations, SetClock, line
from tests.peers.slack import TEAM, Fault, Workspace
from tests.peers.slack_emulator import POOR
from workflows.errors import NeedsReconnect, NotFound, OutcomeUnknown, OutsideError, RateLimited, Rejected, Unavailable, UnexpectedPayload


def room(workspace: Workspace, **settings: Any) -> SlackRoom:
    return build(settings_for(workspace.api_url, **settings), FakeHandler(), FakeInbound(), FakeInstallations(), SetClock()).room


@pytest.fixture
def credit(workspace: Workspace) -> str:
    return workspace.channels["credit"]


async def test_a_card_is_posted_and_changed_in_place(desk: Desk, workspace: Workspace, credit: str) -> None:
    before = len(await workspace.messages("credit"))
    ref = await desk.chat.room.post(credit, line("Acme owes €12,400.00"))
    await desk.chat.room.update(ref, line("Acme paid €12,400.00"))
    newest, *older = await workspace.messages("credit")
    assert (ref.platform, ref.channel, ref.message) == ("slack", credit, newest["ts"])
    assert ("paid" in newest["text"], newest["blocks"] != [], len(older)) == (True, True, before)


async def test_names_and_amounts_do_not_go_to_a_public_channel(workspace: Workspace) -> None:
    with pytest.raises(Rejected, match="#lobby is public"):
        await room(workspace).post(workspace.channels["lobby"], line("Acme"))
    assert not workspace.asked("chat.postMessage")


async def test_nor_does_a_card_change_in_a_channel_that_became_public(workspace: Workspace, desk: Desk, credit: str) -> None:
    ref = await desk.chat.room.post(credit, line("Acme"))
    workspace.changes["conversations.info"] = {"is_private": False}
    await desk.chat.room.update(ref, line("known for ten minutes"))
    desk.clock.at += timedelta(seconds=KNOWN_SECONDS)
    with pytest.raises(Rejected, match="is public"):
        await desk.chat.room.update(ref, line("Acme"))


@pytest.mark.parametrize("approval", ["lobby", "#lobby", "id"])
async def test_an_administrator_may_approve_a_public_channel(workspace: Workspace, approval: str) -> None:
    lobby = workspace.channels["lobby"]
    approved = frozenset({lobby if approval == "id" else approval})
    await room(workspace, approved_channels=approved).post(lobby, line("Acme"))


@pytest.mark.parametrize("sign", ["is_ext_shared", "is_pending_ext_shared"])
async def test_a_channel_shared_with_another_company_needs_approval_by_name(workspace: Workspace, credit: str, sign: str) -> None:
    workspace.changes["conversations.info"] = {sign: True}
    for approved in (frozenset[str](), frozenset({credit})):
        with pytest.raises(Rejected, match="shared with another company"):
            await room(workspace, approved_channels=approved).post(credit, line("Acme"))
    await room(workspace, approved_channels=frozenset({"credit"})).post(credit, line("Acme"))


async def test_the_channel_is_asked_about_once(workspace: Workspace, credit: str) -> None:
    one = room(workspace)
    for _ in range(3):
        await one.post(credit, line("Acme"))
    assert len(workspace.asked("conversations.info")) == 1


@pytest.mark.parametrize(("sign", "words"), [({"is_archived": True}, "is archived"), ({"is_member": False}, "/invite")])
async def test_a_channel_is_asked_anew_whether_it_takes_cards(workspace: Workspace, credit: str, sign: dict[str, bool], words: str) -> None:
    one = room(workspace)
    await one.post(credit, line("Acme"))
    await one.check(credit)
    workspace.changes["conversations.info"] = sign
    with pytest.raises(Rejected, match=words):
        await one.check(credit)


async def test_a_channel_without_us_says_what_to_do(workspace: Workspace) -> None:
    hidden = await workspace.create_channel(f"board-{workspace.base[-5:]}", private=True)
    with pytest.raises(Rejected, match="invite it there with /invite"):
        await room(workspace).post(hidden, line("Acme"))
    with pytest.raises(Rejected, match="invite Duebot"):
        await room(workspace).post("C0NOSUCH", line("Acme"))


async def test_a_missing_scope_is_named(workspace: Workspace, credit: str) -> None:
    with pytest.raises(NeedsReconnect, match="groups:read"):
        await room(workspace, token=POOR).post(credit, line("Acme"))


async def test_a_message_that_is_gone_is_not_found(workspace: Workspace, credit: str) -> None:
    with pytest.raises(NotFound):
        await room(workspace).update(CardRef("slack", credit, "1.000001"), line("Acme"))


def refusal(code: str, **more: str) -> Fault:
    extra = "".join(f', "{name}": "{value}"' for name, value in more.items())
    return Fault(body=f'{{"ok": false, "error": "{code}"{extra}}}')


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(429, {"Retry-After": "7"}, '{"ok": false, "error": "ratelimited"}'), RateLimited),
        (refusal("rate_limited"), RateLimited),
        (refusal("token_revoked"), NeedsReconnect),
        (refusal("invalid_auth"), NeedsReconnect),
        (refusal("account_inactive"), NeedsReconnect),
        (refusal("missing_scope", needed="chat:write"), MissingScope),
        (refusal("is_archived"), Rejected),
        (refusal("invalid_blocks"), Rejected),
        (refusal("internal_error"), Unavailable),
        (refusal("fatal_error"), OutcomeUnknown),
        (Fault(503, body="<html>"), Unavailable),
        (Fault(400, body="{}"), UnexpectedPayload),
        (Fault(200, body='{"ok": tr'), OutcomeUnknown),
        (Fault(200, body="[]"), OutcomeUnknown),
        (Fault(200, body='{"ok": true}'), OutcomeUnknown),
        (Fault(lost=True), OutcomeUnknown),
    ],
)
async def test_trouble_while_posting_has_a_name(workspace: Workspace, credit: str, fault: Fault, error: type[OutsideError]) -> None:
    workspace.fail("chat.postMessage", fault)
    with pytest.raises(error) as raised:
        await room(workspace).post(credit, line("Acme"))
    assert type(raised.value) is error
    assert workspace.bot_token not in str(raised.value)


async def test_a_lost_answer_did_post_so_it_is_not_posted_again_by_itself(workspace: Workspace, credit: str) -> None:
    before = len(await workspace.messages("credit"))
    workspace.fail("chat.postMessage", Fault(lost=True))
    with pytest.raises(OutcomeUnknown):
        await room(workspace).post(credit, line("Acme"))
    assert len(await workspace.messages("credit")) == before + 1


async def test_a_change_whose_answer_got_lost_may_be_made_again(workspace: Workspace, credit: str) -> None:
    one = room(workspace)
    ref = await one.post(credit, line("Acme"))
    workspace.fail("chat.update", Fault(lost=True))
    with pytest.raises(Unavailable):
        await one.update(ref, line("Acme paid"))


async def test_the_wait_slack_asks_for_is_told(workspace: Workspace, credit: str) -> None:
    workspace.fail("chat.postMessage", Fault(429, {"Retry-After": "7"}, '{"ok": false, "error": "ratelimited"}'))
    with pytest.raises(RateLimited) as limited:
        await room(workspace).post(credit, line("Acme"))
    assert limited.value.retry_after == 7


async def test_nothing_left_when_slack_cannot_be_reached() -> None:
    lonely = build(settings_for("http://127.0.0.1:9/api/"), FakeHandler(), FakeInbound(), FakeInstallations(), SetClock()).room
    with pytest.raises(Unavailable):
        await lonely.post("C1", line("Acme"))


async def test_a_person_is_known_by_their_confirmed_address(workspace: Workspace) -> None:
    ana = Person("slack", TEAM, workspace.users["ana"])
    assert await room(workspace).profile(ana) == Profile("ana@nordhafen.example", "ana")


@pytest.mark.parametrize("answer", [{"is_email_confirmed": False}, {"is_email_confirmed": None}])
async def test_an_address_that_is_not_confirmed_links_nobody(workspace: Workspace, answer: dict[str, Any]) -> None:
    workspace.changes["users.info"] = answer
    assert (await room(workspace).profile(Person("slack", TEAM, workspace.users["ana"]))).email is None


@pytest.mark.parametrize("sign", ["is_restricted", "is_ultra_restricted", "is_stranger", "is_bot"])
async def test_guests_strangers_and_bots_are_outsiders(workspace: Workspace, sign: str) -> None:
    workspace.changes["users.info"] = {sign: True}
    assert (await room(workspace).profile(Person("slack", TEAM, workspace.users["ana"]))).outsider


async def test_so_are_people_of_another_workspace_unless_it_belongs_to_the_same_company(workspace: Workspace) -> None:
    ana = workspace.users["ana"]
    assert (await room(workspace).profile(Person("slack", "T0ELSEWHERE", ana))).outsider
    workspace.changes["users.info"] = {"enterprise_user": {"enterprise_id": "E1", "teams": ["T0ELSEWHERE"]}}
    assert not (await room(workspace).profile(Person("slack", "T0ELSEWHERE", ana))).outsider


async def test_a_deactivated_person_is_said_to_be_so(workspace: Workspace) -> None:
    workspace.changes["users.info"] = {"deleted": True}
    assert (await room(workspace).profile(Person("slack", TEAM, workspace.users["ana"]))).deactivated
    with pytest.raises(NotFound):
        await room(workspace).profile(Person("slack", TEAM, "U0NOBODY"))
