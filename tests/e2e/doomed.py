"""The door of a second service on the same database, which is killed in the middle of its work."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.context import ForkServerContext

import httpx

from bot.app import running
from tests.e2e.held import HELD, Life, Stand, serve_held
from tests.e2e.service import House
from tests.peers.smtp import HOST


def warm_processes() -> ForkServerContext:
    """New ones have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.e2e.warm"])
    return context


@asynccontextmanager
async def doomed(duebot: House, processes: ForkServerContext, stand: Stand) -> AsyncGenerator[httpx.AsyncClient, None]:
    """At the end it stands in the middle of its work and is killed."""
    ours, theirs = processes.Pipe()
    process = processes.Process(target=serve_held, args=(Life(duebot.app.settings, duebot.clock.now(), stand), theirs))
    process.start()
    theirs.close()
    try:
        port = await asyncio.to_thread(ours.recv)
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False, timeout=30) as http:
            yield http
        assert await asyncio.to_thread(ours.poll, 20), "it never came to handle it"
        assert ours.recv() == HELD
    finally:
        process.kill()
        await asyncio.to_thread(process.join, 20)
    assert process.exitcode == -signal.SIGKILL
    process.close()


async def started_again(duebot: House) -> None:
    """A new service, which looks twice at what was left."""
    duebot.clock.advance(timedelta(minutes=6))
    for _ in range(2):
        async with running(duebot.app.settings, duebot.clock, connect=True) as app:
            await app.jobs.catch_up()
    await duebot.deliver()
