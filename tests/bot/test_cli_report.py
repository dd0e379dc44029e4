"""`duebot report` and `duebot summary` in every form, over the sample book."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.bot.cli_place import Place
from tests.paths import ROOT

DAY = "2026-11-24"
REPORTS = (
    ("report", "aging"),
    ("report", "metrics"),
    ("report", "forecast"),
    ("summary", "--period", "weekly"),
    ("summary", "--period", "monthly"),
)
IDS = [" ".join(words) for words in REPORTS]


@pytest.mark.parametrize("words", REPORTS, ids=IDS)
def test_a_report_is_text_json_a_picture_and_a_workbook(filled_place: Place, words: tuple[str, ...]) -> None:
    asked = (*words, "--at", DAY)
    text = filled_place.duebot(*asked)
    assert (text.code, text.err) == (0, "")
    assert "€" in text.out
    document = filled_place.duebot(*asked, "--format", "json").json
    assert document == filled_place.duebot(*asked, "--json").json
    assert (document["book"], document["at"]) == ("main", DAY)
    assert {one["currency"] for one in document["currencies"]} == {"EUR", "USD"}
    for form, begins in (("png", b"\x89PNG"), ("xlsx", b"PK")):
        told = filled_place.duebot(*asked, "--format", form, "--out", f"report.{form}")
        assert (told.code, told.out) == (0, "")
        assert (filled_place.folder / f"report.{form}").read_bytes().startswith(begins)


def currencies(place: Place, *words: str) -> dict[str, Any]:
    return {one["currency"]: one for one in place.duebot(*words, "--at", DAY, "--json").json["currencies"]}


def test_the_workbooks_customers_add_up_to_the_ledger(filled_place: Place) -> None:
    aged = currencies(filled_place, "report", "aging")
    filled_place.duebot("report", "aging", "--at", DAY, "--format", "xlsx", "--out", "a.xlsx")
    book = load_workbook(BytesIO((filled_place.folder / "a.xlsx").read_bytes()))
    rows = [[cell.value for cell in row] for row in book["Customers"].iter_rows(min_row=2)]
    totals = {row[2]: row[3:10] for row in rows if row[0] == "total"}
    assert set(totals) == set(aged)
    for code, one in aged.items():
        mine = [row[3:10] for row in rows if row[2] == code and row[0] != "total"]
        sums = [sum(Decimal(str(value)) for value in column) for column in zip(*mine, strict=True)]
        wanted = [bucket["amount"] for bucket in one["buckets"].values()] + [one["unapplied"], one["total"]]
        assert sums == [Decimal(str(value)) for value in totals[code]] == [Decimal(amount) for amount in wanted]


def test_the_forecast_says_what_it_rests_on_and_holds_all_that_is_open(filled_place: Place) -> None:
    assert "Due-date baseline: if everybody pays on the day it is due" in filled_place.duebot("report", "forecast", "--at", DAY).out
    assert filled_place.duebot("report", "forecast", "--json").json["method"] == "due_date"
    aged = currencies(filled_place, "report", "aging")
    for code, one in currencies(filled_place, "report", "forecast").items():
        expected = sum(Decimal(week["expected"]) for week in one["weeks"]) + Decimal(one["later"])
        assert expected == Decimal(aged[code]["total"]) - Decimal(aged[code]["unapplied"])


def test_the_summary_and_the_aging_agree(filled_place: Place) -> None:
    aged = currencies(filled_place, "report", "aging")
    for code, one in currencies(filled_place, "summary").items():
        assert one["aging"] == aged[code]
        assert one["open"] == aged[code]["total"]


@pytest.mark.parametrize(("form", "begins"), [("png", "PNG"), ("xlsx", "PK")])
def test_a_file_may_go_to_standard_output(filled_place: Place, form: str, begins: str) -> None:
    told = filled_place.duebot("report", "aging", "--format", form)
    assert (told.code, told.err) == (0, "")
    assert begins in told.out[:6]


def test_a_book_with_nothing_in_it_has_every_report(place: Place) -> None:
    for words in REPORTS:
        for form in ("text", "png" if words[-1] == "aging" else "xlsx"):
            told = place.duebot(*words, "--format", form, "--out", "empty")
            assert (told.code, told.err) == (0, ""), (words, form)
            assert Path(place.folder / "empty").stat().st_size > 20


def test_what_draws_writes_files_or_speaks_to_a_server_is_loaded_only_where_it_is_wanted() -> None:
    told = "import sys, bot.verbs.report, bot.serve; print(sorted({'matplotlib', 'numpy', 'psycopg', 'xlsxwriter'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
