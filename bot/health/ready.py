"""What the Duebot on a port of this machine says of itself: for the health check of a container, so it loads next to nothing."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException

from bot.health.finding import Finding

PATIENCE = 10.0  # seconds it has to say how it is
_SAID_BESIDE = frozenset({"ready", "sending"})


def readiness(port: int) -> list[Finding]:
    """Empty when it is ready."""
    fix = "Look into its log, and run: duebot check"
    try:
        ready, said = _ask(port)
    except (OSError, HTTPException, ValueError) as trouble:
        return [Finding("ready", f"Nobody on port {port} says that they are ready: {type(trouble).__name__}.", fix)]
    missing = [what for what, well in said.items() if well is False and what not in _SAID_BESIDE]
    return [] if ready else [Finding("ready", f"It is not ready: {', '.join(missing) or 'it does not say why'}.", fix)]


def _ask(port: int) -> tuple[bool, dict[str, object]]:
    web = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        web.request("GET", "/readyz")
        answer = web.getresponse()
        said = json.loads(answer.read(10_000))
    finally:
        web.close()
    if not isinstance(said, dict):
        raise ValueError("no answer of Duebot's")  # ruff: ignore[type-check-without-type-error] - what came over the wire is odd, not our types
    return answer.status == 200, said
