"""How long `duebot check --offline` takes, and what a service that does nothing holds: without chats, and with both.

The floor of the first is a bare Python that loads the same libraries; the others have none.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.outcome import tell
from tests.e2e.test_serve import HOST, answered, environment, free_ports, serving

RUNS = 5
CHECK = ["-m", "bot", "check", "--offline"]
# What a command that looks at the database cannot do without.
STACK = [
    "-c",
    "import aiosqlite, alembic.command, babel, jinja2, pydantic_settings, rich.console, sqlalchemy.ext.asyncio, structlog, typer",
]
CHATS = {
    "DUEBOT_PUBLIC_URL": "https://duebot.example",
    "DUEBOT_SLACK__BOT_TOKEN": "xoxb-1",
    "DUEBOT_SLACK__SIGNING_SECRET": "s" * 32,
    "DUEBOT_SLACK__API_URL": f"http://{HOST}:9/api/",
    "DUEBOT_TEAMS__APP_ID": "00000000-0000-0000-0000-000000000001",
    "DUEBOT_TEAMS__APP_PASSWORD": "s" * 32,
    "DUEBOT_TEAMS__TENANT_ID": "00000000-0000-0000-0000-000000000002",
}
SETTLED = 3.0  # seconds after its first answer in which it comes to rest


def called(folder: Path, words: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=folder, env=environment(folder), capture_output=True, check=False, timeout=120)
    return time.perf_counter() - begun


def idle(folder: Path, **chats: str) -> tuple[float, int]:
    """Seconds until it is ready, and the megabytes it then holds at most."""
    public, private = free_ports()
    begun = time.perf_counter()
    with serving(folder, environment(folder, **chats), public, private) as process:
        assert answered(f"http://{HOST}:{public}/readyz").status_code == 200
        took = time.perf_counter() - begun
        time.sleep(SETTLED)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    (most,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return took, int(most) // 1024


def in_turn(one: Callable[[], float], other: Callable[[], float]) -> tuple[list[float], list[float]]:
    both = [(one(), other()) for _ in range(RUNS)]
    return [mine for mine, _ in both], [least for _, least in both]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        called(folder, ["-m", "bot", "migrate"])
        tell("start", 1, *in_turn(lambda: called(folder, CHECK), lambda: called(folder, STACK)))
        for bench, chats in (("start-idle", {}), ("start-chats", CHATS)):
            runs = [idle(folder, **chats) for _ in range(3)]
            tell(bench, 1, [took for took, _ in runs], [], rss_mb=max(most for _, most in runs))


if __name__ == "__main__":
    main()
