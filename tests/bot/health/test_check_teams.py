"""What is missing for Teams is named by the check, one thing at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config import Settings, TeamsSettings
from bot.health.check_teams import of_teams, of_teams_settings
from tests.e2e.teams_service import serving_teams
from tests.fakes.clock import FixedClock
from tests.peers.teams import APP, CHANNEL, TENANT, Tenant, teams

ALL: dict[str, Any] = {"app_id": APP, "app_password": SecretStr("x"), "tenant_id": TENANT}


@pytest.fixture
async def tenant() -> AsyncGenerator[Tenant]:
    async with teams() as one:
        yield one


@pytest.mark.parametrize(
    ("given", "public", "named"),
    [
        ({}, None, []),
        ({"local": True}, None, []),
        ({"tenant_id": TENANT}, None, ["teams.app_id"]),
        (ALL, None, ["public_url"]),
        (ALL, "https://due.example.com", []),
        ({"workflows": {"credit": SecretStr("https://flows.example/x")}}, None, ["public_url"]),
    ],
    ids=str,
)
def test_what_the_settings_lack(given: dict[str, Any], public: str | None, named: list[str]) -> None:
    settings = Settings(teams=TeamsSettings(**given), public_url=public)
    assert [one.name for one in of_teams_settings(settings)] == named


async def test_microsoft_is_asked_for_a_token_the_keys_and_the_channel(tenant: Tenant, sqlite_url: str, clock: FixedClock) -> None:
    async with serving_teams(tenant, sqlite_url, clock) as house:
        (unmet,) = await of_teams(house.app)
        assert (unmet.name, "not met" in unmet.what) == (f"teams.channel.{CHANNEL}", True)
        await house.meet("ana")
        assert await of_teams(house.app) == []


async def test_a_wrong_secret_and_keys_that_cannot_be_had_are_told_apart(tenant: Tenant, sqlite_url: str, clock: FixedClock) -> None:
    tenant.refuse_login = True
    async with serving_teams(tenant, sqlite_url, clock) as house:
        (secret,) = await of_teams(house.app)
        assert "app id and password" in secret.what
        tenant.refuse_login, tenant.lost = False, True
        (keys,) = await of_teams(house.app)
        assert "keys could not be read" in keys.what
