"""What a late debt bears: interest, and a fixed sum for the trouble. Exact until one rounding at the end; interest bears no interest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from workflows.domain.account import Party
from workflows.domain.calendar import months_after
from workflows.domain.day_counts import Basis, year_fraction
from workflows.domain.money import Money, rounded
from workflows.domain.regimes import Rate, Regime, Span, regime, spans
from workflows.domain.values import value

_DAY = timedelta(days=1)
_MONTHS_A_YEAR = 12


class NotOwed(ValueError):
    """The rules give the creditor nothing here; the sentence says why."""


class Order(StrEnum):
    """What a part payment settles before the rest."""

    PRINCIPAL_FIRST = "principal_first"
    INTEREST_FIRST = "interest_first"


class Unit(StrEnum):
    """How an agreed monthly rate counts: by the day at twelve times a year's share, whole months only, or every month begun."""

    DAILY = "daily"
    FULL_MONTHS = "full_months"
    STARTED_MONTHS = "started_months"


@value
class Paid:
    """Money that came after the due day."""

    on: date
    amount: Money


@value
class Debt:
    """An invoice that is late. What is `disputed` of it bears no interest; `payments` in order of their day."""

    principal: Money
    due_on: date
    party: Party = Party.BUSINESS
    payments: tuple[Paid, ...] = ()
    disputed: Money | None = None


@value
class Contract:
    """What the parties agreed in place of the law: percent a month, and the most a year that the state allows (null: no cap)."""

    monthly: Decimal
    unit: Unit = Unit.DAILY
    yearly_cap: Decimal | None = None
    basis: Basis = Basis.ACT_365


@value
class Charge:
    """`interest` is all that ran up to the day asked for, `unpaid` what payments left of it, `principal` what they left of the debt."""

    days: int
    interest: Money
    unpaid: Money
    principal: Money
    fixed_sum: Money | None = None


def statutory(debt: Debt, under: str, rates: Sequence[Rate], on: date, *, order: Order = Order.PRINCIPAL_FIRST) -> Charge:
    """By the law of the regime, for the days after the due day up to and including `on`.

    Raises `NotOwed` for a consumer the regime protects or a currency that is not its own where a sum is fixed in it, and
    `regimes.NoRate` where the operator loaded none.
    """
    row = regime(under, debt.due_on + _DAY)
    runs = spans(rates, row, _margin(row, debt.party), debt.due_on + _DAY, on)
    fixed = fixed_sum(row, debt.principal, debt.party) if on > debt.due_on else None
    return _charge(debt, runs, row.basis, on, order, fixed)


def agreed(debt: Debt, contract: Contract, on: date, *, order: Order = Order.PRINCIPAL_FIRST) -> Charge:
    """By the contract, which takes the place of the law. Months, whole or begun, are asked for on what is open on `on`."""
    yearly = contract.monthly * _MONTHS_A_YEAR
    if contract.unit is Unit.DAILY:
        percent = yearly if contract.yearly_cap is None else min(yearly, contract.yearly_cap)
        return _charge(debt, _one_span(debt, on, percent), contract.basis, on, order, None)
    left = _bearing(debt) - sum(paid.amount.minor for paid in debt.payments if paid.on <= on)
    exact = Fraction(max(0, left)) * _fraction(contract.monthly) * _months(debt.due_on, on, contract.unit)
    if contract.yearly_cap is not None:
        exact = min(exact, Fraction(max(0, left)) * _fraction(contract.yearly_cap) * year_fraction(debt.due_on, on, contract.basis))
    interest = _money(exact, debt)
    return Charge(max(0, (on - debt.due_on).days), interest, interest, Money(left, debt.principal.currency))


def proposed(debt: Debt, under: str, rates: Sequence[Rate], on: date, *, contract: Contract | None = None, grace_days: int = 0) -> Charge:
    """What staff may propose to charge: nothing to consumers, nothing within the days of grace, the contract before the law.

    Raises `NotOwed`, and `regimes.NoRate`.
    """
    if debt.party is Party.CONSUMER:
        raise NotOwed("Interest and fixed sums are proposed to businesses only; this customer is a consumer.")
    if (on - debt.due_on).days <= grace_days:
        raise NotOwed(f"It is not more than {grace_days} days late; nothing is charged within the days of grace.")
    return statutory(debt, under, rates, on) if contract is None else agreed(debt, contract, on)


def fixed_sum(row: Regime, principal: Money, party: Party) -> Money | None:
    """The sum owed once per late invoice by its size; null for consumers, and for a debt in another currency than the sums are in."""
    if party is Party.CONSUMER or principal.currency != row.currency:
        return None
    fitting = [one.amount for one in row.fixed_sums if principal >= Money.of(one.above, row.currency)]
    return Money.of(fitting[-1], row.currency) if fitting else None


def may_charge_flat(charged_on: Sequence[date], on: date, period_days: int) -> bool:
    """At most one flat fee per invoice in any `period_days` days."""
    return all((on - before).days >= period_days for before in charged_on)


def discount_yearly(percent: Decimal, within_days: int, net_days: int) -> Decimal:
    """What an early-payment discount costs a year, in percent: 2/10 net 30 is 2/98 over 20 days, 37.24."""
    yearly = _fraction(percent) / (1 - _fraction(percent)) * Fraction(365, net_days - within_days) * 100
    return (Decimal(yearly.numerator) / Decimal(yearly.denominator)).quantize(Decimal("0.01"))


def _margin(row: Regime, party: Party) -> Decimal:
    if party is not Party.CONSUMER:
        return row.margin
    if row.consumer_margin is None:
        raise NotOwed(f"The rules of “{row.id}” are for debts between businesses; a consumer owes no such interest.")
    return row.consumer_margin


def _one_span(debt: Debt, on: date, percent: Decimal) -> tuple[Span, ...]:
    return (Span(debt.due_on + _DAY, on, percent),) if on > debt.due_on else ()


def _charge(debt: Debt, runs: Sequence[Span], basis: Basis, on: date, order: Order, fixed: Money | None) -> Charge:
    """Walks from payment to payment. Sums stay fractions of a minor unit until the end."""
    bearing, principal = Fraction(_bearing(debt)), Fraction(debt.principal.minor)
    interest = unpaid = Fraction(0)
    since = debt.due_on
    for paid in (*(one for one in debt.payments if one.on <= on), Paid(on, Money.zero(debt.principal.currency))):
        ran = sum((max(Fraction(0), bearing) * share for share in _shares(runs, basis, since, paid.on)), Fraction(0))
        interest, unpaid = interest + ran, unpaid + ran
        to_interest = min(unpaid, Fraction(paid.amount.minor)) if order is Order.INTEREST_FIRST else Fraction(0)
        unpaid -= to_interest
        bearing, principal = bearing - (paid.amount.minor - to_interest), principal - (paid.amount.minor - to_interest)
        since = max(since, paid.on)
    return Charge(max(0, (on - debt.due_on).days), _money(interest, debt), _money(unpaid, debt), _money(principal, debt), fixed)


def _shares(runs: Sequence[Span], basis: Basis, since: date, until: date) -> Iterator[Fraction]:
    """Of one unit of money, what runs up in the days after `since` up to and including `until`."""
    for run in runs:
        first, last = max(run.first, since + _DAY), min(run.last, until)
        if first <= last:
            yield _fraction(run.percent) * year_fraction(first - _DAY, last, basis)


def _months(due_on: date, on: date, unit: Unit) -> int:
    full = 0
    while months_after(due_on, full + 1) <= on:
        full += 1
    begun = months_after(due_on, full) < on
    return full + (1 if unit is Unit.STARTED_MONTHS and begun else 0)


def _bearing(debt: Debt) -> int:
    return (debt.principal if debt.disputed is None else debt.principal - debt.disputed).minor


def _fraction(percent: Decimal) -> Fraction:
    return Fraction(percent) / 100


def _money(minor: Fraction, debt: Debt) -> Money:
    one = Fraction(Money.of("1", debt.principal.currency).minor)
    return rounded(minor / one, debt.principal.currency)
