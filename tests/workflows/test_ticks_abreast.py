"""Two processes tick at once on PostgreSQL: each account is one's alone, and the rows are those that one process alone writes."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any, cast

import psycopg
import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.bench.big_ledger import fill, fill_open
from tests.bench.bulk import driver_url
from tests.conftest import SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.peers.postgres import Postgres
from tests.workflows.office import policies
from workflows.decide_accounts import DecideAccounts, decide_accounts
from workflows.domain.ids import CustomerId
from workflows.ports import UnitOfWork

NOW = datetime(2027, 2, 23, 10, 0, tzinfo=UTC)  # a Tuesday, when every account of the ledgers is to be looked at
BATCH, PATIENCE = 2, 60
LEDGERS = (partial(fill, invoices=150), partial(fill_open, invoices=120, due=90, now=NOW))  # of every age, and all at their first step
WRITTEN = {
    "notices": "SELECT customer_id, key, day, step, state, counts, channel, currencies::text, because FROM notices",
    "listed": "SELECT n.key, i.item_id, i.step, i.occurrence, i.leads, i.counts, i.position FROM notice_items i JOIN notices n ON n.id = i.notice_id",
    "raised": "SELECT customer_id, item_id, step, occurrence FROM raised",
    "outbox": "SELECT o.kind, o.channel, o.state, n.key FROM outbox o JOIN notices n ON n.id = (o.payload ->> 'notice')::uuid",
    "audit": "SELECT actor, type, (data - 'notice')::text FROM audit",
    "customers": "SELECT id, next_look_at, policy_name, policy_version FROM customers",
}


class Meeting:
    """A unit of work that, once it has its first accounts, waits until the other process has some too."""

    def __init__(self, work: UnitOfWork, barrier: Barrier | None, claimed: list[CustomerId]) -> None:
        self._work, self._barrier, self._claimed = work, barrier, claimed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)

    async def claim_accounts(self, now: datetime, limit: int) -> Sequence[CustomerId]:
        found = await self._work.claim_accounts(now, limit)
        if self._barrier is not None and not self._claimed:
            self._barrier.wait(PATIENCE)
        self._claimed += found
        return found


async def tick(url: str, barrier: Barrier | None = None) -> list[CustomerId]:
    """Decides small batches until no account is left; returns whose it decided."""
    store, claimed, more = SqlStore(open_engine(url), [SECRET_KEY]), list[CustomerId](), True
    while more:
        async with store() as work:
            meeting = cast(UnitOfWork, Meeting(work, barrier, claimed))
            more = (await decide_accounts(DecideAccounts(BATCH), meeting, policies(), FixedClock(NOW))).accounts > 0
    await store.close()
    return claimed


def tick_all(urls: Sequence[str], barrier: Barrier, answers: Queue[list[list[CustomerId]]]) -> None:
    """What each of the two processes does."""
    answers.put([asyncio.run(tick(url, barrier)) for url in urls])


def by_two(urls: Sequence[str]) -> Iterator[tuple[list[CustomerId], list[CustomerId]]]:
    """Of each database, whose accounts the two processes decided."""
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(2), context.Queue()
    both = [context.Process(target=tick_all, args=(urls, barrier, answers), daemon=True) for _ in range(2)]
    for process in both:
        process.start()
    first, second = answers.get(timeout=2 * PATIENCE), answers.get(timeout=2 * PATIENCE)
    for process in both:
        process.join(PATIENCE)
    return zip(first, second, strict=True)


def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    with psycopg.connect(driver_url(url)) as server:
        return {name: sorted(server.execute(query.encode()).fetchall(), key=repr) for name, query in WRITTEN.items()}


@pytest.mark.timeout(300)
def test_two_processes_share_the_accounts_and_write_what_one_writes(postgres: Postgres) -> None:
    with ExitStack() as stack:
        alone, shared = ([stack.enter_context(postgres.database()) for _ in LEDGERS] for _ in range(2))
        for url, make in zip(alone + shared, LEDGERS * 2, strict=True):
            make(url)
            with psycopg.connect(driver_url(url)) as server:
                server.execute("UPDATE books SET fed_by_files = false")
        whole = [asyncio.run(tick(url)) for url in alone]
        for mine, (first, second) in zip(whole, by_two(shared), strict=True):
            assert first
            assert second
            assert sorted(first + second) == sorted(mine), "no account is decided twice, and none is left"
        for one, two in zip(map(rows, alone), map(rows, shared), strict=True):
            assert one == two
        steps = {row[2] for url in alone for row in rows(url)["raised"]}
    assert {"first", "second", "handover"} <= steps, "the ledgers are of every age"
