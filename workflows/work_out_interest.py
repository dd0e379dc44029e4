"""What the law or a contract lets the seller add to a late invoice as of a day. It only says; charging it is a request of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from workflows.domain.account import Account, Item
from workflows.domain.guard_rows import EU_COUNTRIES
from workflows.domain.holds import dispute_on
from workflows.domain.interest import Charge, Contract, Debt, NotOwed, Paid, proposed
from workflows.domain.money import Money
from workflows.domain.regimes import NoRate, Rate
from workflows.errors import Refused

_REGIMES = {"GB": "uk", "DE": "de"}


@dataclass(frozen=True, slots=True)
class WorkOutInterest:
    """Without `regime` that of the seller's country; a `contract` takes the place of both."""

    on: date
    regime: str | None = None
    contract: Contract | None = None
    grace_days: int = 0


def work_out_interest(ask: WorkOutInterest, account: Account, item: Item, rates: Sequence[Rate]) -> Charge:
    """Raises `Refused` with the reason where nothing may be charged, or a rate is missing."""
    regime = ask.regime or _of_seller(account.book.place.country)
    if regime is None and ask.contract is None:
        raise Refused("The book has no country whose law is known; name a regime, or what the contract says.")
    if item.due_on is None:
        raise Refused(f"{item.number} has no due day, so it is never late.")
    if dispute_on(account, item) is not None:
        raise Refused(f"{item.number} is disputed; a disputed part bears no interest.")
    try:
        return proposed(_debt(account, item, item.due_on), regime or "", rates, ask.on, contract=ask.contract, grace_days=ask.grace_days)
    except (NotOwed, NoRate) as why:
        raise Refused(str(why)) from None


def offered_fee(charge: Charge, charged: Money) -> Money | None:
    """Interest that is not paid and the fixed sum, less what fees have `charged` of it already; null when nothing is left."""
    fixed = charge.fixed_sum.minor if charge.fixed_sum is not None and charge.fixed_sum.currency == charge.unpaid.currency else 0
    left = charge.unpaid.minor + fixed - charged.minor
    return Money(left, charge.unpaid.currency) if left > 0 else None


def _of_seller(country: str | None) -> str | None:
    if country is None:
        return None
    return _REGIMES.get(country, "eu" if country in EU_COUNTRIES else None)


def _debt(account: Account, item: Item, due_on: date) -> Debt:
    """What was open at the end of the due day, and the money that came for it after."""
    received = [(one.paid_on, one.amount) for one in account.payments if one.item == item.id and one.reversed_on is None]
    received += [(one.credited_on, one.amount) for one in account.credits if one.item == item.id and one.reversed_on is None]
    principal = item.total
    for day, amount in received:
        principal = principal - amount if day <= due_on else principal
    late = tuple(Paid(day, amount) for day, amount in sorted(received, key=itemgetter(0)) if day > due_on)
    return Debt(principal, due_on, account.customer.party, late)
