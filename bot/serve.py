"""The running service: two listeners and the jobs, until a signal."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Mapping

import uvicorn
from starlette.types import ASGIApp

from bot.app import App
from bot.health.running import present
from bot.http import chat_app, inbox_app, worker_app
from bot.schedule import engine
from workflows.errors import Refused

LEAVING = 15  # seconds that requests under way are given at the end


def listening(host: str, port: int, option: str) -> socket.socket:
    """Taken before anything starts, so that a port in use is a sentence and not a service without a door. `option` sets another."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        taken = socket.socket(family, kind)
    except OSError as error:
        raise Refused(f"{host} is no address of this machine: {error.strerror}. Choose another with --host.") from None
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError as error:
        taken.close()
        why = "another program listens there" if error.errno == errno.EADDRINUSE else error.strerror
        raise Refused(f"Port {port} of {host} cannot be used: {why}. Choose another with {option}.") from None
    return taken


async def serve_app(app: App, public: socket.socket, private: socket.socket, *, jobs: bool = True) -> None:
    """Serves until SIGINT or SIGTERM, then lets what is under way finish."""
    doors = {public: chat_app(app, runs_jobs=jobs), private: inbox_app(app, private.getsockname()[1])}
    await _until_signalled(app, {door: _server(behind) for door, behind in doors.items()}, jobs=jobs)


async def work_app(app: App, private: socket.socket | None) -> None:
    """Runs the jobs until SIGINT or SIGTERM; what is under way then is finished or handed back. `private` tells how it goes."""
    doors = {} if private is None else {private: _server(worker_app(app, private.getsockname()[1]))}
    await _until_signalled(app, doors, jobs=True)


def _server(app: ASGIApp) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=LEAVING, server_header=False, lifespan="off")
    )


async def _until_signalled(app: App, servers: Mapping[socket.socket, uvicorn.Server], *, jobs: bool) -> None:
    """At the signal the doors close and the jobs end side by side, so that neither waits for the other."""
    signalled = asyncio.Event()

    def leave() -> None:
        signalled.set()
        for server in servers.values():
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, leave)
    async with present(app, runs_jobs=jobs), asyncio.TaskGroup() as group:
        group.create_task(_jobs_until(signalled, app, runs=jobs))
        for door, server in servers.items():
            group.create_task(server._serve([door]))  # ruff: ignore[private-member-access] - `serve` would take the signals for itself


async def _jobs_until(signalled: asyncio.Event, app: App, *, runs: bool) -> None:
    async with engine(app, runs=runs):
        app.wake.set()
        await signalled.wait()
