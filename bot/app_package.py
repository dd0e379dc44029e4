"""The package Teams installs the app from: its manifest and two icons drawn here, as a ZIP."""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from itertools import starmap
from typing import Any

Colour = tuple[int, int, int, int]
Point = tuple[float, float]
_INK, _PAPER, _CLEAR = (31, 58, 77, 255), (255, 255, 255, 255), (255, 255, 255, 0)
_FINE = 4  # points a pixel is the mean of, along each side
_HANDS: tuple[tuple[Point, Point], ...] = (((0, 0), (0, -0.42)), ((0, 0), (0.3, 0.16)))
_ALWAYS = (2026, 1, 1, 0, 0, 0)  # the same package for the same manifest


def package(manifest: Mapping[str, Any]) -> bytes:
    """The whole file."""
    parts = {
        "manifest.json": json.dumps(manifest, indent=2, ensure_ascii=False).encode(),
        manifest["icons"]["color"]: icon(192, lambda point: _PAPER if _on_clock(point) else _INK),
        manifest["icons"]["outline"]: icon(32, lambda point: _PAPER if _on_clock(point) else _CLEAR),
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name, _ALWAYS), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def icon(side: int, colour: Callable[[Point], Colour]) -> bytes:
    """A PNG of `side` pixels square; `colour` of a point of the square from -1 to 1."""
    rows = (b"\0" + b"".join(_pixel(x, y, side, colour) for x in range(side)) for y in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(starmap(_chunk, parts))


def _pixel(x: int, y: int, side: int, colour: Callable[[Point], Colour]) -> bytes:
    steps = [(at + 0.5) / _FINE for at in range(_FINE)]
    points = [colour(((x + dx) * 2 / side - 1, (y + dy) * 2 / side - 1)) for dx in steps for dy in steps]
    return bytes(round(sum(channel) / len(points)) for channel in zip(*points, strict=True))


def _on_clock(point: Point) -> bool:
    """A ring with two hands: what is due has a time."""
    return abs(math.hypot(*point) - 0.68) < 0.08 or any(_distance(point, *hand) < 0.07 for hand in _HANDS)


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a line with two ends."""
    along = (end[0] - start[0], end[1] - start[1])
    share = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2)
    share = min(max(share, 0.0), 1.0)
    return math.hypot(point[0] - start[0] - share * along[0], point[1] - start[1] - share * along[1])


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
