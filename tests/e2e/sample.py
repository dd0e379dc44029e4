"""A running Duebot over a small invented ledger, on a fixed Tuesday morning, with its inbox on loopback."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import uvicorn
from pydantic import SecretStr

from bot.app import App, running
from bot.clock import FixedClock
from bot.config import Settings, SlackSettings, SMTPSettings
from bot.http import PRIVATE_HOST, inbox_app
from workflows.domain.access import Role, User
from workflows.domain.calendar import Place
from workflows.domain.ids import UserId, new_id
from workflows.domain.money import Money
from workflows.records import LedgerRow

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Berlin
TODAY = date(2026, 11, 24)
ANA = User(UserId(new_id()), "ana@northwind.example", "Ana Weiss", Role.ADMINISTRATOR)
MARIA = User(UserId(new_id()), "maria@northwind.example", "Maria Lindt", Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Owed:
    """One invoice of the sample: the days it is late, and what came in for it so many days ago."""

    customer: str
    number: str
    amount: str
    late: int
    currency: str = "EUR"
    paid: str | None = None
    paid_ago: int = 1
    reference: str | None = None


LEDGER = (
    Owed("Acme GmbH", "INV-2041", "14400.00", 25, paid="2000.00", paid_ago=12, reference="PO 8841"),
    Owed("Acme GmbH", "INV-2077", "6200.00", 1),
    Owed("Acme GmbH", "INV-2101", "12400.00", -16),
    Owed("Acme GmbH", "INV-1907", "3100.00", 104),
    Owed("Acme GmbH", "INV-1860", "4100.00", 130, paid="4100.00", paid_ago=119),
    Owed("Brill & Sons", "INV-2055", "9300.00", 10, "USD"),
    Owed("Costa Lda", "INV-2080", "9990.00", 3),
    Owed("Dvorak s.r.o.", "INV-2081", "4120.00", 3),
    Owed("Elm Street Studio", "INV-2082", "3600.00", 3, "USD"),
    Owed("Fjord Kontor AS", "INV-2083", "2750.50", 10),
    Owed("Gilda Moretti", "INV-2084", "412.00", 3),
    Owed("Harrow Fields", "INV-2085", "18200.00", 46),
    Owed("Ibis Travel", "INV-2090", "1299.00", -3),
)


def ledger_row(owed: Owed) -> LedgerRow:
    due, slug = TODAY - timedelta(owed.late), owed.customer.split()[0].lower()
    paid = None if owed.paid is None else Money.of(owed.paid, owed.currency)
    return LedgerRow(
        number=owed.number,
        customer_number=f"C-{slug}",
        customer_name=owed.customer,
        total=Money.of(owed.amount, owed.currency),
        due_on=due,
        issued_on=due - timedelta(30),
        paid=paid,
        paid_on=None if paid is None else TODAY - timedelta(owed.paid_ago),
        reference=owed.reference,
        email=f"accounts@{slug}.example",
    )


@asynccontextmanager
async def sample_app(database_url: str, mails: Path) -> AsyncGenerator[App, None]:
    """Duebot over a database, as its clock stands still and its mail goes into a folder."""
    settings = Settings(
        database_url=database_url,
        secret_key=SecretStr(base64.b64encode(bytes(range(32))).decode()),
        slack=SlackSettings(),
        smtp=SMTPSettings(folder=mails, sender="receivables@northwind.example"),
    )
    async with running(settings, FixedClock(NOW)) as app:
        yield app


async def fill(app: App, ledger: tuple[Owed, ...] = LEDGER) -> None:
    """The ledger is read, released, ticked and its mails are sent."""
    async with app.store() as work:
        book = replace(
            await work.book("main"),
            name="Northwind GmbH",
            place=Place("Europe/Berlin", "DE"),
            currency="EUR",
            seller_email="receivables@northwind.example",
            read_through=TODAY,
            read_at=NOW - timedelta(minutes=46),
        )
        await work.change_book(book)
        for user in (ANA, MARIA):
            await work.add_user(user)
        await work.store_rows(book.id, [ledger_row(owed) for owed in ledger], NOW - timedelta(hours=1))
        for customer in await work.waiting_for_release(book.id):
            await work.release(customer, ANA.id, NOW - timedelta(minutes=30))
    await app.jobs.tick()
    await app.jobs.deliver()


@asynccontextmanager
async def served(app: App) -> AsyncGenerator[str, None]:
    """The address of the inbox."""
    with socket.socket() as listening:
        listening.bind((PRIVATE_HOST, 0))
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(inbox_app(app, port), log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server._serve([listening]))  # ruff: ignore[private-member-access] - `serve` would take the test's signals
        try:
            yield f"http://{PRIVATE_HOST}:{port}/inbox"
        finally:
            server.should_exit = True
            await serving
