"""The line a bench prints."""

from __future__ import annotations

import json
import resource
import sys


def tell(bench: str, size: int, ours: float, floor: float) -> None:
    """Seconds of ours and of the floor; the memory is this process's highest so far, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    line = {
        "bench": bench,
        "size": size,
        "ours_s": round(ours, 3),
        "floor_s": round(floor, 3),
        "ratio": round(ours / floor, 2),
        "per_s": round(size / ours),
        "rss_mb": most,
    }
    sys.stdout.write(json.dumps(line) + "\n")
