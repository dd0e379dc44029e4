"""What is handed out: nothing runs in a spreadsheet, and the chain can be computed again."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

import pytest

from adapters.keep.audit_lines import as_csv, as_json, heading
from adapters.keep.defused import defused
from adapters.store.audit import SealedEntry
from adapters.store.chain import FIRST, link

ENTRY = SealedEntry(1, "", "=cmd|' /C calc'!A0", datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "note", {"amount": "1.00", "who": 'Zoë, "Z"\nY'})


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-cmd", "@SUM(A1)", " =1", "\t=1", "\r=1", "|calc", "%0A"])
def test_what_a_spreadsheet_would_run_becomes_text(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Acme", "-1.50", "1,000.00", "INV-1", "a=b", "12"])
def test_ordinary_text_and_numbers_stay(text: str) -> None:
    assert defused(text) == text


def test_a_line_of_json_holds_what_was_hashed() -> None:
    told = json.loads(as_json(ENTRY))
    kept = told.pop("hash")
    again = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert kept == ENTRY.hash
    assert link(FIRST, again) == link(
        FIRST,
        '{"actor":"=cmd|\' /C calc\'!A0","at":"2026-03-02T09:00:00Z","data":{"amount":"1.00","who":"Zoë, \\"Z\\"\\nY"},"seq":1,"type":"note"}',
    )


def test_a_line_of_csv_reads_back_and_runs_nothing() -> None:
    columns, cells = csv.reader([heading(), as_csv(ENTRY)])
    assert columns == ["seq", "at", "actor", "type", "data", "hash"]
    assert cells[2] == "'=cmd|' /C calc'!A0"
    assert json.loads(cells[4]) == ENTRY.data
