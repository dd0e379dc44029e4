"""Where tests find things, and what happens when a thing is not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def missing(what: str) -> None:
    """Skips loudly on a machine without the thing; under REQUIRE_PEERS=1 that is a failure."""
    if os.environ.get("REQUIRE_PEERS") == "1":
        pytest.fail(f"{what} is required here and missing")
    pytest.skip(f"{what} is missing on this machine")


def shared(name: str) -> Path:
    """A file of the pages beside the project, e.g. `data/NOTES.md`."""
    path = SHARED / name
    if not path.exists():
        missing(f"shared/{name}")
    return path
