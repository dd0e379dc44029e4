"""A payment plan on the customer's word: proposed, accepted, declined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflows.acting import item_to_act_on, note_act, require
from workflows.domain.access import Right, User
from workflows.domain.account import Account, Item, ItemKind, Plan, PlanState
from workflows.domain.allocation import balances
from workflows.domain.ids import ItemId, PlanId, new_id
from workflows.domain.money import Money
from workflows.domain.plans import Instalment, Rhythm, beyond_limit, schedule
from workflows.errors import AlreadyDone, Refused
from workflows.ports import Clock, UnitOfWork

LIMIT_MAJOR_UNITS = "5000"  # above this, six instalments or 180 days a manager agrees the plan (DOMAIN: separation of duties)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered for the whole open amount of an item."""

    count: int
    rhythm: Rhythm
    first_on: date
    deposit: Money | None = None


@dataclass(frozen=True, slots=True)
class PreviewPlan:
    item: ItemId
    terms: Terms
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """`beyond` says why a manager has to agree it; null when the person may."""

    account: Account
    item: Item
    terms: Terms
    instalments: tuple[Instalment, ...]
    beyond: str | None


async def preview_plan(ask: PreviewPlan, work: UnitOfWork, clock: Clock) -> PlanPreview:
    """The schedule to the cent; raises `Refused` for terms that cannot be."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    return _preview(account, item, ask.terms, clock)


def _preview(account: Account, item: Item, terms: Terms, clock: Clock) -> PlanPreview:
    left = balances(account).open_of(item.id)
    if left.minor <= 0:
        raise Refused(f"{item.number} is paid; there is nothing to spread.")
    if item.kind is ItemKind.INSTALMENT or _running(account, item) is not None:
        raise Refused(f"{item.number} has a plan already; end that one first.")
    if terms.first_on < account.book.place.day(clock.now()):
        raise Refused("The first instalment cannot be due in the past; choose today or a later day.")
    try:
        parts = schedule(left, count=terms.count, rhythm=terms.rhythm, first_on=terms.first_on, deposit=terms.deposit)
    except ValueError as error:
        raise Refused(str(error)) from None
    today = account.book.place.day(clock.now())
    return PlanPreview(account, item, terms, parts, beyond_limit(left, parts, Money.of(LIMIT_MAJOR_UNITS, left.currency), today))


def _running(account: Account, item: Item) -> Plan | None:
    return next((plan for plan in account.plans if item.id in plan.covers and plan.state in {PlanState.PROPOSED, PlanState.ACTIVE}), None)


@dataclass(frozen=True, slots=True)
class ProposePlan:
    """`accepted_how` is the customer's word (by phone, in writing); empty while their answer is awaited."""

    item: ItemId
    terms: Terms
    by: User
    accepted_how: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class PlanSet:
    account: Account
    item: Item
    plan: Plan


async def propose_plan(ask: ProposePlan, work: UnitOfWork, clock: Clock) -> PlanSet:
    """Raises `NotAllowed` for a plan beyond the limit by somebody who is no manager, and what `preview_plan` raises."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    preview = _preview(account, item, ask.terms, clock)
    if preview.beyond is not None:
        require(ask.by, Right.AGREE_LARGE_PLAN)
    plan = _plan(item, preview.instalments, ask, clock)
    await work.add_plan(plan, account.customer.id)
    words = f"{ask.by.name} {'agreed' if ask.accepted_how else 'proposed'} a plan of {len(plan.instalments)} instalments"
    facts = {"plan": str(plan.id), "how": ask.accepted_how, "amount": balances(account).open_of(item.id)}
    await note_act(work, account, item, ask.by, "plan.accepted" if ask.accepted_how else "plan.proposed", words, clock.now(), **facts)
    return PlanSet(account, item, plan)


def _plan(item: Item, parts: Sequence[Instalment], ask: ProposePlan, clock: Clock) -> Plan:
    now, plan = clock.now(), PlanId(new_id())
    instalments = tuple(
        Item(ItemId(new_id()), f"{item.number}/{n}", part.amount, part.due_on, now, now.date(), ItemKind.INSTALMENT, plan)
        for n, part in enumerate(parts, 1)
    )
    accepted = bool(ask.accepted_how)
    state = PlanState.ACTIVE if accepted else PlanState.PROPOSED
    who, when = (ask.by.id, now) if accepted else (None, None)
    return Plan(plan, (item.id,), instalments, state, ask.by.id, now, who, when, ask.accepted_how)


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """The customer's word on a proposed plan, as told to staff. `how` is empty for a no."""

    plan: PlanId
    by: User
    how: str = ""
    seen: int | None = None


async def answer_plan(ask: AnswerPlan, work: UnitOfWork, clock: Clock) -> PlanSet:
    """Accepts or declines; raises `AlreadyDone` when the plan is no longer merely proposed, `NotAllowed` beyond the limit."""
    found, _ = await work.plan(ask.plan)
    account, item = await item_to_act_on(work, found.covers[0], ask.by, ask.seen)
    plan, _ = await work.plan(ask.plan)
    if plan.state is not PlanState.PROPOSED:
        raise AlreadyDone(f"The plan for {item.number} is {plan.state.value} already.")
    if ask.how:
        _still_right(account, item, plan, ask.by)
    state = PlanState.ACTIVE if ask.how else PlanState.DECLINED
    await work.set_plan(plan.id, state, ask.by.id, clock.now(), ask.how)
    words = f"{ask.by.name} noted that the customer {'accepted' if ask.how else 'declined'} the plan"
    await note_act(work, account, item, ask.by, f"plan.{state.value}", words, clock.now(), plan=str(plan.id), how=ask.how)
    return PlanSet(account, item, (await work.plan(plan.id))[0])


def _still_right(account: Account, item: Item, plan: Plan, by: User) -> None:
    whole = balances(account).open_of(item.id)
    planned = sum(part.total.minor for part in plan.instalments)
    if planned != whole.minor:
        raise Refused(f"{whole} is open now, but the plan was drawn up for another amount; propose a new one.")
    parts = tuple(Instalment(part.due_on, part.total) for part in plan.instalments if part.due_on is not None)
    agreed = account.book.place.day(plan.at)
    if beyond_limit(whole, parts, Money.of(LIMIT_MAJOR_UNITS, whole.currency), agreed) is not None:
        require(by, Right.AGREE_LARGE_PLAN)
