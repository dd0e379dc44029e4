"""The audit trail as lines to hand out: JSON lines as they are chained, or CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from adapters.keep.defused import defused
from adapters.store.audit import SealedEntry
from adapters.store.chain import canonical

COLUMNS = ("seq", "at", "actor", "type", "data", "hash")


def as_json(entry: SealedEntry) -> str:
    """The canonical entry with its hash, so that anybody can compute the chain again."""
    told = json.loads(canonical(entry.seq, entry.actor, entry.at, entry.type, entry.data))
    return json.dumps(told | {"hash": entry.hash}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def heading() -> str:
    return _line(COLUMNS)


def as_csv(entry: SealedEntry) -> str:
    cells = (str(entry.seq), entry.at.isoformat(), entry.actor, entry.type, _flat(entry.data), entry.hash)
    return _line(tuple(defused(cell) for cell in cells))


def _flat(data: Mapping[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
