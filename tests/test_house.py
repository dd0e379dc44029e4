"""The house itself: locks that hold, files that stay small, and nothing in them that belongs to one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT, missing

LOCKS = ("requirements.lock", "requirements-test.lock")
MOST_LINES = 400
# Written in parts, so that this file does not find itself.
MACHINES = ("/" + "work/", "/" + "root/", "/" + "Users/", "/" + "tmp/")
REGISTRIES = ("py" + "pi.org", "pythonhosted" + ".org", "registry.npm" + "js.org", "npm" + "mirror")
LEFT_OVER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b|^(<{7}|>{7}) ", re.MULTILINE)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file under version control that is text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        missing("the repository's history, from which the tracked files are listed,")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return tuple(file for file in files if file.suffix not in {".png", ".gz", ".xlsx", ".woff2"} and file.exists())


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _locked(lock: str) -> dict[str, str]:
    """What follows each pinned name, hashes included."""
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8").strip())
    return {_name(block): block for block in blocks}


def _project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_exact_and_has_hashes_and_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    for name, block in _locked(lock).items():
        assert re.match(r"[a-zA-Z0-9._\[\],-]+==\S+", block), name
        assert "--hash=sha256:" in block, name


def test_everything_the_project_asks_for_is_in_its_lock() -> None:
    project = _project()
    run, test = _locked("requirements.lock"), _locked("requirements-test.lock")
    groups = {name: [one for one in wanted if isinstance(one, str)] for name, wanted in project["dependency-groups"].items()}
    assert {_name(one) for one in [*project["project"]["dependencies"], *groups["build"], *project["build-system"]["requires"]]} <= set(run)
    assert {_name(one) for one in groups["test"]} <= set(test)


def test_both_locks_agree_on_what_they_share() -> None:
    run, test = (_locked(lock) for lock in LOCKS)
    assert {name: run[name] for name in run.keys() & test.keys()} == {name: test[name] for name in run.keys() & test.keys()}


@pytest.mark.parametrize("words", [MACHINES, REGISTRIES], ids=["paths", "registries"])
def test_no_file_names_a_machine_or_a_registry(words: tuple[str, ...]) -> None:
    found = [f"{file.relative_to(ROOT)}: {word}" for file in tracked() for word in words if word in file.read_text(encoding="utf-8")]
    assert found == []


def test_nothing_is_marked_as_left_to_do() -> None:
    assert [str(file.relative_to(ROOT)) for file in tracked() if LEFT_OVER.search(file.read_text(encoding="utf-8"))] == []


def test_no_file_of_code_is_longer_than_one_subject() -> None:
    """Blank lines do not count; a migration is one subject however long, and is never edited again."""
    code = [file for file in tracked() if file.suffix == ".py" and not file.is_relative_to(ROOT / "migrations")]
    lengths = {str(file.relative_to(ROOT)): sum(map(bool, file.read_text(encoding="utf-8").splitlines())) for file in code}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_every_folder_of_tests_is_a_package_and_docker_is_none() -> None:
    folders = {file.parent for file in tracked() if file.suffix == ".py" and file.is_relative_to(ROOT / "tests")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
    assert not (ROOT / "docker" / "__init__.py").exists()


def test_what_a_change_must_pass_is_the_readmes_own_command_with_every_peer() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "export REQUIRE_PEERS=1" in script
    runs = [line for line in script.splitlines() if line.startswith("make ")]
    assert runs[0] == "make test"
    assert all(line.startswith("make test DATABASE=") for line in runs[1:])
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_testing_checks_format_lint_import_contracts_and_types_first() -> None:
    planned = subprocess.run(["make", "--dry-run", "test"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    steps = ["ruff format --check", "ruff check", "lint-imports", "mypy", "tests/peers/setup", "pytest"]
    places = [planned.index(step) for step in steps]
    assert places == sorted(places)
