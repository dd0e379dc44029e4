"""A whole Duebot for the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

import pytest

from tests.e2e.service import Service, filled, serving
from tests.e2e.teams_service import TeamsHouse, serving_teams
from tests.fakes.clock import FixedClock
from tests.peers.slack import Workspace, slack
from tests.peers.slack_emulator import emulator
from tests.peers.teams import Tenant, teams


@pytest.fixture(scope="session")
def slack_server() -> Generator[str]:
    with emulator() as server:
        yield server


@pytest.fixture
async def workspace(slack_server: str, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Workspace]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)  # slack_sdk would take loopback through it as well
    async with slack(slack_server) as one:
        yield one


@pytest.fixture
async def empty(workspace: Workspace, one_url: str, clock: FixedClock) -> AsyncGenerator[Service]:
    """On SQLite, with people and nothing in the book."""
    async with serving(workspace, one_url, clock) as service:
        yield service


@pytest.fixture
async def duebot(workspace: Workspace, one_url: str, clock: FixedClock) -> AsyncGenerator[Service]:
    """On SQLite, the sample book read, released, ticked and delivered."""
    async with serving(workspace, one_url, clock) as service:
        await filled(service)
        yield service


@pytest.fixture
async def duebot_on_both(workspace: Workspace, database_url: str, clock: FixedClock) -> AsyncGenerator[Service]:
    """The same, once on each database."""
    async with serving(workspace, database_url, clock) as service:
        await filled(service)
        yield service


@pytest.fixture
async def tenant() -> AsyncGenerator[Tenant]:
    async with teams() as one:
        yield one


@pytest.fixture
async def in_teams(tenant: Tenant, one_url: str, clock: FixedClock) -> AsyncGenerator[TeamsHouse]:
    """The sample book in Teams, where Ana has met it."""
    async with serving_teams(tenant, one_url, clock) as house:
        await house.meet("ana")
        await filled(house)
        yield house
