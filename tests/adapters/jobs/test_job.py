"""A job that fails: said once, and once when it works again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from structlog.testing import capture_logs

from adapters.jobs.job import Job


async def test_a_job_that_fails_every_minute_is_logged_once_for_each_trouble_and_once_when_it_works() -> None:
    ends: list[Exception | None] = [None, OSError("disk full"), OSError("disk full"), KeyError("x"), None, None, OSError("disk full")]

    async def body() -> None:
        await asyncio.sleep(0)
        if (error := ends.pop(0)) is not None:
            raise error

    job = Job("tick", body, "tick")
    with capture_logs() as log:
        for _ in range(7):
            await job.run()
    assert _said(log) == ["job failed", "job failed", "job works again", "job failed"]


def _said(log: Sequence[object]) -> list[object]:
    return [entry["event"] for entry in log if isinstance(entry, dict)]
