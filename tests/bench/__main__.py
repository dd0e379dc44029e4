"""`python -m tests.bench [NAME...]`: one JSON line per bench, each measured in a process of its own. SIZE=1000000 makes it larger."""

from __future__ import annotations

import subprocess
import sys

BENCHES = ("report",)


def main() -> int:
    names = sys.argv[1:] or list(BENCHES)
    if unknown := sorted(set(names) - set(BENCHES)):
        sys.stderr.write(f"There is no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}.\n")
        return 2
    return max(subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode for name in names)


if __name__ == "__main__":
    raise SystemExit(main())
