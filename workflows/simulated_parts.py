"""What the instalments of a simulation come to."""

from __future__ import annotations

from datetime import date

from workflows.domain.money import CannotSplit, Money, split, total
from workflows.ledger_facts import CannotBe, Part


def amounts_of(parts: tuple[Part, ...], whole: Money) -> tuple[tuple[date, Money], ...]:
    """Each part's day and amount; raises `CannotBe` when they do not make up the whole."""
    parts = tuple(sorted(parts, key=lambda part: part.due_on))
    given = [part.amount for part in parts if part.amount is not None]
    if len(given) not in {0, len(parts)}:
        raise CannotBe("Either every instalment has an amount, or every one a share.")
    if not given:
        try:
            shares = split(whole, [part.share for part in parts])
        except CannotSplit as error:
            raise CannotBe(f"{error}.") from None
        return tuple((part.due_on, amount) for part, amount in zip(parts, shares, strict=True))
    if any(amount.minor <= 0 for amount in given):
        raise CannotBe("Every instalment has an amount above zero.")
    if any(amount.currency != whole.currency for amount in given) or total(given, whole.currency) != whole:
        raise CannotBe(f"The instalments do not add up to {whole}.")
    return tuple((part.due_on, amount) for part, amount in zip(parts, given, strict=True))
