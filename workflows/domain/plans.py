"""Payment plans: what is due when, and which plans a second person has to approve."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from workflows.domain.calendar import months_after
from workflows.domain.money import CannotSplit, Money, split
from workflows.domain.values import value

MOST_INSTALMENTS = 60
AGREED_INSTALMENTS, AGREED_DAYS = 6, 180  # what one person may agree alone (DOMAIN: separation of duties)
_LAST_YEAR = 2200


class BadTerms(ValueError):
    """A plan that cannot be; the sentence says what to change, `term` which of them is wrong; empty: none of them would do."""

    def __init__(self, term: str, words: str) -> None:
        super().__init__(words)
        self.term = term


class Rhythm(StrEnum):
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"

    def after(self, first: date, steps: int) -> date:
        """Months count from the first day, not from the day before: 31 Jan, 28 Feb, 31 Mar."""
        if self is Rhythm.MONTHLY:
            return months_after(first, steps)
        return first + timedelta(weeks=steps * (1 if self is Rhythm.WEEKLY else 2))


@value
class Instalment:
    due_on: date
    amount: Money


def schedule(total: Money, *, count: int, rhythm: Rhythm, first_on: date, deposit: Money | None = None) -> tuple[Instalment, ...]:
    """`count` instalments of `total`, the first on `first_on`. A deposit comes before them: it is due on `first_on`, they follow.

    Raises `BadTerms` (or `MixedCurrencies` for a deposit in another currency than the total).
    """
    _check(total, count, first_on, deposit)
    rest = total - deposit if deposit else total
    try:
        shares = split(rest, [1] * count)
    except CannotSplit:
        raise BadTerms("count", f"{rest} cannot be spread over {count} instalments, some would be nothing; choose fewer.") from None
    amounts = (deposit, *shares) if deposit else shares
    return tuple(Instalment(rhythm.after(first_on, step), amount) for step, amount in enumerate(amounts))


def _check(total: Money, count: int, first_on: date, deposit: Money | None) -> None:
    if total.minor <= 0:
        raise BadTerms("", "Nothing is open, so there is nothing to spread.")
    if not 1 <= count <= MOST_INSTALMENTS:
        raise BadTerms("count", f"A plan has 1 to {MOST_INSTALMENTS} instalments, not {count}.")
    if first_on.year > _LAST_YEAR:
        raise BadTerms("first", f"The first date, {first_on}, is too far away; check the year.")
    if deposit is None:
        return
    if deposit.minor <= 0:
        raise BadTerms("deposit", "A deposit is above zero; leave it out for none.")
    if deposit >= total:
        raise BadTerms("deposit", f"The deposit of {deposit:,} leaves nothing of {total:,} to spread; choose a smaller one.")


def beyond_limit(total: Money, instalments: Sequence[Instalment], limit: Money, agreed_on: date | None = None) -> str | None:
    """Why a second person has to approve the plan; null when one may agree it alone. `limit` is in the currency of the plan.

    A deposit counts as an instalment. Days are counted from `agreed_on`, else from the first payment, to the last.
    """
    reasons = []
    if total > limit:
        reasons.append(f"it is above {limit:,}")
    if len(instalments) > AGREED_INSTALMENTS:
        reasons.append(f"it has more than {AGREED_INSTALMENTS} instalments")
    if instalments and (instalments[-1].due_on - (agreed_on or instalments[0].due_on)).days > AGREED_DAYS:
        reasons.append(f"it runs longer than {AGREED_DAYS} days")
    return f"Somebody else has to approve this plan: {' and '.join(reasons)}." if reasons else None
