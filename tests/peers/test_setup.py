"""What the peers are installed from names no registry and is exact, and the script is quick when all is there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.paths import missing

HERE = Path(__file__).resolve().parent


def test_the_lock_is_exact_and_names_no_registry() -> None:
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    assert not any("resolved" in package for package in packages.values())
    assert all(package.get("integrity") for name, package in packages.items() if name)
    assert packages["node_modules/emulate"]["version"] == "0.12.2"
    assert packages["node_modules/node"]["version"].startswith("24.")


def test_setting_up_again_does_nothing() -> None:
    if not (HERE / "node_modules" / ".installed-from").exists():
        missing("tests/peers/setup has not been run here, so its result")
    said = subprocess.run([str(HERE / "setup")], capture_output=True, text=True, timeout=10, check=True).stdout
    assert "emulate (Slack): ready" in said
    assert "installing" not in said
