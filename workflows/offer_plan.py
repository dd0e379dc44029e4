"""A payment plan on the customer's word: proposed (a large one only once a second person agrees), accepted, declined, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflows.acting import item_to_act_on, note_act
from workflows.ask_approval import Requested, Wish, ask_approval
from workflows.domain.access import User
from workflows.domain.account import Account, Item, ItemKind, Plan, PlanState
from workflows.domain.allocation import balances
from workflows.domain.approvals import Approval, ApprovalKind
from workflows.domain.approving import ADDS_UP_FOR, Limits, terms_of
from workflows.domain.ids import ItemId, PlanId, UserId, new_id
from workflows.domain.money import Money, total
from workflows.domain.plans import BadTerms, Instalment, Rhythm, beyond_limit, schedule
from workflows.errors import AlreadyDone, BadEntry, Refused
from workflows.ports import Clock, UnitOfWork

_RUNS = frozenset({PlanState.PROPOSED, PlanState.ACTIVE})
_CAME_TO_NOTHING = frozenset({PlanState.DECLINED, PlanState.CANCELLED})


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
    """`beyond` says why somebody else has to approve it; null when it needs nobody."""

    account: Account
    item: Item
    terms: Terms
    instalments: tuple[Instalment, ...]
    beyond: str | None


async def preview_plan(ask: PreviewPlan, work: UnitOfWork, clock: Clock, limits: Limits) -> PlanPreview:
    """The schedule to the cent; raises `Refused` for terms that cannot be."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    return _preview(account, item, ask.terms, clock, limits)


def _preview(account: Account, item: Item, terms: Terms, clock: Clock, limits: Limits) -> PlanPreview:
    left = balances(account).open_of(item.id)
    if left.minor <= 0:
        raise Refused(f"{item.number} is paid; there is nothing to spread.")
    if item.kind is ItemKind.INSTALMENT or _running(account, item) is not None:
        raise Refused(f"{item.number} has a plan already; end that one first.")
    if terms.first_on < account.book.place.day(clock.now()):
        raise BadEntry({"first": "The first instalment cannot be due in the past; choose today or a later day."})
    try:
        parts = schedule(left, count=terms.count, rhythm=terms.rhythm, first_on=terms.first_on, deposit=terms.deposit)
    except BadTerms as bad:
        raise BadEntry({bad.term: str(bad)}) from None
    today = account.book.place.day(clock.now())
    sum_ = _spread_before(account, left, clock.now())
    return PlanPreview(account, item, terms, parts, beyond_limit(sum_, parts, Money.of(str(limits.plan), left.currency), today))


def _spread_before(account: Account, amount: Money, now: datetime) -> Money:
    """The amount with that of the customer's plans of thirty days, so that splitting one into several helps nobody."""
    plans = (one for one in account.plans if one.at >= now - ADDS_UP_FOR and one.state not in _CAME_TO_NOTHING)
    parts = (part.total for plan in plans for part in plan.instalments)
    return total((amount, *(one for one in parts if one.currency == amount.currency)), amount.currency)


def _running(account: Account, item: Item) -> Plan | None:
    return next((plan for plan in account.plans if item.id in plan.covers and plan.state in _RUNS), None)


@dataclass(frozen=True, slots=True)
class ProposePlan:
    """`accepted_how` is the customer's word (by phone, in writing); empty while their answer is awaited. `why` is for whoever approves."""

    item: ItemId
    terms: Terms
    by: User
    accepted_how: str = ""
    why: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class PlanSet:
    account: Account
    item: Item
    plan: Plan


async def propose_plan(ask: ProposePlan, work: UnitOfWork, clock: Clock, limits: Limits) -> PlanSet | Requested:
    """Beyond the limits somebody else has to approve it first. Raises what `preview_plan` raises."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    preview = _preview(account, item, ask.terms, clock, limits)
    amount = balances(account).open_of(item.id)
    if preview.beyond is not None:
        return await _ask(ask, preview, amount, work, clock)
    plan = _plan(item, preview.instalments, ask.by.id, ask.accepted_how, PlanId(new_id()), clock.now())
    await work.add_plan(plan, account.customer.id)
    words = f"{ask.by.name} {'agreed' if ask.accepted_how else 'proposed'} a plan of {len(plan.instalments)} instalments"
    facts = {"plan": str(plan.id), "how": ask.accepted_how, "amount": amount}
    await note_act(work, account, item, ask.by, "plan.accepted" if ask.accepted_how else "plan.proposed", words, clock.now(), **facts)
    return PlanSet(account, item, plan)


async def _ask(ask: ProposePlan, preview: PlanPreview, amount: Money, work: UnitOfWork, clock: Clock) -> Requested:
    """The terms hold the whole schedule, so that what is approved is what was asked for to the cent."""
    if not ask.why.strip():
        raise BadEntry({"reason": "Say in a few words why; whoever approves it reads it first."})
    plan = new_id()
    parts = [[part.due_on.isoformat(), part.amount.plain] for part in preview.instalments]
    wish = Wish(ApprovalKind.PLAN, amount, ask.why.strip(), {"plan": str(plan), "parts": parts, "how": ask.accepted_how}, plan)
    return await ask_approval(wish, preview.account, preview.item, ask.by, work, clock)


def unfit(approval: Approval, account: Account, today: date) -> str | None:
    """Why an approved plan cannot be set up any more."""
    item = next((one for one in account.items if one.id == approval.item), None)
    if item is None or _running(account, item) is not None:
        return "there is another plan meanwhile"
    left = balances(account).open_of(item.id)
    if approval.amount != left:
        return f"{left:,} is open now, and the plan was drawn up for another amount"
    first = min(str(due) for due, _ in terms_of(approval)["parts"])
    return "its first instalment is past due" if first < today.isoformat() else None


async def carry_out(approval: Approval, account: Account, work: UnitOfWork, clock: Clock) -> bool:
    """Sets up the plan that was approved: running when the customer has agreed, else proposed to them."""
    item = next((one for one in account.items if one.id == approval.item), None)
    if item is None or approval.by is None:
        return False
    terms = terms_of(approval)
    parts = tuple(Instalment(date.fromisoformat(due), Money.of(amount, item.total.currency)) for due, amount in terms["parts"])
    plan = _plan(item, parts, approval.by, str(terms["how"]), PlanId(approval.subject), clock.now())
    await work.add_plan(plan, account.customer.id)
    return True


def _plan(item: Item, parts: Sequence[Instalment], by: UserId, how: str, plan: PlanId, now: datetime) -> Plan:
    instalments = tuple(
        Item(ItemId(new_id()), f"{item.number}/{n}", part.amount, part.due_on, now, now.date(), ItemKind.INSTALMENT, plan)
        for n, part in enumerate(parts, 1)
    )
    state = PlanState.ACTIVE if how else PlanState.PROPOSED
    who, when = (by, now) if how else (None, None)
    return Plan(plan, (item.id,), instalments, state, by, now, who, when, how)


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """The customer's word on a proposed plan, as told to staff. `how` is empty for a no."""

    plan: PlanId
    by: User
    how: str = ""
    seen: int | None = None


async def answer_plan(ask: AnswerPlan, work: UnitOfWork, clock: Clock) -> PlanSet:
    """Accepts or declines; raises `AlreadyDone` when the plan is no longer merely proposed."""
    found, _ = await work.plan(ask.plan)
    account, item = await item_to_act_on(work, found.covers[0], ask.by, ask.seen)
    plan, _ = await work.plan(ask.plan)
    if plan.state is not PlanState.PROPOSED:
        raise AlreadyDone(f"The plan for {item.number} is {plan.state.value} already.")
    if ask.how:
        _still_right(account, item, plan)
    state = PlanState.ACTIVE if ask.how else PlanState.DECLINED
    await work.set_plan(plan.id, state, ask.by.id, clock.now(), ask.how)
    words = f"{ask.by.name} noted that the customer {'accepted' if ask.how else 'declined'} the plan"
    await note_act(work, account, item, ask.by, f"plan.{state.value}", words, clock.now(), plan=str(plan.id), how=ask.how)
    return PlanSet(account, item, (await work.plan(plan.id))[0])


def _still_right(account: Account, item: Item, plan: Plan) -> None:
    whole = balances(account).open_of(item.id)
    planned = sum(part.total.minor for part in plan.instalments)
    if planned != whole.minor:
        raise Refused(f"{whole} is open now, but the plan was drawn up for another amount; propose a new one.")


@dataclass(frozen=True, slots=True)
class CancelPlan:
    """The plan that covers the item, or whose instalment it is."""

    item: ItemId
    why: str
    by: User
    seen: int | None = None


async def cancel_plan(ask: CancelPlan, work: UnitOfWork, clock: Clock) -> PlanSet:
    """What it covered is chased again by its own due days; money that came for instalments counts. Raises `Refused` without a reason or plan."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    plan = next((one for one in account.plans if one.state in _RUNS and (item.id in one.covers or item.plan == one.id)), None)
    if plan is None:
        raise Refused(f"{item.number} has no plan that could be cancelled.")
    if not ask.why.strip():
        raise Refused("Say in a few words why; colleagues read it on the card.")
    now, covered = clock.now(), account.item(plan.covers[0])
    await work.set_plan(plan.id, PlanState.CANCELLED, ask.by.id, now)
    await note_act(
        work, account, covered, ask.by, "plan.cancelled", f"{ask.by.name} cancelled the plan: {ask.why.strip()}", now, plan=str(plan.id)
    )
    return PlanSet(account, covered, (await work.plan(plan.id))[0])
