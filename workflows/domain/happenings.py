"""Which events of a policy have happened to an account, each with the items it is about and a number of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from workflows.domain.account import Account, PlanState
from workflows.domain.events import EventName, Trigger
from workflows.domain.finish import finish
from workflows.domain.ids import ItemId
from workflows.domain.lateness import late_now
from workflows.domain.policy import EventRule
from workflows.domain.standing import Standing
from workflows.domain.values import value
from workflows.domain.view import View

_DAY = timedelta(days=1)
NEWS = timedelta(days=7)  # what happened longer ago is history, not news
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime.fromtimestamp(0, UTC)
_WEEK, _FORTNIGHT = 7, 14


@value
class Happening:
    """An event as it befell `items`, the one it is remembered by first. `occurrence` tells it from others of its name."""

    rule: EventRule
    items: tuple[Standing, ...]
    occurrence: int
    because: str
    on: date
    of_account: bool = False

    @property
    def name(self) -> str:
        return self.rule.on.name.value


def happenings(view: View) -> Iterator[Happening]:
    """Those of the last days that no pause let go, done with or not."""
    if not view.policy.events or any(hold.item is None for hold in view.running_holds):
        return
    for rule in view.policy.events:
        for found in _of(view, rule):
            ladder = found.items[0].ladder
            is_let_go = ladder.paused_to is not None and ladder.lets_go_before(found.on)
            if view.book_day - NEWS <= found.on <= view.book_day and not is_let_go:
                yield found


def _of(view: View, rule: EventRule) -> Iterator[Happening]:
    match rule.on.name:
        case EventName.OVERDUE:
            yield from _overdue(view, rule)
        case EventName.PROMISE_BROKEN:
            yield from _promises(view, rule)
        case EventName.PLAN_LATE | EventName.PLAN_DEFAULTED | EventName.INSTALMENT_CREATED:
            yield from _plans(view, rule)
        case EventName.PAYMENT_RECEIVED | EventName.PAYMENT_FAILED:
            yield from _payments(view, rule)
        case EventName.FLAGGED | EventName.REPLY_RECEIVED:
            yield from _said(view, rule)
        case EventName.END_OF_SEQUENCE:
            yield from _ends(view, rule)
        case EventName.BALANCE_OVER:
            yield from _over(view, rule)
        case EventName.WEEKLY | EventName.FORTNIGHTLY | EventName.MONTHLY:
            yield from _periods(view, rule)


def _overdue(view: View, rule: EventRule) -> Iterator[Happening]:
    for seen in view.overdue:
        if seen.item.due_on is not None:
            on = seen.item.due_on + _DAY
            yield Happening(rule, (seen,), on.toordinal(), "It is overdue.", on)


def _promises(view: View, rule: EventRule) -> Iterator[Happening]:
    for seen in view.chased:
        if (on := view.broke_on(seen.item.id)) is not None:
            yield Happening(rule, (seen,), on.toordinal(), "The promise was not kept.", on)


def _plans(view: View, rule: EventRule) -> Iterator[Happening]:
    if rule.on.name is EventName.PLAN_LATE:
        for late in late_now(view.policy, view.account, view.balances, view.book_day):
            if (seen := view.standing(late.part.id)) is not None:
                yield Happening(rule, (seen,), late.on.toordinal(), "An instalment of the plan is late.", late.on)
        return
    for plan in view.account.plans:
        began = view.account.book.place.day(plan.accepted_at or plan.at)
        if rule.on.name is EventName.INSTALMENT_CREATED and plan.state is PlanState.ACTIVE:
            yield from _plan(view, rule, [part.id for part in plan.instalments], "A payment plan was agreed.", began)
        elif rule.on.name is EventName.PLAN_DEFAULTED and plan.state is PlanState.DEFAULTED and plan.ended_at is not None:
            on = view.account.book.place.day(plan.ended_at)
            yield from _plan(view, rule, plan.covers, "The payment plan was not kept; the whole is due again.", on)


def _plan(view: View, rule: EventRule, items: Sequence[ItemId], because: str, on: date) -> Iterator[Happening]:
    seen = tuple(one for item in items if (one := view.standing(item)) is not None)
    if seen:
        yield Happening(rule, seen, on.toordinal(), because, on)


def _payments(view: View, rule: EventRule) -> Iterator[Happening]:
    """Money of one day for one item is one payment; what came in and was taken back on one day never came."""
    failed = rule.on.name is EventName.PAYMENT_FAILED
    days: dict[tuple[ItemId, date], Standing] = {}
    for paid in view.account.payments:
        on = paid.reversed_on if failed else paid.paid_on
        if on is None or on < view.book_day - NEWS or (not failed and paid.reversed_on is not None):
            continue
        if (seen := _paid_for(view, paid.item)) is not None:
            days.setdefault((seen.item.id, on), seen)
    because = "A payment failed or was taken back." if failed else "Money came in."
    for (_, on), seen in days.items():
        yield Happening(rule, (seen,), on.toordinal(), because, on)


def _paid_for(view: View, item: ItemId | None) -> Standing | None:
    """The item itself; of a plan that no longer runs its first invoice; of money on account the oldest item there is."""
    if item is None:
        return min(view.seen, key=lambda seen: (seen.item.due_on or date.max, seen.item.number), default=None)
    found = view.standing(item)
    if found is None:
        covers = next((plan.covers for plan in view.account.plans if any(part.id == item for part in plan.instalments)), ())
        found = view.standing(covers[0]) if covers else None
    return found


def _said(view: View, rule: EventRule) -> Iterator[Happening]:
    day = view.account.book.place.day
    if rule.on.name is EventName.FLAGGED:
        for flag in view.account.flags:
            if (seen := view.standing(flag.item)) is not None:
                yield Happening(rule, (seen,), _minute(flag.at), "A colleague flagged it.", day(flag.at))
        return
    for reply in view.account.replies:
        items = tuple(one for item in reply.items if (one := view.standing(item)) is not None)
        about = items or tuple(filter(None, [_paid_for(view, None)]))
        if about:
            yield Happening(rule, about, _minute(reply.at), "The customer answered.", day(reply.at))


def _minute(at: datetime) -> int:
    """Minutes since 1970: a number that fits where counts are kept."""
    return (at - _EPOCH) // _MINUTE


def _ends(view: View, rule: EventRule) -> Iterator[Happening]:
    for seen, occurrence in finish(view):
        yield Happening(rule, (seen,), occurrence, "The last step was reached.", view.book_day, of_account=True)


def _over(view: View, rule: EventRule) -> Iterator[Happening]:
    for code in rule.on.over:
        on = _crossed(view.account, rule.on, code)
        owing = [seen for seen in view.seen if seen.open.currency == code and seen.open.minor > 0]
        if on is not None and owing:
            leader = min(owing, key=lambda seen: (seen.item.due_on or date.max, seen.item.number))
            yield Happening(rule, (leader,), on.toordinal(), f"More than {rule.on.over[code]} is open.", on, of_account=True)


def _crossed(account: Account, trigger: Trigger, code: str) -> date | None:
    """The day on which what is open last rose above the sum; null while it is not above it."""
    day, limit = account.book.place.day, trigger.over[code].minor
    moves = [(day(item.seen_at), item.total.minor) for item in account.items if item.total.currency == code]
    moves += [(paid.paid_on, -paid.amount.minor) for paid in account.payments if paid.reversed_on is None and paid.amount.currency == code]
    moves += [
        (note.credited_on, -note.amount.minor) for note in account.credits if note.reversed_on is None and note.amount.currency == code
    ]
    left, since = 0, None
    for on, change in sorted(moves):
        was, left = left, left + change
        since = None if left <= limit else on if was <= limit else since
    return since


def _periods(view: View, rule: EventRule) -> Iterator[Happening]:
    """Over everything overdue, for accounts that were known before the period began."""
    began = period_start(rule.on.name, view.book_day)
    known = min((item.seen_at for item in view.account.items), default=None)
    if known is None or view.account.book.place.day(known) >= began or not view.overdue:
        return
    yield Happening(rule, tuple(view.overdue), began.toordinal(), f"It is the {rule.on.name} statement.", began, of_account=True)


def period_start(name: EventName, today: date) -> date:
    """The Monday of the week, every second Monday, or the first of the month; the day itself for any other event."""
    if name is EventName.MONTHLY:
        return today.replace(day=1)
    length = _FORTNIGHT if name is EventName.FORTNIGHTLY else _WEEK
    return today - timedelta(days=(today.toordinal() - 1) % length)


def period_ends(view: View) -> Iterator[date]:
    """The next days on which one of the policy's periods begins."""
    for rule in view.policy.events:
        if rule.on.name in {EventName.WEEKLY, EventName.FORTNIGHTLY}:
            length = _FORTNIGHT if rule.on.name is EventName.FORTNIGHTLY else _WEEK
            yield period_start(rule.on.name, view.book_day) + timedelta(days=length)
        elif rule.on.name is EventName.MONTHLY:
            yield (period_start(rule.on.name, view.book_day) + timedelta(days=31)).replace(day=1)
