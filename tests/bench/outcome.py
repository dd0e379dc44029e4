"""What every bench shares: its size, the line it prints, and running a part alone in a fresh process."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import resource
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import ParamSpec, TypeVar

from bot.verbs.terminal import logs_to_stderr

P = ParamSpec("P")
T = TypeVar("T")


def size_or(usual: int) -> int:
    """What SIZE in the environment says, else the usual size of the bench."""
    return int(os.environ.get("SIZE") or usual)


def tell(
    bench: str, size: int, ours: Sequence[float], floor: Sequence[float], *, done: int | None = None, rss_mb: int | None = None
) -> None:
    """The medians of the seconds of all runs, as one JSON line; how far apart the runs were goes to standard error.

    `done` is how many things ours did where that is not the size. A bench without a floor gives none. The memory, in megabytes, is
    this process's highest so far unless another is given.
    """
    mine, least = median(ours), median(floor) if floor else None
    line = {
        "bench": bench,
        "size": size,
        "ours_s": round(mine, 3),
        "floor_s": None if least is None else round(least, 3),
        "ratio": None if least is None else round(mine / least, 2),
        "per_s": round((size if done is None else done) / mine),
        "rss_mb": peak_mb() if rss_mb is None else rss_mb,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    sys.stderr.write(f"  {bench}: ours {_spread(ours)}, floor {_spread(floor)}\n")


def _spread(seconds: Sequence[float]) -> str:
    return f"{min(seconds):.3f} to {max(seconds):.3f} s in {len(seconds)} runs" if seconds else "none"


def alone(part: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> tuple[T, int]:
    """What a function of a module returns in a process that has done nothing else, and the megabytes that process took at most."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=quietly) as process:
        answer = process.submit(part, *arguments, **named).result()
        return answer, process.submit(peak_mb).result()


def quietly() -> None:
    """Standard output is for the JSON lines alone."""
    logs_to_stderr(everything=False)


def peak_mb() -> int:
    """The most memory this program took so far. What the system counts as a process's may include the program that started it."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))):
        return int(found[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
