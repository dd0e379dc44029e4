"""Python's collector stops the whole process while it looks through what is new."""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest

from bot.verbs.terminal import spare_the_collector


@pytest.fixture
def spared() -> Generator[None]:
    before = gc.get_threshold()
    spare_the_collector()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("spared")
def test_it_looks_at_few_things_at_a_time_however_many_are_kept() -> None:
    looked_at: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 0:
            looked_at.append(len(gc.get_objects(generation=0)))

    gc.callbacks.append(note)
    try:
        kept = [[n] for n in range(100_000)]
    finally:
        gc.callbacks.remove(note)
    assert kept
    assert looked_at
    assert max(looked_at) < 5_000
