"""The whole of Duebot with Teams: a stand-in for Microsoft on loopback, a real mail server, and the public listener.

async with serving_teams(tenant, url, clock) as duebot:
    alert = duebot.card("Calloway Interiors Ltd")
    answer = await duebot.press(alert, "Flag", by="ana")
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from adapters.chat.teams.names import MESSAGES_PATH
from bot.app import running
from bot.config import Settings, SlackSettings, SMTPSettings, TeamsSettings
from tests.e2e.service import PUBLIC, House, listening, set_up, staff
from tests.fakes.clock import FixedClock
from tests.peers.smtp import HOST, MailServer, mail_server
from tests.peers.teams import APP, CHANNEL, ISSUER, PASSWORD, TENANT, Activity, Tenant

Body = dict[str, Any]


@dataclass(slots=True)
class TeamsHouse(House):
    """What people do goes over HTTP with a token as the Bot Framework signs it."""

    tenant: Tenant

    async def post(self, activity: Activity, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Returns when the answer that follows the acknowledgement has been given."""
        self.tenant.now = self.clock.now().timestamp()
        answer = await self.http.post(MESSAGES_PATH, json=activity, headers=self.tenant.signed() if headers is None else headers)
        assert self.app.teams is not None
        await self.app.teams.settled()
        return answer

    async def meet(self, *names: str, at: str = CHANNEL) -> None:
        """The app is added where the cards go, and every one of them has said something there."""
        for name in names:
            await self.post(self.tenant.installed(by=name, at=at))

    async def said(self, text: str, *, by: str, at: str = "") -> str:
        """What they alone were answered, in their own chat; a second later, as nobody types faster."""
        self.clock.advance(timedelta(seconds=1))
        own = self.tenant.own_chat(by)
        before = len(self.tenant.cards(own))
        assert (await self.post(self.tenant.message(text, by=by, at=at))).status_code == 200
        found = self.tenant.cards(own)[before:]
        assert len(found) == 1, f"{len(found)} private answers"
        return words(found[0])

    async def press(self, message: Activity, label: str, *, by: str, at: str = CHANNEL) -> Body:
        """What the press of that button was answered: a card in place, or a dialog."""
        action = button(message, label)
        fetch = action["type"] == "Action.Submit"
        make = self.tenant.task("task/fetch", action["data"], by=by, at=at, message=message["id"]) if fetch else None
        answer = await self.post(make or self.tenant.execute(action, by=by, at=at, message=message["id"]))
        assert answer.status_code == 200
        found: Body = answer.json()
        return found

    async def submit(self, dialog: Body, label: str, values: Mapping[str, str] | None = None, *, by: str, at: str = CHANNEL) -> Body:
        """A button of a dialog, with what was filled in; the next dialog, empty when it closed."""
        data = {**button(dialog, label)["data"], **filled_in(dialog), **(values or {})}
        answer = await self.post(self.tenant.task("task/submit", data, by=by, at=at))
        assert answer.status_code == 200
        return answer.json() if answer.content else {}

    async def fetch(self, address: str) -> httpx.Response:
        """What stands at an address of ours, which begins with the public one."""
        assert address.startswith(f"{PUBLIC}/")
        return await self.http.get(address.removeprefix(PUBLIC))

    def card(self, words_on_it: str, at: str = CHANNEL) -> Activity:
        """The newest message there that says so in its heading."""
        found = [message for message in self.tenant.cards(at) if words_on_it in words(heading(message))]
        assert found, f"no card with {words_on_it!r}"
        return found[-1]

    def shown(self, message: Activity, at: str = CHANNEL) -> str:
        """What that message says now."""
        return words(self.tenant.standing[at, message["id"]])


def heading(message: Activity) -> object:
    return message["attachments"][0]["content"]["body"][:1]


def nodes(part: object) -> Iterator[Body]:
    """Every object in a card, a message or an answer."""
    if isinstance(part, Mapping):
        yield dict(part)
        for value in part.values():
            yield from nodes(value)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from nodes(one)


def words(part: object) -> str:
    """All that is to be read, without the characters that only keep text from becoming markup."""
    read = [node[name] for node in nodes(part) for name in ("text", "label", "errorMessage") if isinstance(node.get(name), str)]
    if isinstance(part, Mapping) and isinstance(part.get("value"), str):
        read.append(part["value"])
    return re.sub(r"[\u2060\u2068\u2069]", "", " | ".join(read))


def button(part: object, label: str) -> Body:
    found = [node for node in nodes(part) if node.get("title") == label and str(node.get("type", "")).startswith("Action.")]
    assert found, f"no button {label!r}"
    return found[0]


def titles(part: object) -> list[str]:
    """The buttons, those behind More too."""
    return [str(node["title"]) for node in nodes(part) if str(node.get("type", "")).startswith("Action.")]


def filled_in(dialog: Body) -> dict[str, str]:
    """The answers a form has from the start."""
    return {node["id"]: str(node.get("value", "")) for node in nodes(dialog) if str(node.get("type", "")).startswith("Input.")}


def teams_settings(tenant: Tenant, **more: Any) -> TeamsSettings:
    given: dict[str, Any] = {
        "app_id": APP,
        "app_password": SecretStr(PASSWORD),
        "tenant_id": TENANT,
        "service_urls": (tenant.url,),
        "openid_url": f"{tenant.url}/openid",
        "issuer": ISSUER,
        "login_url": tenant.url,
        "approved_channels": (CHANNEL,),
    }
    return TeamsSettings(**given | more)


def settings_for(
    tenant: Tenant, url: str, mail: MailServer, slack: SlackSettings | None = None, *, public: str | None = PUBLIC, **teams: Any
) -> Settings:
    return Settings(
        database_url=url,
        secret_key=SecretStr(base64.b64encode(bytes(range(32))).decode()),
        public_url=public,
        slack=slack or SlackSettings(),
        teams=teams_settings(tenant, **teams),
        smtp=SMTPSettings(host=HOST, port=mail.port, security="none", sender="receivables@alderfinch.example"),
    )


@asynccontextmanager
async def serving_teams(tenant: Tenant, url: str, clock: FixedClock, **teams: Any) -> AsyncGenerator[TeamsHouse]:
    """Everything wired and listening; the book is empty."""
    async with mail_server() as mail, running(settings_for(tenant, url, mail, **teams), clock) as app:
        people = staff()
        await set_up(app, CHANNEL, people.values())
        async with listening(app) as http:
            yield TeamsHouse(app, mail, clock, http, people, tenant)


def dumped(part: object) -> str:
    return json.dumps(part, ensure_ascii=False)
