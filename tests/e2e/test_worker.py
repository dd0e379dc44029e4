"""Many machines: workers share the work, one takes over what another left, and a press in the web is answered by a worker at once."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.e2e.machines import Machines, machines, owing
from tests.peers.smtp import MailServer, mail_server


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


@pytest.fixture
def many(tmp_path: Path, postgresql_url: str, server: MailServer) -> Iterator[Machines]:
    with machines(tmp_path, postgresql_url, server) as running:
        yield running


@pytest.fixture
async def shared(postgresql_url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    yield made
    await made.close()


async def test_a_worker_ticks_and_delivers_and_ends_in_peace(many: Machines, shared: SqlStore, server: MailServer) -> None:
    await owing(shared, "acme", "brill")
    worker = await asyncio.to_thread(many.worker)
    await server.holds(2)
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(worker.wait, 20) == 0
    assert Counter(mail.recipients[0] for mail in server.mailbox) == {"pay@acme.example": 1, "pay@brill.example": 1}
    assert "Traceback" not in many.log(worker)
