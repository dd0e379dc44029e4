"""Trying Teams without Microsoft: believed on this machine alone, and only when it is switched on by name."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from adapters.chat.teams.names import MESSAGES_PATH
from bot.app import running
from bot.config import Settings, TeamsSettings
from bot.http import chat_app, inbox_app
from tests.fakes.clock import FixedClock
from tests.peers.teams import APP, TENANT, Tenant

PORT = 8081
HOST = f"127.0.0.1:{PORT}"


def settings(url: str, **teams: Any) -> Settings:
    key = SecretStr(base64.b64encode(bytes(range(32))).decode())
    return Settings(database_url=url, secret_key=key, teams=TeamsSettings(**teams))


async def posted(app: Any, headers: Mapping[str, str], service: str = "http://127.0.0.1:9/emea/") -> int:
    body = {**Tenant().message("help", by="ana"), "serviceUrl": service}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{HOST}") as web:
        return (await web.post(MESSAGES_PATH, json=body, headers=dict(headers))).status_code


@pytest.mark.parametrize(
    ("headers", "service", "status"),
    [
        ({}, "http://127.0.0.1:9/emea/", 200),
        ({}, "http://localhost:9", 200),
        ({"Origin": f"http://{HOST}"}, "http://127.0.0.1:9", 403),
        ({"Origin": "https://evil.example"}, "http://127.0.0.1:9", 403),
        ({"Sec-Fetch-Site": "same-origin"}, "http://127.0.0.1:9", 403),
        ({"Host": "evil.example"}, "http://127.0.0.1:9", 403),
        ({}, "https://smba.trafficmanager.net/emea/", 401),
        ({}, "http://evil.example/", 401),
        ({}, "http://127.0.0.1@evil.example/", 401),
    ],
    ids=str,
)
async def test_only_programs_of_this_machine_are_believed(
    one_url: str, clock: FixedClock, headers: Mapping[str, str], service: str, status: int
) -> None:
    async with running(settings(one_url, local=True), clock) as app:
        assert await posted(inbox_app(app, PORT), headers, service) == status
        assert len(await app.inbound.pending(clock.now().replace(year=2030), 10)) == 0 or status == 200


async def test_the_public_listener_never_serves_without_tokens(one_url: str, clock: FixedClock) -> None:
    async with running(settings(one_url, local=True), clock) as app:
        assert await posted(chat_app(app), {}) == 404
    registered = {"app_id": APP, "app_password": SecretStr("x"), "tenant_id": TENANT, "openid_url": "http://127.0.0.1:9/none"}
    async with running(settings(one_url, **registered), clock) as app:
        assert await posted(chat_app(app), {}) == 401
        assert await posted(inbox_app(app, PORT), {}) in {403, 404}


@pytest.mark.parametrize(
    ("given", "wanted"), [({"app_id": APP}, "APP_PASSWORD"), ({"app_id": APP, "app_password": SecretStr("x")}, "TENANT_ID")]
)
def test_half_a_registration_is_named(given: dict[str, Any], wanted: str) -> None:
    with pytest.raises(ValidationError, match=wanted):
        TeamsSettings(**given)
