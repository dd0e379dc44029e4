"""The weekly summary, drawn, against the statements it asks alone, sent by the bare driver and their rows fetched."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import event

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.policies import PolicyBook, shipped
from cards.plain.render import render
from cards.summary import summary
from tests.bench.big_ledger import NOW, TODAY, fill
from tests.bench.outcome import size_or, tell
from tests.peers.postgres import migrate_at
from workflows.domain.summary import Period
from workflows.summarise_book import summarise_book

SIZE = size_or(1_000_000)
RUNS = 3

Asked = tuple[str, Sequence[object]]


async def summarise(path: Path, asked: list[Asked]) -> float:
    """Seconds of one summary; `asked` gets its statements."""
    engine = open_engine(f"sqlite+aiosqlite:///{path}")
    store, policies = SqlStore(engine, [bytes(32)]), PolicyBook([shipped()], [(shipped().name, shipped().version)])

    def keep(_connection: object, _cursor: object, statement: str, parameters: Sequence[object], *_rest: object) -> None:
        asked.append((statement, parameters))

    event.listen(engine.sync_engine, "before_cursor_execute", keep)
    begun = time.perf_counter()
    async with store() as work:
        told = await summarise_book(await work.book("main"), Period.WEEKLY, TODAY, work, policies, NOW)
    text = render(summary(told))
    took = time.perf_counter() - begun
    assert text.startswith("Week 47")
    await store.close()
    return took


def ask(path: Path, asked: Sequence[Asked]) -> float:
    """Seconds of the same statements through the bare driver."""
    base = sqlite3.connect(path)
    begun = time.perf_counter()
    for statement, parameters in asked:
        base.execute(statement, parameters).fetchall()
    took = time.perf_counter() - begun
    base.close()
    return took


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        migrate_at(f"sqlite+aiosqlite:///{path}")
        fill(f"sqlite+aiosqlite:///{path}", SIZE)
        ours, floor = [], []
        for _ in range(RUNS):
            asked: list[Asked] = []
            ours.append(asyncio.run(summarise(path, asked)))
            floor.append(ask(path, asked))
        tell("report", SIZE, ours, floor)


if __name__ == "__main__":
    main()
