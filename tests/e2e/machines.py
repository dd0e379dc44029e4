"""Duebot on many machines: `duebot worker` and `duebot serve` as real processes on one PostgreSQL, a real mail server, and the real clock."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.paths import ROOT
from tests.peers.smtp import HOST, MailServer
from tests.workflows.office import ANY_HOUR, Office
from workflows.domain.calendar import Place

WORKING, SERVING = "Working.", "Stop with Ctrl-C"


@dataclass
class Machines:
    """Starts processes that share a database and a folder of policies without contact hours."""

    folder: Path
    env: Mapping[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def worker(self, *options: str, **env: str) -> subprocess.Popen[str]:
        return self._start(WORKING, ["worker", *options], env)

    def serve(self, *options: str, **env: str) -> subprocess.Popen[str]:
        return self._start(SERVING, ["serve", *options], env)

    def log(self, process: subprocess.Popen[str]) -> str:
        return (self.folder / f"log-{self.started.index(process)}").read_text()

    def _start(self, said: str, command: list[str], env: Mapping[str, str]) -> subprocess.Popen[str]:
        with (self.folder / f"log-{len(self.started)}").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", *command],
                cwd=self.folder,
                env={**self.env, **env},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.started.append(process)
        assert process.stdout is not None
        assert said in process.stdout.readline(), self.log(process)
        return process


@contextmanager
def machines(folder: Path, url: str, mail: MailServer) -> Generator[Machines, None, None]:
    policies = folder / "policies"
    policies.mkdir()
    (policies / "standard.yaml").write_text(ANY_HOUR)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DUEBOT_")}
    settings = {
        "DATABASE_URL": url,
        "SECRET_KEY": base64.b64encode(SECRET_KEY).decode(),
        "POLICIES": str(policies),
        "SMTP__HOST": HOST,
        "SMTP__PORT": str(mail.port),
        "SMTP__SECURITY": "none",
        "SMTP__SENDER": "receivables@alderfinch.example",
    }
    given = {f"DUEBOT_{name}": value for name, value in settings.items()}
    running = Machines(folder, {**clean, **given, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default", "HOME": str(folder)})
    try:
        yield running
    finally:
        for process in running.started:
            process.kill()
            process.communicate()


async def owing(store: SqlStore, *names: str, channel: str | None = None) -> Office:
    """An office of today whose customers are to be reminded at once, and its colleagues told in that channel."""
    office = Office(store, FixedClock(datetime.now(UTC)))
    await office.open(place=Place("UTC"))
    async with store() as work:
        await work.change_book(replace(await work.book("main"), chat_channel=channel))
    await office.owe(*names)
    return office
