"""Rounds one after the other on one stage."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from multiprocessing import forkserver
from pathlib import Path

import aiohttp

from adapters.store.unit_of_work import SqlStore
from tests.chaos.bases import Base
from tests.chaos.judge import judge
from tests.chaos.office import office_of, workspace_of
from tests.chaos.plan import Plan, plan_of
from tests.chaos.play import Round
from tests.chaos.slack_api import slack_api
from tests.chaos.stage import Stage
from tests.chaos.warmth import warm_engine
from tests.conftest import SECRET_KEY
from tests.peers.smtp import mail_server

REHEARSAL = "CHAOS_REHEARSAL"  # in the environment of new processes: the kind and the address of a database to rehearse on


@asynccontextmanager
async def staged(database: Base, folder: Path) -> AsyncGenerator[Stage]:
    """Vendors, and the place processes come from, for any number of rounds."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.chaos.warm"])
    async with database.fresh() as rehearsal, mail_server() as mail, slack_api() as chat:
        os.environ[REHEARSAL] = f"{database.kind} {rehearsal}"
        forkserver.ensure_running()
        yield Stage(processes, database, mail, chat, folder)


async def play_rounds(numbers: Iterable[int], stage: Stage) -> AsyncGenerator[tuple[int, list[str]]]:
    """Each number with the differences its round ended with."""
    for number in numbers:
        async with opened(plan_of(number, stage.base.kind), stage) as one:
            await one.play()
            differences = await judge(one)
            if differences and one.unexpected:
                differences.append(f"what the log said last: {one.unexpected[-1]}")
        yield number, differences


@asynccontextmanager
async def opened(plan: Plan, stage: Stage) -> AsyncGenerator[Round]:
    """A round that is about to begin, on a database of its own."""
    stage.clear()
    timeout = aiohttp.ClientTimeout(total=10)
    async with stage.base.fresh() as url, aiohttp.ClientSession(timeout=timeout, trust_env=False) as http:
        store = SqlStore(warm_engine(url), [SECRET_KEY])
        try:
            yield Round(plan, stage, url, await office_of(store, plan), workspace_of(stage, http), http)
        finally:
            await store.close()
