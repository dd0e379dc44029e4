"""Every shared case of what collections software must decide, through the production code by way of the simulation."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bot.policies import BadPolicy
from tests.paths import SHARED, shared
from tests.workflows.ledgers import a_policy, invoice, remind, simulated
from tests.workflows.peer_cases import plays
from tests.workflows.peer_plays import CannotExpress

FILE = "cases/peer-cases.yaml"
# What cannot be said yet, and why. Where a key of a policy is what is missing, it stands there, and must still be refused.
NOT_YET: dict[str, tuple[str, dict[str, Any] | None]] = {
    "KB-07": ("a threshold on the number of documents per step, not per policy", None),
    "KB-13": ("a subsidiary whose parent pays", None),
    "LG-14": ("counters after a move to another policy", None),
    "OCA-00": ("it is the set-up of others, not a case", None),
    "OR-03": ("numbers of notices, and channels that do not count", None),
    "IN-05": ("a schedule in months", None),
    "EN-01": ("fees", {"fee": {"flat": {"EUR": "10.00"}}}),
    "EN-02": ("fees", {"fee": {"flat": {"EUR": "10.00"}}}),
    "PN-01": ("fees", {"fee": {"percent": "10"}}),
    "TR-01": ("notices that are proposed before they are sent", {"mode": "draft"}),
    "OD-01": ("tasks", {"steps": [{"name": "call", "when": {"after_due": 1}, "do": [{"task": {"what": "call"}}]}]}),
    "CH-01": ("two messages a day", {"messages_per_day": 2}),
    "CH-03": ("the grace and cure of a plan", {"cure_days": 90}),
    "PN-02": ("drafts", {"mode": "draft"}),
    "OG-01": ("acknowledging a card, and whom a wake-up tells", None),
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
    assert len(DECIDED) - len(NOT_YET) > 30


def _play(name: str) -> list[tuple[Any, Any]]:
    """What came out, and what should have, of each ledger the case comes to."""
    return [(play.outcome(), play.expect) for play in plays(CASES[name], CASES["OCA-00"])]


@pytest.mark.parametrize("name", [name for name in DECIDED if name not in NOT_YET])
def test_the_case_comes_out(name: str) -> None:
    played = _play(name)
    assert played
    assert [outcome for outcome, _ in played] == [expect for _, expect in played]


@pytest.mark.parametrize("name", [name for name in DECIDED if name in NOT_YET])
def test_what_cannot_be_said_yet_still_cannot(name: str) -> None:
    """When this fails, take the case off the list."""
    _, key = NOT_YET[name]
    with pytest.raises((CannotExpress, KeyError, BadPolicy)):
        _play(name)
    if key is not None:
        steps = key.get("steps", [remind("s1", "after_due", 1)])
        text = a_policy(*steps, **{word: value for word, value in key.items() if word != "steps"})
        with pytest.raises(BadPolicy):
            simulated(text, [invoice()], "2026-03-01", "2026-03-02")
