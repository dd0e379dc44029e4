"""The running service: two listeners and the jobs, until a signal."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal

import uvicorn
from starlette.types import ASGIApp

from adapters.jobs.embedded import ticking
from bot.app import App
from bot.http import PRIVATE_HOST, private_app, public_app
from bot.schedule import jobs as all_jobs
from bot.web.inbox import Inbox, Parts

LEAVING = 20  # seconds that requests under way are given at the end


async def serve_app(app: App, host: str, port: int, admin_port: int, *, jobs: bool = True) -> None:
    """Serves until SIGINT or SIGTERM, then lets what is under way finish."""
    slack = None if app.slack is None else app.slack.endpoint
    inbox = Inbox(Parts(app.store, app.policies, app.clock, app.inbound, app.desk, secrets.token_bytes(32), app.settings.inbox_user))
    servers = [_server(public_app(app.ready, slack), host, port), _server(private_app(inbox, admin_port), PRIVATE_HOST, admin_port)]
    async with contextlib.AsyncExitStack() as stack:
        if jobs:
            await stack.enter_async_context(ticking(all_jobs(app), app.wake))
            app.wake.set()
        await _until_signalled(servers)


def _server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=LEAVING, server_header=False
    )
    return uvicorn.Server(config)


async def _until_signalled(servers: list[uvicorn.Server]) -> None:
    def leave() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, leave)
    async with asyncio.TaskGroup() as group:
        for server in servers:
            group.create_task(server._serve())  # ruff: ignore[private-member-access] - `serve` would take the signals for itself
