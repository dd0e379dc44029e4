"""`python -m tests.bench [NAME...]`: one JSON line per bench, each measured in a process of its own. SIZE=1000000 makes it larger."""

from __future__ import annotations

import subprocess
import sys

BENCHES = {
    "report": ["report"],
    "tick-sqlite": ["tick"],
    "simulate-300": ["simulate", "300"],
    "simulate-1": ["simulate", "1"],
}  # module and arguments


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
