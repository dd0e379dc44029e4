"""The verbs of setting up and of one step by hand, on a database of their own."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.bot.cli_place import Answered, Place
from tests.paths import ROOT

STANDARD = ROOT / "bot" / "policy_files" / "standard.yaml"
SELLER = ("book", "main", "--name", "Alder & Finch GmbH", "--zone", "Europe/Berlin", "--country", "de", "--currency", "eur")
SENDER = {"DUEBOT_SMTP__SENDER": "receivables@alderfinch.example", "DUEBOT_SMTP__FOLDER": "mails"}


def test_migrate_makes_database_book_and_key_and_repeats_in_peace(empty_place: Place) -> None:
    assert empty_place.duebot("user", "list").code == 1
    assert list(empty_place.folder.iterdir()) == []  # looking makes nothing
    first, key = empty_place.duebot("migrate"), empty_place.folder / "duebot.key"
    made = key.read_bytes()
    assert first.code == 0
    assert [key.stat().st_mode & 0o777, (empty_place.folder / "duebot.db").stat().st_mode & 0o777] == [0o600, 0o600]
    assert empty_place.duebot("migrate") == first
    assert key.read_bytes() == made
    assert empty_place.duebot("book", "--json").json["book"] == "main"


def test_a_book_is_changed_by_what_is_given_and_shown_whole(place: Place) -> None:
    assert place.duebot(*SELLER).code == 0
    said = ("--language", "de", "--email", "a@b.example", "--phone", "+49 (30)  5550-177", "--channel", "C0123456789")
    told = place.duebot("book", "--subdivision", "BY", *said, "--json").json
    assert told["name"] == "Alder & Finch GmbH"
    assert (told["zone"], told["country"], told["subdivision"], told["currency"]) == ("Europe/Berlin", "DE", "BY", "EUR")
    assert (told["language"], told["email"], told["channel"]) == ("de", "a@b.example", "C0123456789")
    assert told["phone"] == "+49 (30) 5550-177"
    assert "zone:         Europe/Berlin" in place.duebot("book").out


def test_people_are_added_once_change_role_and_are_linked(place: Place) -> None:
    add = ("user", "add", "nora@b.example", "--name", "Nora", "--role", "administrator")
    assert place.duebot(*add).out == "Nora is an administrator.\n"
    assert place.duebot(*add).code == 1
    assert place.duebot("user", "role", "nora@b.example", "viewer").out == "Nora is a viewer now.\n"
    assert place.duebot("user", "link", "nora@b.example", "U1", "--team", "T1").out == "U1 acts as Nora.\n"
    assert place.duebot("user", "limit", "nora@b.example", "5000").out == "Nora approves up to 5,000.\n"
    assert place.duebot("user", "list", "--json").json == [{"email": "nora@b.example", "name": "Nora", "role": "viewer", "limit": 5000}]
    assert "Nora, approves up to 5,000" in place.duebot("user", "list").out
    assert place.duebot("user", "limit", "nora@b.example").out == "Nora has no limit of their own any more.\n"
    assert place.duebot("user", "limit", "nora@b.example", "-1").code == 2
    assert "viewer" in place.duebot("user", "list").out


def test_nobody_is_listed_as_what_to_type(place: Place) -> None:
    assert "duebot user add" in place.duebot("user", "list").out
    assert place.duebot("user", "list", "--json").json == []


def _one_step(place: Place, *, at: str) -> tuple[Answered, Answered]:
    return place.duebot("tick", "--at", at, "--json", env=SENDER), place.duebot("deliver", "--json", env=SENDER)


def test_release_tick_and_deliver_do_one_step_each(filled_place: Place) -> None:
    place = filled_place
    assert place.duebot(*SELLER).code == 0
    ticked, delivered = _one_step(place, at="2026-11-24T10:00+01:00")
    assert ticked.json["waiting_for_release"] == 9
    assert delivered.code == 0
    assert place.duebot("release", "--book", "main", "--json").json == {"released": 9}
    assert place.duebot("release").out.startswith("Released 0 customers.")


def test_the_trail_verifies_until_somebody_changes_it(sqlite_place: Place) -> None:
    sqlite_place.duebot(*SELLER)
    told = sqlite_place.duebot("audit", "verify", "--json").json
    assert told["ok"] is True
    assert told["entries"] == 1
    assert sqlite_place.duebot("audit", "verify").out.startswith("1 entry, none changed")
    with sqlite3.connect(sqlite_place.folder / "duebot.db") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE audit SET actor = 'somebody else'")
    database.close()
    broken = sqlite_place.duebot("audit", "verify", "--json")
    assert (broken.code, broken.json["ok"], broken.json["first_bad"]) == (1, False, 1)
    assert "entry 1" in broken.err


def test_policy_check_names_line_and_mistake(place: Place) -> None:
    assert place.duebot("policy", "check", str(STANDARD)).code == 0
    assert place.duebot("policy", "check", str(STANDARD), "--json").json["name"] == "standard"
    bad = place.file("bad.yaml", "name: ours", "steps: []", "nonsense: 1")
    told = place.duebot("policy", "check", bad)
    assert (told.code, told.out) == (1, "")
    assert "bad.yaml line 3: nonsense" in told.err
    figures = place.duebot("policy", "check", bad, "--json")
    assert (figures.code, figures.json["ok"]) == (1, False)
    assert {"line", "where", "words"} == set(figures.json["errors"][0])


def test_the_schema_and_the_manifest_are_json(place: Place) -> None:
    assert place.duebot("policy", "schema").json["$schema"].startswith("https://json-schema.org")
    assert place.duebot("manifest", "slack").json["settings"]["socket_mode_enabled"] is True
    told = place.duebot("manifest", "slack", env={"DUEBOT_PUBLIC_URL": "https://duebot.example"})
    assert "https://duebot.example/slack/events" in json.dumps(told.json)


# What is asked of the book ---------------------------------------------------------------------------------------------


def test_questions_are_answered_in_words_and_in_json(filled_place: Place) -> None:
    place = filled_place
    assert "Birkenhof" in place.duebot("query", "balance", "birkenhof").out
    found = place.duebot("query", "balance birkenhof", "--json").json
    assert [(item["invoice"], item["open"], item["currency"]) for item in found["items"]] == [
        ("AF-1031", "8600.00", "EUR"),
        ("AF-1072", "2150.40", "EUR"),
    ]
    assert place.duebot("query", "invoice", "AF-1031", "--json").json["open"] == "8600.00"
    assert "AF-1031" in place.duebot("query", "overdue").out + place.duebot("query", "invoice", "af-1031").out
    assert {"overdue", "more"} == set(place.duebot("query", "overdue", "--json").json)


def test_several_customers_that_fit_are_a_question(filled_place: Place) -> None:
    told = filled_place.duebot("query", "balance", "gmbh")
    assert told.code == 2
    assert "Eisenwerk" in told.out
    figures = filled_place.duebot("query", "balance", "gmbh", "--json")
    assert (figures.code, len(figures.json["customers"])) == (2, 3)


def test_a_number_of_two_books_is_a_question_until_the_book_is_named(filled_place: Place) -> None:
    place = filled_place
    place.duebot("book", "north", "--name", "North AS")
    place.duebot(
        "import", place.file("a.csv", "Invoice number,Customer,Due,Amount,Currency", "AF-1031,Acme,2026-10-29,1,EUR"), "--book", "north"
    )
    told = place.duebot("explain", "AF-1031")
    assert told.code == 2
    assert "--book" in told.err
    assert len(place.duebot("explain", "AF-1031", "--json").json["invoices"]) == 2
    assert place.duebot("explain", "AF-1031", "--book", "north", "--json").json["open"] == "1.00"


def test_explain_says_why_and_as_of_any_day(filled_place: Place) -> None:
    told = filled_place.duebot("explain", "AF-1031")
    assert told.code == 0
    assert "AF-1031" in told.out
    before = filled_place.duebot("explain", "AF-1031", "--at", "2026-11-11", "--json").json
    assert (before["open"], before["days_past_due"]) == ("9840.00", 13)
    assert filled_place.duebot("explain", "AF-1031", "--at", "2026-11-12", "--json").json["open"] == "8600.00"


def test_a_report_goes_into_a_file(filled_place: Place) -> None:
    told = filled_place.duebot("report", "aging", "--at", "2026-11-24", "--out", "aging.txt")
    assert (told.code, told.out) == (0, "")
    assert "18,250.00" in Path("aging.txt").read_text(encoding="utf-8")
    assert filled_place.duebot("report", "aging", "--format", "json", "--out", "aging.json").code == 0
    assert json.loads(Path("aging.json").read_text(encoding="utf-8"))["report"] == "aging"


@pytest.mark.parametrize("words", [("tick",), ("deliver",), ("release",), ("report", "aging"), ("query", "overdue")], ids=" ".join)
def test_an_empty_database_is_no_reason_to_fail(place: Place, words: tuple[str, ...]) -> None:
    assert place.duebot(*words).code == 0
    assert isinstance(place.duebot(*words, "--json").json, dict)
