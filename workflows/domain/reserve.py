"""The loss reserve: what of the open amounts will probably never be paid, by how much of each age was lost before."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from workflows.domain.money import Money, rounded


def loss_rates(reached: Sequence[int], lost: int) -> tuple[Fraction | None, ...]:
    """Per age: what was never paid / what got that old, minor units of one currency. Null where nothing got that old."""
    return tuple(Fraction(lost, amount) if amount > 0 else None for amount in reached)


def reserve(amounts: Sequence[Money], rates: Sequence[Fraction | None]) -> Money | None:
    """The sum of every age's amount times its rate, rounded once. Null when something is of an age that has no rate."""
    if any(amount and rate is None for amount, rate in zip(amounts, rates, strict=True)):
        return None
    losses = (Fraction(amount.decimal) * (rate or 0) for amount, rate in zip(amounts, rates, strict=True))
    return rounded(sum(losses, Fraction(0)), amounts[0].currency)
