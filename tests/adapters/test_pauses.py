"""Who fails together does not come back together."""

from __future__ import annotations

from adapters.core.pauses import seconds_after
from workflows.errors import RateLimited, Unavailable


def test_pauses_grow_up_to_the_longest_and_no_two_are_the_same() -> None:
    for tries, whole in ((0, 5), (1, 10), (4, 80), (8, 900), (2_000, 900)):
        pauses = {seconds_after(Unavailable("504"), tries, 5, 900) for _ in range(5)}
        assert all(whole / 2 <= pause <= whole for pause in pauses)
        assert len(pauses) > 1


def test_what_was_asked_for_is_kept() -> None:
    assert seconds_after(RateLimited("slower", 7), 3, 5, 900) == 7
    assert 20 <= seconds_after(RateLimited("slower", 0), 3, 5, 900) <= 40
