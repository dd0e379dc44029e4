"""A filled database for a bench, and fresh copies of it, so that every run finds the same."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

from tests.bench.bulk import driver_url
from tests.bench.outcome import quietly
from tests.peers.postgres import migrate_at, running_postgres


class Databases(Protocol):
    """`address` is the whole one's; `copy` makes a copy in place of the one before and returns its address."""

    address: str

    def copy(self) -> str: ...


@contextmanager
def filled(kind: str, fill: Callable[[str], None]) -> Generator[Databases, None, None]:
    """Migrated, then filled. `kind` is sqlite or postgresql, the latter a server of its own that keeps its promises about the disk."""
    quietly()
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            files = _Files(Path(folder))
            migrate_at(files.address)
            fill(files.address)
            yield files
    else:
        with running_postgres(f"bench-{os.getpid()}") as server, server.database() as url:
            with psycopg.connect(driver_url(url), autocommit=True) as session:
                session.execute("ALTER SYSTEM RESET ALL")  # the tests' server forgoes safety for speed
                session.execute("ALTER SYSTEM SET autovacuum = off")  # by hand, between the runs
                session.execute("SELECT pg_reload_conf()")
            fill(url)
            yield _Server(url)


class _Files:
    def __init__(self, folder: Path) -> None:
        self._whole, self._copy = folder / "whole.db", folder / "copy.db"
        self.address = f"sqlite+aiosqlite:///{self._whole}"

    def copy(self) -> str:
        for left in self._copy.parent.glob(f"{self._copy.name}*"):
            left.unlink()
        shutil.copy(self._whole, self._copy)
        return f"sqlite+aiosqlite:///{self._copy}"


class _Server:
    def __init__(self, url: str) -> None:
        self.address = url
        self._name = url.partition("?")[0].rpartition("/")[2]

    def copy(self) -> str:
        with psycopg.connect(driver_url(self.address.replace(self._name, "postgres")), autocommit=True) as session:
            session.execute(f"DROP DATABASE IF EXISTS {self._name}_copy".encode())
            session.execute(f"CREATE DATABASE {self._name}_copy TEMPLATE {self._name} STRATEGY file_copy".encode())
            session.execute("CHECKPOINT")
        return self.address.replace(self._name, f"{self._name}_copy")
