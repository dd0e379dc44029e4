"""One tick over a ledger of which a tenth is due, on SQLite, against the same rows written by one statement per table."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.policies import PolicyBook, shipped
from tests.bench.big_ledger import fill_open
from tests.bench.outcome import size_or, tell
from tests.fakes.clock import FixedClock
from tests.peers.postgres import migrate_at
from workflows.decide_accounts import DecideAccounts, Decided, decide_accounts

SIZE = size_or(100_000)
RUNS = 3
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
AT = "2026-11-24 10:00:00.000000"
_WRITTEN = ("notices", "notice_items", "raised", "outbox", "audit")
_ID = "lower(hex(randomblob(16)))"
_DUE = f"FROM customers c WHERE c.next_look_at <= '{AT}'"
_ITEMS = f"FROM items i JOIN customers c ON c.id = i.customer_id WHERE c.next_look_at <= '{AT}'"
# Per due account its notice, outbox row, two audit rows and hint; per due item its share of the notice and that staff were told.
_FLOOR = (
    f"""INSERT INTO notices (id, customer_id, key, day, at, step, state, counts, channel, currencies, because)
        SELECT c.id, c.id, 'notice:' || c.id || ':2026-11-24', '2026-11-24', '{AT}', 'first', 'queued', 1, 'email', '["EUR"]', '' {_DUE}""",
    f"""INSERT INTO notice_items (id, notice_id, item_id, step, occurrence, leads, counts, position)
        SELECT {_ID}, c.id, i.id, 'first', 0, row_number() OVER (PARTITION BY c.id ORDER BY i.number) = 1, 1,
               row_number() OVER (PARTITION BY c.id ORDER BY i.number) - 1 {_ITEMS}""",
    f"""INSERT INTO raised (id, customer_id, item_id, step, occurrence, at)
        SELECT {_ID}, c.id, i.id, 'first', 0, '{AT}' {_ITEMS}""",
    f"""INSERT INTO outbox (id, kind, key, payload, state, attempts, not_before, error)
        SELECT {_ID}, 'notice', 'notice:' || c.id, json_object('notice', c.id), 'queued', 0, '{AT}', '' {_DUE}""",
    f"""INSERT INTO audit (actor, at, type, data)
        SELECT 'policy standard 1', '{AT}', kind.word, json_object('customer', c.id, 'step', 'first', 'because', 'The step first is due.',
               'items', (SELECT json_group_array(i.id) FROM items i WHERE i.customer_id = c.id))
        FROM customers c, (SELECT 'notice.queued' AS word UNION ALL SELECT 'alert.raised') kind WHERE c.next_look_at <= '{AT}'""",
    f"""UPDATE customers SET next_look_at = '2026-11-25 09:00:00.000000', policy_name = 'standard', policy_version = 1
        WHERE next_look_at <= '{AT}'""",
)


async def tick(path: Path) -> tuple[float, Decided]:
    """Seconds until no account is left whose time has come, and what was stored."""
    store = SqlStore(open_engine(f"sqlite+aiosqlite:///{path}"), [bytes(32)])
    policies, clock, done = PolicyBook([shipped()], [(shipped().name, shipped().version)]), FixedClock(NOW), Decided()
    begun = time.perf_counter()
    more = True
    while more:
        async with store() as work:
            batch = await decide_accounts(DecideAccounts(), work, policies, clock)
        done, more = done + batch, batch.accounts > 0
    took = time.perf_counter() - begun
    await store.close()
    return took, done


def floor(path: Path) -> float:
    base = sqlite3.connect(path, isolation_level=None)
    base.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
    begun = time.perf_counter()
    base.execute("BEGIN IMMEDIATE")
    for statement in _FLOOR:
        base.execute(statement)
    base.execute("COMMIT")
    took = time.perf_counter() - begun
    base.close()
    return took


def written(path: Path) -> dict[str, int]:
    with sqlite3.connect(path) as base:
        return {table: int(base.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in _WRITTEN}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole, mine, least = (Path(folder) / name for name in ("whole.db", "ours.db", "floor.db"))
        migrate_at(f"sqlite+aiosqlite:///{whole}")
        fill_open(whole, SIZE, due=SIZE // 10, now=NOW)
        ours, theirs = [], []
        for _ in range(RUNS):
            for path in (mine, least):
                for left in Path(folder).glob(f"{path.name}*"):
                    left.unlink()
                shutil.copy(whole, path)
            took, done = asyncio.run(tick(mine))
            theirs.append(floor(least))
            ours.append(took)
            assert written(mine) == written(least), (written(mine), written(least), done)
        tell("tick-sqlite", SIZE, ours, theirs, done=SIZE // 10)


if __name__ == "__main__":
    main()
