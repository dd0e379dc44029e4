"""The two databases of the rounds, with what can be done to them."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tests.chaos.plan import POSTGRESQL, SQLITE, Machine
from tests.peers.postgres import DURABLE, Postgres, migrate_at, server_in

LOCKED_SECONDS = 0.7  # longer than a process waits for a locked database here


class Base(Protocol):
    kind: str

    def fresh(self) -> AbstractAsyncContextManager[str]:
        """The address of a migrated database of its own."""
        ...

    async def suffer(self, machine: Machine, url: str) -> None:
        """What is done to it at once; it works again when this returns."""
        ...


class Sqlite:
    kind = SQLITE

    def __init__(self, folder: Path) -> None:
        self._folder, self._template, self._numbers = folder, folder / "template.db", count(1)
        migrate_at(f"sqlite+aiosqlite:///{self._template}")

    @asynccontextmanager
    async def fresh(self) -> AsyncGenerator[str]:
        path = self._folder / f"{next(self._numbers)}.db"
        shutil.copyfile(self._template, path)
        try:
            yield f"sqlite+aiosqlite:///{path}"
        finally:
            for each in self._folder.glob(f"{path.name}*"):
                each.unlink()

    async def suffer(self, machine: Machine, url: str) -> None:
        """A backup by another program, that keeps writers out while it copies."""
        if machine is Machine.LOCKED:
            with closing(sqlite3.connect(url.partition(":///")[2], timeout=10, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(LOCKED_SECONDS)
                other.execute("ROLLBACK")


class Server:
    """A PostgreSQL of its own, for it is killed. Commits are durable against that; the machine itself stays up, so disks need not be waited for."""

    kind = POSTGRESQL

    def __init__(self, server: Any) -> None:
        self._server = server
        self._peer = Postgres(server.get_uri(), DURABLE)

    @asynccontextmanager
    async def fresh(self) -> AsyncGenerator[str]:
        with self._peer.database() as url:
            yield url

    async def suffer(self, machine: Machine, url: str) -> None:
        match machine:
            case Machine.CUT:
                with psycopg.connect(self._server.get_uri(), autocommit=True) as admin:
                    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")
            case Machine.RESTARTED:
                await asyncio.to_thread(self._stop, signal.SIGQUIT)
            case Machine.KILLED:
                await asyncio.to_thread(self._stop, signal.SIGKILL)

    def _stop(self, how: signal.Signals) -> None:
        """Quit: no goodbye, no checkpoint. Kill: the server and every session of it, none of which hears anything."""
        main = self._server.get_postmaster_info().process
        sessions = main.children() if how is signal.SIGKILL else []
        os.kill(main.pid, how)
        for each in sessions:
            with suppress(ProcessLookupError):
                os.kill(each.pid, how)
        for each in (main, *sessions):
            each.wait(20)
        self._server.ensure_postgres_running()


@contextmanager
def base(kind: str, folder: Path) -> Generator[Base]:
    if kind == SQLITE:
        yield Sqlite(folder)
        return
    with server_in(folder / "postgres") as server:
        yield Server(server)
