"""Payment plans that are not kept: when an instalment is late, when notice is given, when the whole is due again (DOMAIN 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from workflows.domain.account import Account, Item, Plan, PlanState
from workflows.domain.allocation import Balances, balances
from workflows.domain.holds import subjects
from workflows.domain.ids import PlanId
from workflows.domain.money import Money
from workflows.domain.policy import Policy
from workflows.domain.values import value

_DAY = timedelta(days=1)


@value
class Late:
    """An instalment that is late from the day `on`. Notice is given on `notice_on`; unpaid, its plan is in default from `default_on`."""

    plan: Plan
    part: Item
    on: date
    notice_on: date
    default_on: date


@value
class PlanTurn:
    """A plan that has come to another state than is kept of it, and since when."""

    plan: PlanId
    state: PlanState
    at: datetime


def is_settled(policy: Policy, left: Money) -> bool:
    least = policy.tolerance.get(left.currency)
    return left.minor <= 0 or (least is not None and left.minor < least.minor)


def all_settled(policy: Policy, account: Account) -> bool:
    """Nothing is left to keep a version of the policy for."""
    left = balances(account)
    return all(is_settled(policy.for_item(item.id), left.open_of(item.id)) for item in account.all_items)


def late_on(policy: Policy, account: Account, part: Item, due_on: date) -> date:
    """The day after the last of the business days of grace; at once where money that had been paid was taken back."""
    usual = account.book.place.add_business_days(due_on, policy.grace_days) + _DAY
    names = subjects(account, part)
    back = [paid.reversed_on for paid in account.payments if paid.item in names and paid.reversed_on is not None]
    return min([usual, *(max(day, due_on + _DAY) for day in back)])


def late_parts(policy: Policy, account: Account, plan: Plan) -> Iterator[Late]:
    """Of every instalment with a due day, paid or not, the days that count if it is not paid."""
    place = account.book.place
    for part in plan.instalments:
        if part.due_on is not None:
            on = late_on(policy, account, part, part.due_on)
            notice_on = on if place.is_business_day(on) else place.add_business_days(on, 1)
            yield Late(plan, part, on, notice_on, notice_on + (policy.cure_days + 1) * _DAY)


def late_now(policy: Policy, account: Account, money: Balances, today: date) -> Iterator[Late]:
    """Instalments of running plans that are late and still open."""
    for plan in account.plans:
        if plan.state is PlanState.ACTIVE:
            mine = policy.for_item(plan.covers[0])
            for late in late_parts(mine, account, plan):
                if late.on <= today and not is_settled(mine, money.open_of(late.part.id)):
                    yield late


def turns(policy: Policy, account: Account, now: datetime) -> tuple[PlanTurn, ...]:
    """Plans whose state is another by now than the one that is kept: in default, wholly paid, or running again since money was taken back."""
    if not any(plan.state in {PlanState.ACTIVE, PlanState.COMPLETED} for plan in account.plans):
        return ()
    money, today = balances(account), account.book.place.day(now)
    return tuple(turn for plan in account.plans if (turn := _turn(policy.for_item(plan.covers[0]), account, plan, money, today, now)))


def _turn(policy: Policy, account: Account, plan: Plan, money: Balances, today: date, now: datetime) -> PlanTurn | None:
    is_paid = all(is_settled(policy, money.open_of(item)) for item in plan.covers)
    if plan.state is PlanState.COMPLETED and not is_paid:
        return PlanTurn(plan.id, PlanState.ACTIVE, now)
    if plan.state is not PlanState.ACTIVE:
        return None
    if (since := _defaulted_on(policy, account, plan, money, today)) is not None:
        return PlanTurn(plan.id, PlanState.DEFAULTED, account.book.place.start_of(since))
    return PlanTurn(plan.id, PlanState.COMPLETED, now) if is_paid else None


def _defaulted_on(policy: Policy, account: Account, plan: Plan, money: Balances, today: date) -> date | None:
    """The first day on which an instalment was not paid by the end of the time to cure; money that came after that is too late."""
    last_paid = max((paid.paid_on for paid in account.payments if paid.reversed_on is None), default=date.min)
    for late in late_parts(policy, account, plan):
        if late.default_on > today or (is_settled(policy, money.open_of(late.part.id)) and last_paid < late.default_on):
            continue
        then = balances(account, up_to=late.default_on - _DAY)
        if not is_settled(policy, then.open_of(late.part.id)):
            return late.default_on
    return None


def with_turns(account: Account, found: tuple[PlanTurn, ...]) -> Account:
    """The account as it stands once these are kept; plans that are paid are left, for nothing is asked of them either way."""
    changed = {turn.plan: turn for turn in found if turn.state is not PlanState.COMPLETED}
    if not changed:
        return account
    plans = (
        replace(plan, state=changed[plan.id].state, ended_at=_end(changed[plan.id])) if plan.id in changed else plan
        for plan in account.plans
    )
    return replace(account, plans=tuple(plans))


def _end(turn: PlanTurn) -> datetime | None:
    return None if turn.state is PlanState.ACTIVE else turn.at
