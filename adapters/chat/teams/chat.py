"""Teams put together."""

from __future__ import annotations

import asyncio

import httpx

from adapters.chat.protocol import Addresses, Handler, Inbound
from adapters.chat.teams.addresses import AddressBook
from adapters.chat.teams.connector import LONGEST, Connector
from adapters.chat.teams.credentials import Credentials
from adapters.chat.teams.endpoint import TeamsEndpoint
from adapters.chat.teams.flows import Flows
from adapters.chat.teams.framework import Framework
from adapters.chat.teams.keys import Keys, KeysUnavailable
from adapters.chat.teams.listeners import PATIENCE, Listeners, Turns, at_once
from adapters.chat.teams.room import Approved, TeamsRoom
from adapters.chat.teams.settings import TeamsSettings
from adapters.chat.teams.tokens import Tokens
from adapters.core.pauses import Rest
from cards.linked import Link, Way
from workflows.errors import Unavailable
from workflows.ports import Clock

TIMEOUT = httpx.Timeout(LONGEST, connect=5)  # seconds
KEYS_TIMEOUT = httpx.Timeout(5)
Clients = tuple[httpx.AsyncClient, ...]
LEAVING = 10.0  # seconds that answers under way are given at the end


class TeamsChat:
    """`endpoint` is the ASGI application for `POST /api/messages`, `room` writes. Without `keys` nothing is proven: that is for this machine alone."""

    def __init__(
        self, endpoint: TeamsEndpoint, room: TeamsRoom, listeners: Listeners, credentials: Credentials, clients: Clients, keys: Keys | None
    ) -> None:
        self.endpoint, self.room, self.local = endpoint, room, keys is None
        self._listeners, self._credentials, self._clients, self._keys = listeners, credentials, clients, keys

    async def settled(self, timeout: float | None = None) -> None:
        """Returns when all that was acknowledged has been answered."""
        await self._listeners.settled(timeout)

    async def check(self) -> None:
        """Asks Microsoft whether we may speak, and for the keys that tell who speaks to us; raises what stands against it."""
        await self.room.alive("")
        if self._keys is not None:
            try:
                await self._keys.of("")
            except KeysUnavailable:
                raise Unavailable("The Bot Framework's keys could not be read, so nobody who presses or writes can be believed.") from None

    async def stop(self) -> None:
        """Lets answers under way arrive."""
        await self.settled(LEAVING)
        for client in self._clients:
            await client.aclose()
        self._credentials.close()


def build(
    settings: TeamsSettings,
    handler: Handler,
    inbound: Inbound,
    addresses: Addresses,
    clock: Clock,
    approved: Approved | None = None,
    link: Link | None = None,
    turn: Turns = at_once,
    way: Way | None = None,
    *,
    patience: float = PATIENCE,
    rest: Rest = asyncio.sleep,
) -> TeamsChat:
    """`approved` reads the channels approved while it runs, `link` says where files are, `turn` waits for what is
    said to people to be within the limits that all processes share, `way` leads from a workflow's card into the inbox;
    `patience` is in seconds, see `listeners`; `rest` passes seconds.
    """

    def now() -> float:
        return clock.now().timestamp()

    http, fetching = httpx.AsyncClient(timeout=TIMEOUT), httpx.AsyncClient(timeout=KEYS_TIMEOUT)
    credentials = Credentials(settings, now)
    connector = Connector(settings, http, credentials)
    book = AddressBook(addresses)
    flows = Flows(settings.workflows, http, settings.app_id, link, way)
    room = TeamsRoom(connector, flows, book, settings.approved_channels, approved, link)
    listeners = Listeners(handler, inbound, book, room, link, turn, patience=patience, rest=rest)
    keys = None if settings.local else Keys(settings.openid_url, fetching, clock)
    tokens = None if keys is None else Tokens(settings.app_id, settings.issuer, keys, clock)
    tenants = settings.tenants | ({settings.tenant} if settings.tenant else frozenset())
    endpoint = TeamsEndpoint(Framework(listeners.take), connector, tokens, tenants)
    return TeamsChat(endpoint, room, listeners, credentials, (http, fetching), keys)
