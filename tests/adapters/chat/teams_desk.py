"""Teams' door with a stand-in for Microsoft outside and a stand-in for the product behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from adapters.chat.protocol import Address
from adapters.chat.teams.chat import TeamsChat, build
from adapters.chat.teams.names import MESSAGES_PATH
from adapters.chat.teams.settings import TeamsSettings
from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, Heading
from cards.linked import Way
from tests.fakes.handler import FakeHandler, FakeInbound, SetClock
from tests.peers.teams import APP, CHANNEL, PASSWORD, TENANT, Activity, Tenant, object_id, teams

ITEM = UUID(int=1)
FLAG = Action(Name.FLAG, ITEM)
ANA = object_id("ana")


@dataclass(slots=True)
class FakeAddresses:
    """Keeps them in memory; `writes` counts."""

    rows: dict[tuple[str, str], Address] = field(default_factory=dict)
    writes: int = 0

    async def find(self, platform: str, *keys: str) -> Mapping[str, Address]:
        return {key: self.rows[platform, key] for key in keys if (platform, key) in self.rows}

    async def having(self, platform: str, detail: str, value: str) -> Mapping[str, Address]:
        return {key: one for (at, key), one in self.rows.items() if at == platform and one.details.get(detail) == value}

    async def newest(self, platform: str) -> Address | None:
        return next((one for one in reversed(self.rows.values()) if one.platform == platform), None)

    async def keep(self, address: Address) -> None:
        self.writes += 1
        self.rows[address.platform, address.key] = address


@dataclass(slots=True)
class TeamsDesk:
    """The whole of it. `rested` are the seconds it would have waited."""

    tenant: Tenant
    chat: TeamsChat
    http: httpx.AsyncClient
    handler: FakeHandler
    inbound: FakeInbound
    addresses: FakeAddresses
    clock: SetClock
    rested: list[float]

    async def post(self, activity: Activity, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return await self.http.post(MESSAGES_PATH, json=activity, headers=self.tenant.signed() if headers is None else headers)

    def kept(self) -> int:
        """Everything that was stored, or handed on to be."""
        return len(self.inbound.rows) + len(self.handler.handled) + self.addresses.writes


@asynccontextmanager
async def desk(*, patience: float = 20, way: Way | None = None, **changes: Any) -> AsyncGenerator[TeamsDesk]:
    async with teams() as tenant:
        clock, handler, inbound, addresses = SetClock(), FakeHandler(), FakeInbound(), FakeAddresses()
        tenant.now = clock.now().timestamp()

        settings = replace(
            TeamsSettings(
                APP,
                PASSWORD,
                TENANT,
                services=(tenant.url,),
                openid_url=f"{tenant.url}/openid",
                login_url=tenant.url,
                approved_channels=frozenset({CHANNEL}),
            ),
            **changes,
        )
        rested: list[float] = []

        async def rest(seconds: float) -> None:
            rested.append(seconds)
            await asyncio.sleep(0)

        chat = build(settings, handler, inbound, addresses, clock, patience=patience, way=way, rest=rest)
        app = Starlette(routes=[Route(MESSAGES_PATH, chat.endpoint, methods=["POST", "GET"])])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://duebot.example") as http:
            try:
                yield TeamsDesk(tenant, chat, http, handler, inbound, addresses, clock, rested)
            finally:
                await chat.stop()


def card(text: str = "Acme owes €1.00") -> Card:
    return Card(text, (Heading(text), Actions((Button("Flag", FLAG),))))
