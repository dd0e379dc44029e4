"""The verbs of keeping: the trail verified and handed out, persons told and forgotten, evidence packed."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.bot.cli_place import Place


def mine(place: Place, name: str = "Jane Doe") -> Place:
    lines = [
        "Invoice number,Customer number,Customer,E-mail,Amount,Currency,Issued,Due",
        f"X-1,C77,{name},jane@doe.example,120.00,EUR,2026-05-01,2026-05-31",
    ]
    assert place.duebot("import", place.file("mine.csv", *lines), "--yes").code == 0
    return place


def test_the_trail_is_handed_out_as_lines_and_as_a_sheet(filled_place: Place) -> None:
    lines = [json.loads(line) for line in filled_place.duebot("audit", "export").out.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0]["type"] == "ledger.imported"
    assert filled_place.duebot("audit", "export", "--format", "csv", "--out", "trail.csv").code == 0
    sheet = list(csv.reader(io.StringIO((filled_place.folder / "trail.csv").read_text(encoding="utf-8"))))
    assert sheet[0] == ["seq", "at", "actor", "type", "data", "hash"]
    assert [line[5] for line in sheet[1:]] == [line["hash"] for line in lines]


def test_published_heads_are_held_against_the_trail(filled_place: Place) -> None:
    head = filled_place.duebot("audit", "verify", "--json").json
    good = filled_place.file("heads.txt", f"2026-11-24T00:00:00Z {head['entries']} {head['head']}")
    told = filled_place.duebot("audit", "verify", "--heads", good)
    assert (told.code, "1 published head" in told.out) == (0, True)
    cut = filled_place.file("cut.txt", f"2026-11-24T00:00:00Z {head['entries'] + 3} {'ab' * 32}")
    told = filled_place.duebot("audit", "verify", "--heads", cut)
    assert told.code == 1
    assert f"breaks at entry {head['entries'] + 1}" in told.err
    told = filled_place.duebot("audit", "verify", "--heads", filled_place.file("odd.txt", "hello"))
    assert (told.code, told.err) == (1, "odd.txt:1 is no line of an audit head; expected a time, a number and a hash.\n")


@pytest.mark.parametrize("who", ["C77", "Jane Doe", "jane@doe.example", "JANE@doe.example"])
def test_a_person_is_told_all_that_is_stored(place: Place, who: str) -> None:
    told = mine(place).duebot("person", "export", who).json
    assert (told["customer"]["name"], told["customer"]["e-mail"]) == ("Jane Doe", ["jane@doe.example"])
    assert [one["number"] for one in told["invoices"]] == ["X-1"]


def test_a_person_is_forgotten_only_when_it_is_meant(place: Place) -> None:
    asked = mine(place).duebot("person", "erase", "C77")
    assert (asked.code, "--yes" in asked.err) == (2, True)
    done = place.duebot("person", "erase", "C77", "--yes")
    assert done.code == 0
    assert "Kept until 2036-12-31: a copy of the invoice. " in done.out
    assert "Still open, and no message can ask for them now: X-1." in done.out
    assert place.duebot("person", "erase", "C77", "--yes").code == 1
    assert place.duebot("query", "balance Jane").code == 1
    assert place.duebot("audit", "verify").code == 0


def test_a_file_that_still_names_the_person_does_not_bring_them_back(place: Place) -> None:
    mine(place).duebot("person", "erase", "C77", "--yes")
    told = mine(place).duebot("person", "export", "C77").json
    assert told["customer"]["name"].startswith("Erased ")
    assert told["customer"]["e-mail"] == []
    assert json.loads(told["kept_copies"][0]["invoice"])["customer"] == "Jane Doe"


@pytest.mark.parametrize("who", ["nobody", "x@nobody.example"])
def test_nobody_is_somebody_else(place: Place, who: str) -> None:
    told = mine(place).duebot("person", "erase", who, "--yes")
    assert (told.code, who in told.err) == (1, True)


def test_part_of_a_name_forgets_nobody(place: Place) -> None:
    told = mine(place).duebot("person", "erase", "Jane", "--yes")
    assert (told.code, "C77" in told.err) == (1, True)


def test_what_proves_a_claim_is_packed_the_same_twice(place: Place) -> None:
    mine(place, "=HYPERLINK(1)")
    (place.folder / "docs" / "main").mkdir(parents=True)
    (place.folder / "docs" / "main" / "X-1.pdf").write_bytes(b"%PDF-1.7")
    env = {"DUEBOT_DOCUMENTS": str(Path("docs"))}
    for name in ("one.zip", "two.zip"):
        assert place.duebot("evidence", "X-1", "--out", name, env=env).code == 0
    assert (place.folder / "one.zip").read_bytes() == (place.folder / "two.zip").read_bytes()
    with zipfile.ZipFile(place.folder / "one.zip") as pack:
        names = pack.namelist()
    assert {"index.html", "invoices.csv", "documents/X-1.pdf", "audit.jsonl"} <= set(names)


def test_an_invoice_nobody_knows_packs_nothing(place: Place) -> None:
    told = mine(place).duebot("evidence", "X-9", "--out", "x.zip")
    assert (told.code, "X-9" in told.err) == (1, True)
    assert not (place.folder / "x.zip").exists()
