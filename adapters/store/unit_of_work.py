"""The store: opens units of work, each one transaction over all subjects."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.store.accounts import Accounts
from adapters.store.addresses import SqlAddresses
from adapters.store.audit import AuditTrail, Trail
from adapters.store.cards import Cards
from adapters.store.chats import Chats
from adapters.store.claims import Claims
from adapters.store.contact import Contact
from adapters.store.engine import open_door, open_readers
from adapters.store.erasing import Erasing
from adapters.store.facts import Facts, Plans
from adapters.store.figures import Figures
from adapters.store.imports import Imports
from adapters.store.inbound import Arrivals, SqlInbound
from adapters.store.installs import Installs
from adapters.store.invitations import Invitations
from adapters.store.keeping import Keeping
from adapters.store.mailboxes import Mailboxes
from adapters.store.near import Near
from adapters.store.notices import Notices
from adapters.store.outages import Outages
from adapters.store.outbox import Outbox
from adapters.store.overdue import Overdue
from adapters.store.paces import Paces
from adapters.store.people import People
from adapters.store.policies import PolicyTexts
from adapters.store.receipts import Receipts
from adapters.store.releases import Releases
from adapters.store.requests import Requests
from adapters.store.screens import Screens
from adapters.store.secrets import Vault
from adapters.store.signs import SignsOfLife
from adapters.store.stops import Stops
from adapters.store.unlisted import Unlisted
from adapters.store.webhooks import Webhooks
from workflows.domain.account import Book
from workflows.ports import Clock

log = structlog.get_logger(__name__)


class SqlUnitOfWork(
    Accounts,
    Overdue,
    Imports,
    Unlisted,
    Facts,
    Claims,
    Requests,
    Receipts,
    Contact,
    Mailboxes,
    Plans,
    Releases,
    Notices,
    Outbox,
    Cards,
    Chats,
    Installs,
    Invitations,
    Outages,
    Paces,
    Webhooks,
    People,
    Arrivals,
    Trail,
    Figures,
    Near,
    Screens,
    Keeping,
    Erasing,
    Stops,
):
    """The `UnitOfWork` of `workflows.ports`."""


class SqlReading(SqlUnitOfWork):
    """Of a transaction that only reads: nothing can be locked in it, and nothing it has read is another a moment later."""

    _locks = False

    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        super().__init__(connection, vault)
        self._known: Sequence[Book] | None = None

    async def books(self) -> Sequence[Book]:
        if self._known is None:
            self._known = await super().books()
        return self._known


class SqlStore(PolicyTexts):
    """Called: `async with store() as work:` commits at the end, rolls back when the block raises; `store.reading()` opens one that only reads.

    `keys` are of 32 bytes; the first encrypts, all of them decrypt. What only reads does so by `readers`, what a chat waits for goes by the
    `door`; else each has connections of its own.
    """

    def __init__(
        self, engine: AsyncEngine, keys: Sequence[bytes], readers: AsyncEngine | None = None, door: AsyncEngine | None = None
    ) -> None:
        super().__init__(engine)
        self._readers, self._door = readers or open_readers(engine), door or open_door(engine)
        self._vault = Vault(keys)
        self.audit = AuditTrail(engine)
        self.abreast = 1 if engine.dialect.name == "sqlite" else 2  # batches of work that one process should have under way
        self.signs = SignsOfLife(engine)

    def __call__(self) -> AbstractAsyncContextManager[SqlUnitOfWork]:
        return self._unit()

    @asynccontextmanager
    async def _unit(self) -> AsyncGenerator[SqlUnitOfWork, None]:
        async with self._engine.begin() as connection:
            work = SqlUnitOfWork(connection, self._vault)
            yield work  # ruff: ignore[fallible-context-manager] - one that raises is not committed
            await work.write_redrawn()
        if queued := +work.queued:
            log.info("queued", **queued)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[SqlUnitOfWork, None]:
        async with self._readers.begin() as connection:  # which commits: of a transaction rolled back psycopg forgets what it had prepared
            yield SqlReading(connection, self._vault)

    def addresses(self, clock: Clock) -> SqlAddresses:
        return SqlAddresses(self._door, clock)

    def inbound(self, clock: Clock) -> SqlInbound:
        return SqlInbound(self._door, self._vault, clock)

    async def close(self) -> None:
        await self._engine.dispose()
        await self._readers.dispose()
        await self._door.dispose()
