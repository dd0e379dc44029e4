"""The service as a process: two listeners, a port in use, and an end that finishes what is under way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.paths import ROOT

HOST = "127.0.0.1"
SAID = "Stop with Ctrl-C"


def environment(folder: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DUEBOT_")}
    return {**clean, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default", "HOME": str(folder), **more}


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind((HOST, 0))
        other.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def serving(folder: Path, env: Mapping[str, str], public: int, private: int, *more: str) -> Generator[subprocess.Popen[str], None, None]:
    """A service that has said where it listens, in a folder with a database."""
    command = [sys.executable, "-m", "bot", "serve", "--port", str(public), "--admin-port", str(private), *more]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        assert SAID in process.stdout.readline(), (folder / "log").read_text()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def folder(tmp_path: Path, sqlite_url: str) -> Path:
    assert sqlite_url.endswith("/duebot.db")
    return tmp_path


def answered(url: str) -> httpx.Response:
    """The sockets are bound when the service has spoken, and it listens a moment later."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=30) as web:
        return web.get(url)


def test_two_listeners_serve_until_a_signal_and_end_in_peace(folder: Path) -> None:
    public, private = free_ports()
    with serving(folder, environment(folder), public, private) as process:
        assert answered(f"http://{HOST}:{public}/healthz").json() == {"alive": True}
        assert answered(f"http://{HOST}:{public}/readyz").json()["ready"] is True
        assert answered(f"http://{HOST}:{public}/inbox").status_code == 404
        page = answered(f"http://{HOST}:{private}/inbox")
        assert page.status_code == 503  # nobody was added yet, and the page says how
        assert "duebot user add" in page.text
        taken = subprocess.run(
            [sys.executable, "-m", "bot", "serve", "--port", str(public), "--admin-port", str(private)],
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (taken.returncode, taken.stdout) == (1, "")
        assert taken.stderr == f"Port {public} of {HOST} cannot be used: another program listens there. Choose another with --port.\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "Traceback" not in (folder / "log").read_text()
