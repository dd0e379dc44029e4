"""A folder in which somebody types `duebot`, with a database that is ready."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import main
from bot.clock import SystemClock

TODAY = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)  # the sample book's days are counted from here, on whatever day it is read
SAMPLE = Path(__file__).resolve().parents[2] / "bot" / "sample_book.csv"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output; more than one is an error."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Place:
    folder: Path

    def duebot(self, *words: str, env: dict[str, str] | None = None, typed: str | None = None) -> Answered:
        done = CliRunner().invoke(main, words, env=env, input=typed)
        unexpected = None if isinstance(done.exception, SystemExit) else done.exception
        assert unexpected is None, f"a traceback would have been shown: {unexpected!r}"
        assert "Traceback" not in done.output
        return Answered(done.exit_code, done.stdout, done.stderr)

    def file(self, name: str, *lines: str) -> str:
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return name


@contextmanager
def nothing_set_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Place, None, None]:
    """Without settings of the machine's own, and without a database."""
    for name in [name for name in os.environ if name.startswith("DUEBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(SystemClock, "now", lambda _clock: TODAY)
    try:
        yield Place(folder)
    finally:
        structlog.reset_defaults()  # each command points the log to the standard error of its own time
