"""The command itself: its verbs, their help, and what wrong use gets."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Any

import pytest
import typer

from bot.cli import VERBS
from tests.bot.cli_place import SAMPLE, Place
from tests.paths import ROOT

GROUPS = {
    "report": ("aging", "metrics", "forecast"),
    "user": ("add", "role", "limit", "link", "invite", "list"),
    "policy": ("list", "show", "check", "schema", "diff"),
    "manifest": ("slack", "teams"),
    "audit": ("verify", "export"),
    "person": ("export", "erase"),
}
WORDS = [(name,) for name in VERBS] + [(group, verb) for group, verbs in GROUPS.items() for verb in verbs]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _commands(file: str) -> Any:
    loaded: Any = typer.main.get_command(import_module(f"bot.verbs.{file}").verbs)
    return loaded.commands


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_every_verb_explains_itself_in_whole_sentences(empty_place: Place, words: tuple[str, ...]) -> None:
    told = empty_place.duebot(*words, "--help")
    assert (told.code, told.err) == (0, "")
    assert "..." not in re.sub(r"COMMAND \[ARGS\]\.\.\.|WORDS[.}]+", "", told.out)
    said = _flat(told.out.partition("\n\n")[2])
    assert re.match(r"[A-Z][^.]+\. ", said), said
    assert "%Y" not in told.out


def test_the_list_of_verbs_says_what_each_says_of_itself(empty_place: Place) -> None:
    listed = _flat(empty_place.duebot("--help").out)
    for name, (file, sentence) in VERBS.items():
        assert f"{name} {sentence}" in listed
        assert _flat(empty_place.duebot(name, "--help").out.partition("\n\n")[2]).startswith(sentence)
        assert name in _commands(file)


def test_the_groups_hold_what_they_are_tested_for() -> None:
    for name, verbs in GROUPS.items():
        assert set(_commands(VERBS[name][0])[name].commands) == set(verbs)


def test_listing_the_verbs_loads_neither_database_nor_web() -> None:
    told = "import sys, bot.cli; print(sorted({'sqlalchemy', 'fastapi', 'slack_bolt', 'holidays', 'babel'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_the_packages(empty_place: Place) -> None:
    assert empty_place.duebot("--version").out == f"duebot {version('duebot')}\n"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("import",),
        ("import", "a.csv", "--as-of", "yesterday"),
        ("import", "a.csv", "--currency", "EURO"),
        ("import", "a.csv", "--nonsense"),
        ("query",),
        ("query", "nonsense"),
        ("query", "balance"),
        ("explain",),
        ("explain", "A", "--at", "2026-13-01"),
        ("report",),
        ("report", "aging", "--format", "xml"),
        ("summary", "--period", "x"),
        ("audit", "export", "--format", "xml"),
        ("interest", "A", "--unit", "yearly"),
        ("report", "metrics", "--window", "0"),
        ("tick", "--at", "noon"),
        ("serve", "--port", "70000"),
        ("serve", "--admin-port", "many"),
        ("demo", "--port", "0"),
        ("book", "A B"),
        ("book", "--zone", "Europe/Nowhere"),
        ("book", "--country", "XX"),
        ("book", "--country", "Germany"),
        ("book", "--country", "DE", "--subdivision", "ZZ"),
        ("book", "--subdivision", "BY"),
        ("book", "--currency", "EURO"),
        ("book", "--language", "xx"),
        ("book", "--email", "nonsense"),
        ("book", "--phone", "abc"),
        ("book", "--phone", "030 5550 0177"),
        ("book", "--channel", "#receivables"),
        ("user", "add", "nonsense", "--name", "A"),
        ("user", "add", "a@b.example"),
        ("user", "add", "a@b.example", "--name", "A", "--role", "king"),
        ("user", "role", "a@b.example", "king"),
        ("user", "link", "a@b.example", "U1"),
        ("policy", "check"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_exit_code_2_with_nothing_on_standard_output(place: Place, words: tuple[str, ...]) -> None:
    told = place.duebot(*words)
    assert told.code == 2
    assert not (words and told.out)  # a bare `duebot` lists the verbs
    assert told.err or not words
    assert "Value error" not in told.err


def test_a_worker_refuses_a_local_database_and_says_what_to_run(sqlite_place: Place) -> None:
    told = sqlite_place.duebot("worker")
    assert (told.code, told.out, told.err) == (2, "", "On SQLite one process does everything there. Run: duebot serve\n")


@pytest.mark.parametrize(
    "words",
    [
        ("import", "nowhere.csv"),
        ("import", "."),
        ("import", str(SAMPLE), "--map", "nowhere"),
        ("import", str(SAMPLE), "--book", "nowhere"),
        ("query", "balance", "nobody"),
        ("query", "invoice", "X-1"),
        ("explain", "X-1"),
        ("explain", "X-1", "--book", "nowhere"),
        ("report", "aging", "--book", "nowhere"),
        ("report", "metrics", "--book", "nowhere"),
        ("report", "aging", "--out", "nowhere/report.txt"),
        ("report", "aging", "--out", "."),
        ("release", "--book", "nowhere"),
        ("book", "nowhere"),
        ("user", "role", "nobody@b.example", "viewer"),
        ("user", "link", "nobody@b.example", "U1", "--team", "T1"),
        ("policy", "check", "nowhere.yaml"),
        ("policy", "check", "."),
    ],
    ids=lambda words: " ".join(word.rpartition("/")[2] for word in words),
)
def test_what_is_not_there_is_exit_code_1_with_one_sentence(place: Place, words: tuple[str, ...]) -> None:
    told = place.duebot(*words)
    assert (told.code, told.out) == (1, "")
    assert len(told.err.splitlines()) == 1


def test_a_suggestion_follows_a_slip_of_the_finger(empty_place: Place) -> None:
    assert "balance" in empty_place.duebot("query", "balanse", "acme").err


def test_a_number_that_is_not_quite_right_and_a_folder_that_is_not_there_are_said_as_what_they_are(filled_place: Place) -> None:
    told = filled_place.duebot("explain", "1031")
    assert (told.code, told.err) == (2, "No invoice has exactly that number; ask again for one of these.\n")
    assert "AF-1031" in told.out
    told = filled_place.duebot("report", "aging", "--format", "xlsx", "--out", "nowhere/aging.xlsx")
    assert (told.code, told.err) == (1, "There is no folder nowhere. Make it, or name another place.\n")
