"""Imported once by the process that others are forked from: a morning is played through, so that none of them begins as a stranger."""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

import adapters.jobs.cluster  # ruff: ignore[unused-import] - loaded when it is needed, else
import bot.policies
import tests.e2e.warm  # ruff: ignore[unused-import] - it knows the holidays
from bot.app import running
from bot.schedule import jobs as all_jobs
from tests.chaos.office import settings_of
from tests.chaos.plan import Machine, plan_of
from tests.chaos.process import Log, names_lead_here
from tests.chaos.run import REHEARSAL, opened
from tests.chaos.slack_api import slack_api
from tests.chaos.stage import Stage
from tests.chaos.warmth import LETTERS, build_with, warm_engine
from tests.peers.smtp import mail_server

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext

PASSES = 3


@dataclass(frozen=True, slots=True)
class _Given:
    kind: str
    url: str

    @asynccontextmanager
    async def fresh(self) -> AsyncGenerator[str]:
        yield self.url

    async def suffer(self, machine: Machine, url: str) -> None: ...


async def _rehearse(kind: str, url: str, folder: Path, processes: ForkServerContext | None = None) -> None:
    async with mail_server() as mail, slack_api() as chat:
        stage = Stage(processes, _Given(kind, url), mail, chat, folder)  # type: ignore[arg-type]  # none are started here
        async with (
            opened(plan_of(1, kind), stage) as one,
            running(settings_of(one.plan, stage, url), one.office.clock, connect=True) as app,
        ):
            await one.prepare_clicks()
            for _ in range(PASSES):
                for job in all_jobs(app):
                    await job.body()


def _prepare() -> None:
    bot.policies.read_policy = cache(bot.policies.read_policy)  # type: ignore[assignment]
    structlog.configure(processors=[Log()])
    build_with(open_engine=warm_engine, TemplateLetters=lambda *_: LETTERS)
    names_lead_here(frozenset)
    kind, _, url = os.environ.get(REHEARSAL, "").partition(" ")
    if url:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_rehearse(kind, url, Path(folder)))
    gc.freeze()  # what is shared with every process is left alone by each


_prepare()
