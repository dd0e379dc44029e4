"""`python -m tests.bench [NAME...]`: one JSON line per bench, each in a process of its own. SIZE=1000000 in the environment sets its size."""

from __future__ import annotations

import subprocess
import sys

# A bench is a module here with a `main`, run with these arguments; it prints its line with `outcome.tell`.
BENCHES = {
    "backup": ["backup", "postgresql"],
    "backup-sqlite": ["backup", "sqlite"],
    "click": ["click"],
    "deliver": ["deliver", "postgresql", "1"],
    "deliver-4": ["deliver", "postgresql", "4"],
    "deliver-4-slow": ["deliver", "postgresql", "4", "slow"],
    "deliver-sqlite": ["deliver", "sqlite", "1"],
    "import": ["imports", "postgresql"],
    "import-sqlite": ["imports", "sqlite"],
    "query": ["query"],
    "report": ["report"],
    "simulate-1": ["simulate", "1"],
    "simulate-300": ["simulate", "300"],
    "start": ["start"],
    "teams-click": ["teams_click"],
    "tick": ["tick", "postgresql"],
    "tick-sqlite": ["tick", "sqlite"],
}


def main() -> int:
    names = sys.argv[1:] or list(BENCHES)
    if unknown := sorted(set(names) - set(BENCHES)):
        sys.stderr.write(f"There is no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}.\n")
        return 2
    return max(_run(*BENCHES[name]) for name in names)


def _run(module: str, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", f"tests.bench.{module}", *arguments], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
