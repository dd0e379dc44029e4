"""Who is handled when: at once, unless many come; then after them, and in the end all the same."""

from __future__ import annotations

import asyncio

import pytest

from adapters.chat.slack import turns
from adapters.chat.slack.turns import AT_ONCE, RUSH, Turns


async def begun(one: Turns, *, urgent: bool = False) -> bool:
    """Whether a turn begins without waiting for any time to pass."""

    async def take() -> None:
        async with one.turn(urgent=urgent):
            pass

    task = asyncio.ensure_future(take())
    for _ in range(9):
        await asyncio.sleep(0)
    done = task.done()
    task.cancel()
    return done


async def test_in_a_rush_only_what_slack_waits_for_is_handled() -> None:
    one = Turns()
    for _ in range(RUSH - 1):
        one.came()
    assert await begun(one)
    one.came()
    assert not await begun(one)
    assert await begun(one, urgent=True)


async def test_a_rush_is_over_when_nobody_comes() -> None:
    one = Turns()
    for _ in range(3 * RUSH):
        one.came()
    async with asyncio.timeout(5), one.turn():
        assert await begun(one)


def in_a_rush(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """One that does not end, and is waited for no longer."""
    monkeypatch.setattr(turns, "LONGEST", 0)
    monkeypatch.setattr(turns, "WITHIN", 3600)
    one = Turns()
    for _ in range(RUSH):
        one.came()
    return one


async def test_a_rush_without_end_delays_and_does_not_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    async with asyncio.timeout(5), in_a_rush(monkeypatch).turn():
        pass


async def test_in_a_rush_without_end_one_is_handled_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them keeps those waiting who come meanwhile."""
    one = in_a_rush(monkeypatch)
    async with asyncio.timeout(5), one.turn():
        assert not await begun(one)
        assert await begun(one, urgent=True)
    assert await begun(one)


async def test_who_waits_for_an_answer_does_not_stand_behind_those_who_do_not() -> None:
    one = Turns()
    async with asyncio.TaskGroup() as group:
        gate = asyncio.Event()

        async def hold() -> None:
            async with one.turn():
                await gate.wait()

        for _ in range(AT_ONCE):
            group.create_task(hold())
        await asyncio.sleep(0)
        assert not await begun(one)
        assert await begun(one, urgent=True)
        gate.set()
