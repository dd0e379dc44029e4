"""Messages that a tick has queued leave over SMTP, against mails that are written already handed over by a bare client.

The channel is the real one, and the floor speaks the same protocol to the same server: it takes 50 ms for a mail, 32 at once.
With several workers the floor is one worker over the same messages. Four of them want more than two processors; `slow`, a server that takes
half a second, leaves them idle enough to show whether the workers hold up one another.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from adapters.letters.template_letters import TemplateLetters
from adapters.outreach.mime import email_of
from adapters.outreach.smtp import TLS, SMTPMail, SMTPSettings
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.policies import PolicyBook, shipped
from bot.sending import AT_ONCE, Delivered, Sending
from bot.verbs.terminal import logs_to_stderr, spare_the_collector
from tests.bench.big_ledger import fill_due
from tests.bench.databases import Databases, filled
from tests.bench.mail_floor import HOST, SECONDS, SENDER, Server, hand_over, serving
from tests.bench.outcome import alone, peak_mb, size_or, tell
from tests.fakes.clock import FixedClock
from workflows.decide_accounts import DecideAccounts, decide_accounts
from workflows.prepare_notices import Written, claim_notices, prepare

RUNS = 3
SIZE = 10_000
SLOW, SLOW_SIZE = 0.5, 4_000  # seconds for a mail, and messages
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LEAD = 10.0  # seconds in which every worker gets ready

Mails = list[tuple[str, bytes]]


def policies() -> PolicyBook:
    return PolicyBook([shipped()], [(shipped().name, shipped().version)])


def fill(url: str, customers: int) -> None:
    """A message to each, queued by a real tick."""
    fill_due(url, customers, now=NOW)
    asyncio.run(_tick(url))


async def _tick(url: str) -> None:
    store, more = SqlStore(open_engine(url), [bytes(32)]), True
    while more:
        async with store() as work:
            more = (await decide_accounts(DecideAccounts(), work, policies(), FixedClock(NOW))).accounts > 0
    await store.close()


def ours(url: str, port: int, begins_at: float) -> tuple[float, float, Delivered, int]:
    """When it began and ended, what was sent, and the megabytes it took. Logs, and spares Python's collector, as the service does."""
    spare_the_collector()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        logs_to_stderr(everything=True)
        time.sleep(max(0.0, begins_at - time.time()))
        begun = time.time()
        done = asyncio.run(_deliver(url, port))
        return begun, time.time(), done, peak_mb()


async def _deliver(url: str, port: int) -> Delivered:
    store, clock = SqlStore(open_engine(url), [bytes(32)]), FixedClock(NOW)
    channel = SMTPMail(SMTPSettings(HOST, SENDER, port, TLS.NONE), clock)
    done = await Sending(store, policies(), TemplateLetters(), clock, channel).run()
    await store.close()
    return done


def work(url: str, server: Server, workers: int, size: int) -> tuple[float, int]:
    """Seconds from the first worker's beginning until every message is at the server, once, and the most memory of a worker."""
    begins_at = time.time() + LEAD
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        runs = [run.result() for run in [pool.submit(ours, url, server.port, begins_at) for _ in range(workers)]]
    taken = server.taken()
    assert len(taken) == len(set(taken)) == size, (len(taken), [done for _, _, done, _ in runs])
    took = max(ended for _, ended, _, _ in runs) - min(begun for begun, _, _, _ in runs)
    return took, max(memory for _, _, _, memory in runs)


def written(url: str, size: int) -> Mails:
    """The very mails."""
    return asyncio.run(_written(url, size))


async def _written(url: str, size: int) -> Mails:
    store, clock, letters, mails = SqlStore(open_engine(url), [bytes(32)]), FixedClock(NOW), TemplateLetters(), Mails()
    while len(mails) < size:
        async with store() as unit:
            for claimed in await claim_notices(unit, "email", clock, 500):
                found = prepare(claimed, policies(), letters, clock)
                assert isinstance(found, Written), found
                mails.append((found.message.to[0], email_of(found.message, claimed.row.key, sender=SENDER, now=NOW)))
    await store.close()
    return mails


def floor(databases: Databases, server: Server, mails: Mails, workers: int, size: int) -> float:
    if workers > 1:
        return work(databases.copy(), server, 1, size)[0]
    took, _ = alone(hand_over, server.port, mails, AT_ONCE)
    assert len(server.taken()) == size
    return took


def main() -> None:
    kind, workers, slow = sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["slow"]
    size = size_or(SLOW_SIZE if slow else SIZE)
    name = "deliver" + ("-sqlite" if kind == "sqlite" else "") + (f"-{workers}" if workers > 1 else "") + ("-slow" if slow else "")
    with filled(kind, partial(fill, customers=size)) as databases, serving(SLOW if slow else SECONDS) as server:
        mails = written(databases.copy(), size) if workers == 1 else []
        least, mine, memory = [], [], 0
        for _ in range(RUNS):
            least.append(floor(databases, server, mails, workers, size))
            took, most = work(databases.copy(), server, workers, size)
            mine.append(took)
            memory = max(memory, most)
    tell(name, size, mine, least, rss_mb=memory)


if __name__ == "__main__":
    main()
