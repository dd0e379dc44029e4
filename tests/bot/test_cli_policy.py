"""The verbs of `duebot policy` through the real command."""

from __future__ import annotations

from typing import Any

import pytest

from bot.policies import shipped_names
from tests.bot.cli_place import Place
from tests.paths import ROOT

STANDARD = ROOT / "bot" / "policy_files" / "standard.yaml"
TUESDAY = "2026-11-24T10:00+01:00"
SENDER = {"DUEBOT_SMTP__SENDER": "receivables@alderfinch.example", "DUEBOT_SMTP__FOLDER": "mails"}


def ours(place: Place, name: str = "standard", *, first: int = 3, **rest: str) -> str:
    lines = [f"name: {name}", "first_contact: highest_due", *(f"{key}: {value}" for key, value in rest.items()), "steps:"]
    steps = [
        f"  - {{name: {step}, when: {{after_due: {on}}}, do: [{{remind: {{template: first}}}}]}}"
        for step, on in (("first", first), ("late", 60))
    ]
    return place.file(f"{name}.yaml", *lines, *steps)


@pytest.fixture
def running(filled_place: Place) -> Place:
    """Every customer of the sample book has been decided on the shipped policy, and the overdue ones wait for their release."""
    assert filled_place.duebot("tick", "--at", TUESDAY, "--json", env=SENDER).code == 0
    return filled_place


def diff(place: Place, file: str, *more: str) -> Any:
    return place.duebot("policy", "diff", file, "--at", TUESDAY, "--json", *more).json


def versions(told: Any) -> set[tuple[str, int, str, int]]:
    return {(one["from"]["name"], one["from"]["version"], one["to"]["name"], one["to"]["version"]) for one in told["accounts"]}


def test_what_ships_is_listed_and_printed(empty_place: Place) -> None:
    told = empty_place.duebot("policy", "list", "--json").json
    assert [one["name"] for one in told] == shipped_names()
    assert all(one["words"].endswith(".") for one in told)
    for name in shipped_names():
        printed = empty_place.duebot("policy", "show", name).out
        place_file = empty_place.file(f"copy_of_{name}.yaml", printed)
        assert empty_place.duebot("policy", "check", place_file).code == 0
    refused = empty_place.duebot("policy", "show", "gental")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.endswith("comes with Duebot; did you mean `gentle`?\n")


def test_a_diff_shows_every_running_customer_and_changes_nothing(running: Place) -> None:
    explain = ("explain", "AF-1031", "--at", "2026-11-24", "--json")
    before = running.duebot(*explain).json
    told = diff(running, ours(running))
    assert (told["policy"], told["applied"], told["moved"]) == ("standard", False, 0)
    assert told["running"] >= told["changed"] > 0
    assert versions(told) == {("standard", 1, "standard", 2)}
    assert told["today"]["was"] == [{"amount": "3300.00", "currency": "EUR"}]  # a note before its due day goes to the one who is not late
    assert [one["currency"] for one in told["today"]["becomes"]] == sorted({one["currency"] for one in told["today"]["becomes"]})
    item = next(item for one in told["accounts"] for item in one["items"] if item["invoice"] == "AF-1031")
    assert item["today"] == {"was": None, "becomes": "first"}
    assert item["next"]["becomes"]["step"] == "first"
    assert running.duebot(*explain).json == before
    assert diff(running, ours(running)) == told


def test_a_diff_in_words_is_a_table_with_what_was_and_what_would_be(running: Place) -> None:
    told = running.duebot("policy", "diff", ours(running))
    assert told.code == 0
    assert "running customers would move" in told.out
    assert "→" in told.out
    assert "Nothing has changed yet." in told.out
    few = running.duebot("policy", "diff", ours(running), "--limit", "1").out
    assert "more" in few
    assert len(few.splitlines()) < len(told.out.splitlines())


def test_a_move_asks_first_and_is_done_once(running: Place) -> None:
    file = ours(running)
    asked = running.duebot("policy", "diff", file, "--apply")
    assert asked.code == 2
    assert "--yes" in asked.err
    done = diff(running, file, "--apply", "--yes")
    assert (done["applied"], done["moved"]) == (True, done["running"])
    again = running.duebot("policy", "diff", file, "--apply", "--yes")
    assert "nobody would move" in again.out
    assert "Moved 0 customers. New customers do not start with it yet" in again.out
    assert diff(running, file)["running"] == 0


def test_those_who_moved_can_move_back_to_the_same_version(running: Place) -> None:
    assert running.duebot("policy", "diff", ours(running), "--apply", "--yes").code == 0
    back = diff(running, str(STANDARD), "--apply", "--yes")
    assert versions(back) == {("standard", 2, "standard", 1)}
    assert "New customers start with it too" in running.duebot("policy", "diff", str(STANDARD), "--apply", "--yes").out


def test_a_policy_for_one_customer_moves_only_them(running: Place) -> None:
    number = diff(running, ours(running))["accounts"][0]["customer"]
    told = diff(running, ours(running, "own", applies_to=f'{{customer: ["{number}"]}}'))
    assert (told["running"], [one["customer"] for one in told["accounts"]]) == (1, [number])
    assert versions(told) == {("standard", 1, "own", 1)}


def test_another_policy_for_everybody_takes_the_place_of_the_one_in_force(running: Place) -> None:
    told = diff(running, ours(running, "other"))
    assert versions(told) == {("standard", 1, "other", 1)}


def test_only_one_book_is_asked_about(running: Place) -> None:
    assert running.duebot("book", "north", "--name", "North AS").code == 0
    assert diff(running, ours(running), "--book", "north")["running"] == 0
    assert running.duebot("policy", "diff", ours(running), "--book", "nowhere").code == 1


def test_a_file_with_mistakes_moves_nobody(running: Place) -> None:
    told = running.duebot("policy", "diff", running.file("bad.yaml", "name: ours", "steps: []"), "--apply", "--yes")
    assert (told.code, told.out) == (1, "")
    assert "bad.yaml line 2: steps" in told.err
