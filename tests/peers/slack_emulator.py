"""The stateful emulator of Slack's Web API: a company of seven, two channels, and tokens with more or fewer rights."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapters.chat.slack.names import SCOPES
from tests.paths import missing

HOST = "127.0.0.1"
BOT, OBSERVER, POOR, APP = "xoxb-duebot", "xoxb-observer", "xoxb-poor", "xapp-duebot"
APP_ID = "A0DUEBOT01"
_PEERS = Path(__file__).resolve().parent
_NODE, _EMULATE = _PEERS / "node_modules/node/bin/node", _PEERS / "node_modules/emulate/dist/index.js"
_ALL = ["chat:write", *SCOPES, "channels:history", "groups:history", "groups:write", "channels:manage", "im:history", "mpim:read"]

PEOPLE = {
    "ana": "Ana Ferreira", "bo": "Bo Lindqvist", "maria": "Maria Lindt", "vic": "Vic Tanaka", "ida": "Ida Okafor", "cy": "Cy Marlow",
    "duebot": "Duebot",
}  # fmt: skip
_SEED: dict[str, Any] = {
    "slack": {
        "team": {"name": "Nordhafen", "domain": "nordhafen"},
        "users": [{"name": name, "real_name": real, "email": f"{name}@nordhafen.example"} for name, real in PEOPLE.items()],
        "channels": [{"name": "credit", "is_private": True}, {"name": "lobby"}],
        "tokens": [
            {"token": BOT, "user": "duebot", "app_id": APP_ID, "scopes": list(SCOPES)},
            {"token": OBSERVER, "user": "admin", "app_id": APP_ID, "scopes": _ALL},
            {"token": POOR, "user": "duebot", "app_id": APP_ID, "scopes": ["commands"]},
        ],
        "strict_scopes": True,
    }
}


@contextmanager
def emulator() -> Generator[str]:
    """The address of a fresh emulator, e.g. `http://127.0.0.1:4000`."""
    if not (_NODE.exists() and _EMULATE.exists()):
        missing("the Slack emulator (tests/peers/setup)")
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as seed:
        json.dump(_SEED, seed)
        seed.flush()
        port = _free_port()
        arguments = [str(_NODE), str(_EMULATE), "start", "--service", "slack", "--port", str(port), "--host", HOST, "--seed", seed.name]
        quiet = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=quiet) as process:
            try:
                _wait_until_ready(process)
                yield f"http://{HOST}:{port}"
            finally:
                process.terminate()


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if "Ready" in line:
            return
    raise AssertionError(f"the Slack emulator did not start: {''.join(said)}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])
