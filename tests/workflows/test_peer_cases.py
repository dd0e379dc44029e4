"""Every shared case of what collections software must decide, through the production code by way of the simulation."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.paths import SHARED, shared
from tests.workflows.peer_cases import plays
from tests.workflows.peer_plays import CannotExpress

FILE = "cases/peer-cases.yaml"
# What is no decision about a ledger, and why.
NOT_YET: dict[str, str] = {
    "OCA-00": "it is the set-up of others, not a case",
}


def _cases() -> dict[str, dict[str, Any]]:
    file = SHARED / FILE
    if not file.exists():
        return {}
    return {case["id"]: case for case in yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]}


CASES = _cases()
DECIDED = [name for name, case in CASES.items() if case["kind"] != "chat"]


def test_the_cases_are_there() -> None:
    shared(FILE)
    assert set(NOT_YET) <= set(DECIDED)
    assert len(DECIDED) - len(NOT_YET) >= 50


def _play(name: str) -> list[tuple[Any, Any]]:
    """What came out, and what should have, of each ledger the case comes to."""
    return [(play.outcome(), play.expect) for play in plays(CASES[name], CASES["OCA-00"])]


@pytest.mark.parametrize("name", [name for name in DECIDED if name not in NOT_YET])
def test_the_case_comes_out(name: str) -> None:
    played = _play(name)
    assert played
    assert [outcome for outcome, _ in played] == [expect for _, expect in played]


@pytest.mark.parametrize("name", [name for name in DECIDED if name in NOT_YET])
def test_what_cannot_be_said_still_cannot(name: str) -> None:
    """When this fails, take the case off the list."""
    with pytest.raises((CannotExpress, KeyError)):
        _play(name)
