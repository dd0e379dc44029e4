"""Several workspaces: installed by a link, once; written to with their own token; renewed, taken out again, and never by a stranger."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import SecretStr

from adapters.chat.slack.names import SCOPES
from tests.e2e.service import CHANNEL, PUBLIC, Service, filled, serving, words
from tests.fakes.clock import FixedClock
from tests.peers.slack import TEAM, Fault, Workspace, interactive
from workflows.install_workspace import STATE, offer_install
from workflows.records import Installation

SECOND = "T000000002"
CLIENT = {"client_id": "11.22", "client_secret": SecretStr("of the app")}


@pytest.fixture
async def open_to_all(workspace: Workspace, database_url: str, clock: FixedClock) -> AsyncGenerator[Service]:
    """An app that may be installed in more workspaces; the book is empty."""
    async with serving(workspace, database_url, clock, **CLIENT) as service:
        yield service


async def offered(duebot: Service) -> str:
    async with duebot.app.store() as work:
        return await offer_install("slack", work, duebot.clock)


async def begun(duebot: Service, offer: str) -> tuple[str, dict[str, str]]:
    """Where the browser is sent, and its cookie."""
    answer = await duebot.http.get("/slack/install", params={"offer": offer})
    assert answer.status_code == 302
    kept = answer.headers["set-cookie"]
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/slack"} <= {part.strip() for part in kept.split(";")}
    return answer.headers["location"], {"Cookie": kept.split(";")[0]}


async def install(duebot: Service, team: str = SECOND) -> str:
    """The whole way, by Ida; what the last page says."""
    duebot.workspace.changes["oauth.v2.access"] = {"team": {"id": team, "name": "Südhafen"}}
    to, cookie = await begun(duebot, await offered(duebot))
    back = urlsplit(await duebot.workspace.installed(to, by="ida"))
    answer = await duebot.http.get(f"{back.path}?{back.query}", headers=cookie)
    assert answer.status_code == 200, answer.text
    return answer.text


async def installations(duebot: Service) -> list[Installation]:
    async with duebot.app.store() as work:
        return list(await work.installations("slack"))


async def use_second(duebot: Service) -> None:
    """The book's cards go to a channel of the second workspace from now on, and its people are found there."""
    (one,) = await installations(duebot)
    await duebot.workspace.ask("conversations.invite", {"channel": duebot.workspace.channels[CHANNEL], "users": one.bot})
    async with duebot.app.store() as work:
        book = await work.book("main")
        await work.change_book(replace(book, chat_channel=f"{SECOND}/{duebot.workspace.channels[CHANNEL]}"))
    duebot.workspace.changes["users.info"] = {"team_id": SECOND}


def ended(kind: str, at: int, **event: Any) -> bytes:
    body = {"type": "event_callback", "team_id": SECOND, "event_id": f"Ev{at}", "event_time": at, "event": {"type": kind, **event}}
    return json.dumps(body).encode()


async def test_the_address_slack_is_asked_with_says_all_it_needs_and_no_secret(open_to_all: Service) -> None:
    to, _ = await begun(open_to_all, await offered(open_to_all))
    asked = dict(parse_qsl(urlsplit(to).query))
    assert to.startswith("https://slack.com/oauth/v2/authorize?")
    assert asked.keys() == {"client_id", "scope", "redirect_uri", "state"}
    assert (asked["client_id"], asked["scope"].split(",")) == ("11.22", list(SCOPES))
    assert asked["redirect_uri"] == f"{PUBLIC}/slack/oauth_redirect"


async def test_an_installed_workspace_is_written_to_with_its_own_token_and_its_people_are_served(open_to_all: Service) -> None:
    duebot, workspace = open_to_all, open_to_all.workspace
    assert "Südhafen" in await install(duebot)
    (one,) = await installations(duebot)
    assert (one.team, one.scopes, one.token == workspace.bot_token) == (SECOND, tuple(SCOPES), False)
    await use_second(duebot)
    await filled(duebot)
    assert set(workspace.tokens["chat.postMessage"]) == {one.token}
    alert = await duebot.card("Birkenhof")
    press = await duebot.press_payload(alert, "Flag", by="ana")
    press["team"]["id"] = press["user"]["team_id"] = SECOND
    await duebot.post(interactive(press))
    assert "AF-1031: flagged" in words(workspace.whispers()[-1]["blocks"])
    async with duebot.app.store() as work:
        ana = await work.user_by_identity("slack", SECOND, workspace.users["ana"])
    assert ana == duebot.people["ana"]
    installed = await duebot.audit("workspace.installed")
    assert [(entry.actor, entry.data["team"]) for entry in installed] == [(f"slack:{workspace.users['ida']}", SECOND)]


async def test_tokens_are_stored_unreadable(workspace: Workspace, sqlite_url: str, clock: FixedClock) -> None:
    async with serving(workspace, sqlite_url, clock, **CLIENT) as duebot:
        offer = await offered(duebot)
        await install(duebot)
        (one,) = await installations(duebot)
        assert one.token not in repr(one)
    with closing(sqlite3.connect(sqlite_url.partition(":///")[2])) as database:
        dump = "\n".join(database.iterdump())
    assert one.token.encode().hex().upper() not in dump.upper()
    assert all(secret not in dump for secret in (one.token, offer))


async def test_nobody_installs_without_an_offer_in_another_browser_late_or_twice(open_to_all: Service) -> None:
    duebot = open_to_all
    for params in ({}, {"offer": "guessed"}):
        assert (await duebot.http.get("/slack/install", params=params)).status_code == 403
    offer = await offered(duebot)
    to, cookie = await begun(duebot, offer)
    assert (await begun(duebot, offer))[1] != cookie, "looking uses nothing up"
    back = urlsplit(await duebot.workspace.installed(to, by="ida"))
    here, state = f"{back.path}?{back.query}", dict(parse_qsl(urlsplit(to).query))["state"]
    strange = {"Cookie": f"{cookie['Cookie'].split('=')[0]}=another"}
    for headers in ({}, strange):
        assert (await duebot.http.get(here, headers=headers)).status_code == 403
    assert (await duebot.http.get(f"{back.path}?code=x&state=guessed", headers=cookie)).status_code == 403
    duebot.clock.advance(STATE)
    assert (await duebot.http.get(here, headers=cookie)).status_code == 403
    assert not duebot.workspace.asked("oauth.v2.access")
    to, cookie = await begun(duebot, offer)
    back = urlsplit(await duebot.workspace.installed(to, by="ida"))
    here = f"{back.path}?{back.query}"
    assert [(await duebot.http.get(here, headers=cookie)).status_code for _ in range(2)] == [200, 403]
    assert (await duebot.http.get("/slack/install", params={"offer": offer})).status_code == 403
    assert state not in str(await duebot.audit())


async def test_what_slack_refuses_installs_nothing_and_says_so(open_to_all: Service) -> None:
    duebot = open_to_all
    _, cookie = await begun(duebot, await offered(duebot))
    to, cookie = await begun(duebot, await offered(duebot))
    state = dict(parse_qsl(urlsplit(to).query))["state"]
    denied = await duebot.http.get("/slack/oauth_redirect", params={"error": "<b>denied", "state": state}, headers=cookie)
    assert (denied.status_code, "cancelled" in denied.text, "<b>" in denied.text) == (400, True, False)
    to, cookie = await begun(duebot, await offered(duebot))
    state = dict(parse_qsl(urlsplit(to).query))["state"]
    wrong = await duebot.http.get("/slack/oauth_redirect", params={"code": "made-up", "state": state}, headers=cookie)
    assert (wrong.status_code, "invalid_code" in wrong.text) == (502, True)
    assert await installations(duebot) == []


async def test_an_app_taken_out_is_forgotten_and_late_words_do_not_end_what_was_installed_since(open_to_all: Service) -> None:
    duebot, workspace = open_to_all, open_to_all.workspace
    now = int(duebot.clock.now().timestamp())
    await install(duebot)
    (first,) = await installations(duebot)
    await duebot.post(ended("app_uninstalled", now - 60))
    await duebot.post(ended("tokens_revoked", now + 1, tokens={"oauth": ["U1"], "bot": ["UOTHER"]}))
    assert await installations(duebot) == [first]
    duebot.clock.advance(timedelta(minutes=1))
    for _ in range(2):
        assert (await duebot.post(ended("tokens_revoked", now + 30, tokens={"bot": [first.bot]}))).status_code == 200
    assert await installations(duebot) == []
    assert len(await duebot.audit("workspace.ended")) == 1
    heard, press = len(workspace.whispers()), workspace.command("help", by="ana", trigger="1.1.gone", channel=CHANNEL)
    assert (await duebot.post(press.replace(TEAM.encode(), SECOND.encode()))).status_code == 200
    assert len(workspace.whispers()) == heard, "a workspace the app is not in gets no answer"
    assert await duebot.app.inbound.pending(duebot.clock.now() + timedelta(1), 10) == []
    assert "What you can ask" in await duebot.command("help", by="ana")
    await install(duebot)
    (again,) = await installations(duebot)
    assert again.token != first.token


async def test_administrators_are_told_once_of_a_workspace_that_is_lost_and_owners_get_its_cards_by_mail(open_to_all: Service) -> None:
    duebot, now = open_to_all, int(open_to_all.clock.now().timestamp())
    await install(duebot)
    await use_second(duebot)
    await duebot.post(ended("app_uninstalled", now + 1))
    for _ in range(3):
        await duebot.app.jobs.mind_chats()
        duebot.clock.advance(timedelta(minutes=1))
    lost = f"Duebot: Slack, workspace {SECOND} cannot be written to"
    assert mails(duebot) == [("ida@nordhafen.example", lost)]
    assert "duebot connect slack" in duebot.mail.mailbox[0].part("plain")

    await filled(duebot)
    await duebot.app.jobs.mind_chats()
    told = {to for to, subject in mails(duebot) if subject.endswith("new for you")}
    assert "maria@nordhafen.example" in told
    assert not duebot.workspace.asked("chat.postMessage")

    await install(duebot)
    await use_second(duebot)
    await duebot.app.jobs.mind_chats()
    assert mails(duebot)[-1] == ("ida@nordhafen.example", f"Duebot: Slack, workspace {SECOND} is back")
    duebot.clock.advance(timedelta(minutes=15))
    await duebot.deliver()
    assert await duebot.card("Birkenhof")


def mails(duebot: Service) -> list[tuple[str, str]]:
    """To colleagues: to whom, and about what."""
    sent = [(one.recipients[0], str(one.message["Subject"])) for one in duebot.mail.mailbox]
    return [one for one in sent if one[0].endswith("@nordhafen.example")]


async def test_a_token_that_expires_is_renewed_once_before_it_does(open_to_all: Service) -> None:
    duebot, workspace = open_to_all, open_to_all.workspace
    await install(duebot)
    (one,) = await installations(duebot)
    async with duebot.app.store() as work:
        soon = duebot.clock.now() + timedelta(minutes=10)
        await work.keep_installation(replace(one, token="xoxe.xoxb-old", refresh="xoxe-1-first", expires_at=soon), duebot.clock.now())
    renewed = {"ok": True, "access_token": one.token, "refresh_token": "xoxe-1-second", "expires_in": 43_200}
    workspace.fail("oauth.v2.access", Fault(body=json.dumps(renewed)))
    await use_second(duebot)
    await filled(duebot)
    assert set(workspace.tokens["chat.postMessage"]) == {one.token}
    (now,) = await installations(duebot)
    assert (now.token, now.refresh) == (one.token, "xoxe-1-second")
    assert not workspace.faults["oauth.v2.access"], "it was asked once"
