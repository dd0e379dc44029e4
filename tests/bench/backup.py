"""A backup of a large ledger that was just ticked, put back, and the copy judged: trail, invariants, and that nothing leaves it."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import psycopg

from adapters.keep.backup_file import reading, writing
from adapters.letters.template_letters import TemplateLetters
from adapters.store.engine import open_engine
from adapters.store.restoring import copy_out, put_back, schema_of
from adapters.store.unit_of_work import SqlStore
from bot.handle import Desk
from bot.jobs import Jobs
from bot.policies import PolicyBook, shipped
from tests.bench.big_ledger import fill_open
from tests.bench.bulk import driver_url, opened
from tests.bench.databases import filled
from tests.bench.outcome import alone, size_or, tell
from tests.bench.tick import NOW, ours
from tests.fakes.clock import FixedClock
from tests.fakes.outreach import FakeOutreach
from workflows.audit_invariants import audit_invariants

SIZE = size_or(1_000_000)
KEY = bytes(32)


def fill(url: str) -> None:
    """A twentieth comes due, and is decided: messages wait, and the trail has entries."""
    fill_open(url, SIZE, due=SIZE // 20, now=NOW)
    ours(url)
    with opened(url) as base:  # the ledger's own hints are made up, and a hint that comes early breaks no rule
        base.execute(f"UPDATE customers SET next_look_at = '{NOW + timedelta(minutes=1):%Y-%m-%d %H:%M:%S}.000000'")


def back_up(url: str, path: Path) -> float:
    begun, schema = time.perf_counter(), schema_of(url)
    assert schema is not None
    with writing(path, KEY, schema, NOW, "bench") as into:
        copy_out(url, into, [KEY], schema, lambda _: None)
    return time.perf_counter() - begun


def restore(url: str, path: Path) -> float:
    begun = time.perf_counter()
    with reading(path, [KEY]) as backup:
        put_back(url, backup, [KEY], NOW, replace=False, told=lambda _: None)
    return time.perf_counter() - begun


def judge(url: str) -> dict[str, object]:
    """Entries that verify, seconds they and the invariants took, and what left."""
    return asyncio.run(_judge(url))


async def _judge(url: str) -> dict[str, object]:
    store, policies, clock = (
        SqlStore(open_engine(url), [KEY]),
        PolicyBook([shipped()], [(shipped().name, shipped().version)]),
        FixedClock(NOW),
    )
    begun = time.perf_counter()
    verified = await store.audit.verify()
    assert verified.first_bad is None
    trail, begun = time.perf_counter() - begun, time.perf_counter()
    broken = await audit_invariants(store, policies, clock)
    assert broken == [], broken[:5]
    invariants = time.perf_counter() - begun
    mail, letters, inbound = FakeOutreach(), TemplateLetters(), store.inbound(clock)
    jobs = Jobs(store, policies, letters, clock, {"email": mail}, {}, inbound, Desk(store, policies, letters, clock, {}, lambda: None))
    await jobs.tick()
    await jobs.deliver()
    async with store() as work:
        waiting = {f"{kind.value} {state.value}": number for (kind, state), number in (await work.outbox_counts()).items()}
    assert mail.tried == 0
    await store.close()
    return {"entries": verified.count, "trail_s": round(trail, 1), "invariants_s": round(invariants, 1), "left": mail.tried, **waiting}


def empty_beside(kind: str, url: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///{folder / 'copy.db'}"
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(driver_url(url), autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name}_back TEMPLATE template0".encode())
    return url.replace(name, f"{name}_back")


def main() -> None:
    kind = sys.argv[1]
    with filled(kind, fill) as databases, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backup"
        took, most = alone(back_up, databases.address, path)
        tell(f"backup-{kind}", SIZE, [took], [], rss_mb=most)
        copy = empty_beside(kind, databases.address, Path(folder))
        took, most = alone(restore, copy, path)
        tell(f"restore-{kind}", SIZE, [took], [], rss_mb=most)
        found, most = alone(judge, copy)
        sys.stderr.write(f"  backup: {path.stat().st_size:,} bytes; judged in {most} MB: {found}\n")


if __name__ == "__main__":
    main()
