"""The engine of one machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from adapters.jobs.embedded import ticking
from adapters.jobs.job import GRACE, Job
from tests.adapters.jobs.contract import Engine, EngineContract


@dataclass
class Ticking:
    scheduler: AsyncIOScheduler

    async def minute(self, at: datetime) -> None:
        """What the scheduler would call then is called now, but not waited for."""
        for planned in self.scheduler.get_jobs():
            assert planned.trigger.get_next_fire_time(None, at - timedelta(seconds=59)) == at
            assert planned.max_instances == 1
            self.calls.append(asyncio.create_task(planned.func()))

    def __post_init__(self) -> None:
        self.calls: list[asyncio.Task[None]] = []


class OneMachine:
    most = 1

    def __init__(self) -> None:
        self.running: list[Ticking] = []

    @asynccontextmanager
    async def process(self, jobs: Sequence[Job], wake: asyncio.Event, grace: float = GRACE) -> AsyncGenerator[Ticking]:
        async with ticking(jobs, wake, grace) as scheduler:
            self.running.append(Ticking(scheduler))
            yield self.running[-1]

    async def idle(self) -> None:
        for process in self.running:
            await asyncio.gather(*process.calls)


class TestEmbedded(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return OneMachine()
