"""`python -m tests.chaos --rounds 200 --seed 7`: rounds of kills and faults on both databases; exit code 1 with the difference if one is found."""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.chaos.bases import Base, base
from tests.chaos.plan import POSTGRESQL, SQLITE
from tests.chaos.run import play_rounds, staged
from tests.chaos.stage import Tally

MEMORY = Path("/dev/shm")


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    asked.add_argument("--rounds", type=int, default=30, help="on each database")
    asked.add_argument("--seed", type=int, default=0, help="the number of the first round")
    asked.add_argument("--database", choices=(SQLITE, POSTGRESQL), help="only this one")
    options = asked.parse_args()
    logging.disable(logging.CRITICAL)  # drivers and servers complain of what is done to them
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped then, too
    if options.database:
        return _on(options.database, range(options.seed, options.seed + options.rounds))
    again = [sys.executable, "-m", "tests.chaos", *sys.argv[1:], "--database"]  # what was learnt about one is of no use to the other
    return max(subprocess.run([*again, kind], check=False).returncode for kind in (SQLITE, POSTGRESQL))


def _on(kind: str, numbers: range) -> int:
    folder = tempfile.mkdtemp(prefix="duebot-chaos-", dir=MEMORY if MEMORY.is_dir() else None)
    try:
        with base(kind, Path(folder)) as database:
            return asyncio.run(_play(database, numbers, Path(folder)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _play(database: Base, numbers: range, folder: Path) -> int:
    began, bad = time.monotonic(), 0
    async with staged(database, folder) as stage:
        async for number, differences in play_rounds(numbers, stage):
            bad += bool(differences)
            sys.stdout.writelines(f"{database.kind} round {number}: {difference}\n" for difference in differences)
            sys.stdout.flush()
        _say(database.kind, numbers, stage.tally, bad, time.monotonic() - began)
    return int(bad > 0)


def _say(kind: str, numbers: range, tally: Tally, bad: int, seconds: float) -> None:
    lines = [f"{kind}: {len(numbers)} rounds from {numbers.start}, {bad} with a difference, {seconds / max(len(numbers), 1):.2f} s each"]
    for title, counted in (("kills", tally.kills), ("faults", tally.faults), ("found", tally.found)):
        lines += [f"  {title}: {counted.total()}", *_table(counted)]
    sys.stdout.write("\n".join([*lines, ""]))


def _table(counted: Counter[str]) -> list[str]:
    return [f"    {number:5} {name}" for name, number in sorted(counted.items())]


if __name__ == "__main__":
    sys.exit(main())
