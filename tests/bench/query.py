"""What `/due balance NAME` and `/due overdue` take on a large ledger, up to the blocks Slack gets, against the same answers by the SQL alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from random import Random
from statistics import quantiles
from uuid import UUID

import psycopg

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.commands import parse
from bot.desk.answers import answer
from bot.policies import PolicyBook, shipped
from bot.verbs.terminal import spare_the_collector
from cards.choices import asking
from cards.elements import Card, Rows
from cards.paging import PAGE, paged
from cards.slack.render import render
from tests.bench import query_floor, tick
from tests.bench.big_ledger import fill_open
from tests.bench.bulk import driver_url
from tests.bench.databases import filled
from tests.bench.outcome import alone, size_or, tell
from tests.bench.query_floor import Told, told_of_balance, told_of_overdue
from workflows.domain.access import Role, User
from workflows.domain.ids import UserId

ROUNDS, TIMES, WARM = 5, 320, 20
FIRST = timedelta(days=3)  # before the due day the shipped policy begins
Answers = tuple[list[float], list[Told]]
ASKER = User(UserId(UUID(int=1)), "ana@bench.example", "Ana", Role.COLLECTOR)


def ours(url: str, questions: Sequence[str]) -> Answers:
    """Seconds of each answer, and what its lines say."""
    spare_the_collector()
    return asyncio.run(_ask(url, questions))


async def _ask(url: str, questions: Sequence[str]) -> Answers:
    store, policies = SqlStore(open_engine(url), [bytes(32)]), PolicyBook([shipped()], [(shipped().name, shipped().version)])
    took, told = [], []
    for text in questions:
        begun = time.perf_counter()
        async with store.reading() as work:
            card = await answer(parse(text), work, policies, tick.NOW, ASKER, page=0)
        drawn = render(paged(card, 0, partial(asking, text)))
        took.append(time.perf_counter() - begun)
        assert len(drawn.blocks) > 1, drawn.text
        told.append(_told(card, text))
    await store.close()
    return took[WARM:], told


def _told(card: Card, question: str) -> Told:
    lines = next(part.rows for part in card.body if isinstance(part, Rows))
    return [(one.cells[0], one.cells[1], one.cells[3]) if question.startswith("balance") else one.cells[:3] for one in lines]


def floor(url: str, questions: Sequence[str]) -> Answers:
    """The same, as rows of one statement."""
    took, told, day = [], [], tick.NOW.date()
    with psycopg.connect(driver_url(url), options="-c jit=off -c timezone=UTC") as server:
        for text in questions:
            verb, _, name = text.partition(" ")
            statement = query_floor.BALANCE if verb == "balance" else query_floor.OVERDUE
            given = {"name": name.casefold(), "day": day, "reached": day + FIRST, "page": PAGE}
            begun = time.perf_counter()
            rows = server.execute(statement, given).fetchall()
            server.commit()
            took.append(time.perf_counter() - begun)
            told.append(told_of_balance(rows) if verb == "balance" else told_of_overdue(rows, day))
    return took[WARM:], told


def balances(url: str) -> list[str]:
    with psycopg.connect(driver_url(url)) as server:
        (count,) = server.execute("SELECT count(*) FROM customers").fetchone() or (0,)
    return [f"balance Customer {Random(7 * n).randrange(count)}" for n in range(TIMES)]


def main() -> None:
    size = size_or(1_000_000)
    with filled("postgresql", lambda url: fill_open(url, size, due=min(50_000, size // 2), now=tick.NOW)) as databases:
        url = databases.address
        for name, questions in (("query-balance", balances(url)), ("query-overdue", ["overdue"] * TIMES)):
            measured = [(floor(url, questions), alone(ours, url, questions)) for _ in range(ROUNDS)]  # in turn: a machine has moods
            for (_, facts), ((_, told), _) in measured:
                if [sorted(one) for one in told] != [sorted(one) for one in facts]:
                    raise SystemExit(f"{name}: the statement does not find what the answers say")
            memory = max(used for _, (_, used) in measured)
            for end, at in (("", 49), ("-p99", 98)):
                mine = [quantiles(took, n=100)[at] for _, ((took, _), _) in measured]
                least = [quantiles(took, n=100)[at] for (took, _), _ in measured]
                tell(name + end, size, mine, least, done=1, rss_mb=memory)


if __name__ == "__main__":
    main()
