"""The short form of `make chaos`, thirty rounds; and what many of them go through."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.chaos.plan import ALL_POINTS, OF, POSTGRESQL, SQLITE, plan_of
from tests.chaos.troubles import OF_CHAT, Trouble
from tests.paths import ROOT
from tests.peers.postgres import require_postgres

ROUNDS = {SQLITE: 20, POSTGRESQL: 10}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ROUNDS)
def test_whatever_dies_or_fails_nothing_is_lost_and_nothing_comes_twice(kind: str) -> None:
    if kind == POSTGRESQL:
        require_postgres()
    command = [sys.executable, "-m", "tests.chaos", "--rounds", str(ROUNDS[kind]), "--database", kind]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{kind}: {ROUNDS[kind]} rounds from 0, 0 with a difference")


@pytest.mark.parametrize("kind", [SQLITE, POSTGRESQL])
def test_two_hundred_rounds_leave_nothing_out(kind: str) -> None:
    plans = [plan_of(number, kind) for number in range(200)]
    deaths = [death for plan in plans for life in plan.lives for death in life.deaths if death]
    minutes = [minute for plan in plans for minute in plan.minutes]
    assert {death.point for death in deaths if death.point} == set(ALL_POINTS)
    assert any(death.after for death in deaths)
    assert any(death.seconds for death in deaths)
    assert {minute.mail for minute in minutes} == {None, *Trouble}
    assert {minute.chat for minute in minutes} == {None, *OF_CHAT}
    assert {minute.machine for minute in minutes} == {None, *OF[kind]}
    assert any(plan.jumps for plan in plans)
    assert any(plan.at_night for plan in plans)
    assert any(plan.folder for plan in plans)
    assert plans == [plan_of(number, kind) for number in range(200)]
