"""What a step or an event does beside alerts and reminders: fees, approvals, tasks, receipts, words to owners, plans, hand-overs."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Many

from workflows.domain.account import ListedItem
from workflows.domain.decision import Action, ActionKind
from workflows.domain.deeds import Charge, HandOver, MakeTask, Notify, OfferPlan, SendReceipt
from workflows.domain.events import EventName
from workflows.domain.fees import fee
from workflows.domain.finish import FINISHED, finish
from workflows.domain.gates import Free, before, free
from workflows.domain.happenings import happenings
from workflows.domain.lateness import late_now
from workflows.domain.money import Money
from workflows.domain.policy import Alert, Do, Escalate, Mode, Remind, Sequence
from workflows.domain.standing import Standing
from workflows.domain.telling import about_to_be_written_of
from workflows.domain.values import value
from workflows.domain.view import View
from workflows.domain.windows import next_allowed

NOTIFY = "notify:"  # and who, and the step: what a word to a colleague is remembered by


@value
class Cause:
    """Why something is done: a step an item reached, or an event. It is remembered by its first item, its name and occurrence.

    One that is the whole account's is remembered whichever item leads.
    """

    name: str
    items: tuple[Standing, ...]
    do: tuple[Do, ...]
    occurrence: int
    because: str
    is_event: bool = False
    of_account: bool = False

    @property
    def leader(self) -> Standing:
        return self.items[0]

    @property
    def listed(self) -> tuple[ListedItem, ...]:
        return tuple(ListedItem(seen.item.id, self.name, self.occurrence, leads=not n) for n, seen in enumerate(self.items))


def acts(view: View, notices: Many[Action]) -> tuple[Action, ...]:
    """Everything that is not done yet, in the order of the policy."""
    causes = list(_causes(view))
    memory = _Memory(view, notices) if causes else None
    found = [action for cause in causes for action in _of(view, cause, memory)] if memory else []
    return (*found, *_finished(view))


def _causes(view: View) -> Iterator[Cause]:
    for seen, step in view.reached:
        if seen.rung is not None and (step.does_more or view.policy.mode is Mode.DRAFT):
            yield Cause(step.name, (seen,), step.do, seen.rung.occurrence, f"The step {step.name} is reached.")
    for one in happenings(view):
        yield Cause(one.name, one.items, one.rule.do, one.occurrence, one.because, is_event=True, of_account=one.of_account)


class _Memory:
    """What was done already."""

    def __init__(self, view: View, notices: Many[Action]) -> None:
        self._view = view
        self._charged = {(fee.item, fee.step) for fee in view.account.fees}
        self._told = {(one.step, one.occurrence) for one in view.account.raised}
        self.writes_first = about_to_be_written_of(view, notices)
        written = (notice for notice in view.account.notices if notice.state.counts)
        self._said = {(one.item, one.step, one.occurrence) for notice in written for one in notice.items} if view.policy.events else set()

    def told(self, cause: Cause, word: str = "") -> bool:
        name = f"{word}{cause.name}"
        if cause.of_account:
            return (name, cause.occurrence) in self._told
        return (cause.leader.item.id, name, cause.occurrence) in self._view.raised

    def has_task(self, cause: Cause, key: str) -> bool:
        if not cause.of_account:
            return key in self._view.task_keys
        kind, end = key.partition(":")[0], f":{cause.name}:{cause.occurrence}"
        return any(one.startswith(f"{kind}:") and one.endswith(end) for one in self._view.task_keys)

    def charged(self, cause: Cause) -> bool:
        return (cause.leader.item.id, cause.name) in self._charged

    def said(self, cause: Cause) -> bool:
        if cause.of_account:
            return any((cause.name, cause.occurrence) == (step, count) for _, step, count in self._said)
        return (cause.leader.item.id, cause.name, cause.occurrence) in self._said


def _of(view: View, cause: Cause, memory: _Memory) -> Iterator[Action]:
    allowed = free(cause.do, view.policy.mode, view.gate(cause.leader.item.id, cause.name))
    for one in allowed.do:
        yield from _one(view, cause, one, memory)
    yield from _ask(cause, allowed)


def _one(view: View, cause: Cause, one: Do, memory: _Memory) -> Iterator[Action]:
    match one:
        case Charge():
            yield from _charge(view, cause, one, memory)
        case MakeTask() | OfferPlan() | HandOver():
            yield from _to_do(cause, one, memory)
        case Notify(who=who) if not memory.told(cause, f"{NOTIFY}{who}:"):
            yield _staff(cause, ActionKind.NOTIFY, f"{NOTIFY}{who}:{cause.name}", to=who)
        case Alert() | Escalate() if cause.is_event and not memory.told(cause):
            yield _staff(cause, ActionKind.ALERT if isinstance(one, Alert) else ActionKind.ESCALATE, cause.name)
        case Remind() if cause.is_event:
            yield from _message(view, cause, one, memory)
        case SendReceipt():
            yield from _message(view, cause, one, memory)
        case _:
            pass


def _to_do(cause: Cause, one: MakeTask | OfferPlan | HandOver, memory: _Memory) -> Iterator[Action]:
    match one:
        case MakeTask(what=what, for_owner=for_owner):
            yield from _task(cause, ActionKind.TASK, what, "owner" if for_owner else None, memory)
        case OfferPlan():
            yield from _task(cause, ActionKind.OFFER_PLAN, "Offer a payment plan", "owner", memory)
        case HandOver(to=to) if cause.leader.item.id not in memory.writes_first:
            yield from _task(cause, ActionKind.HAND_OVER, f"Hand over to {to}", None, memory)


def _ask(cause: Cause, allowed: Free) -> Iterator[Action]:
    if allowed.ask is not None:
        listed, key = cause.listed, f"approval:{cause.leader.item.id}:{cause.name}"
        because = f"The step {cause.name} needs an approval." if not cause.is_event else cause.because
        yield Action(ActionKind.APPROVAL, cause.name, listed, key, because, amounts=_sums(cause), ask=allowed.ask)


def _charge(view: View, cause: Cause, charge: Charge, memory: _Memory) -> Iterator[Action]:
    """A fee that stands after a reminder waits until that is sent."""
    seen = cause.leader
    remind = next((one for one in before(cause.do, Charge) if isinstance(one, Remind)), None)
    writes_before = remind is not None and not cause.is_event and seen.rung is not None and not seen.ladder.was_said(seen.rung)
    if memory.charged(cause) or writes_before:
        return
    amount = fee(charge, seen.item, view.balances, seen.days_past_due or 0)
    if amount.minor > 0:
        key = f"fee:{seen.item.id}:{cause.name}"
        yield Action(ActionKind.FEE, cause.name, cause.listed[:1], key, f"{cause.because} A fee is charged.", amounts=(amount,))


def _task(cause: Cause, kind: ActionKind, what: str, to: str | None, memory: _Memory) -> Iterator[Action]:
    key = f"{kind.value}:{cause.leader.item.id}:{cause.name}:{cause.occurrence}"
    if not memory.has_task(cause, key):
        yield Action(kind, cause.name, cause.listed, key, cause.because, amounts=_sums(cause), to=to, what=what)


def _staff(cause: Cause, kind: ActionKind, said: str, to: str | None = None) -> Action:
    listed = tuple(ListedItem(one.item, said, one.occurrence, one.leads) for one in cause.listed)
    key = f"{kind.value}:{cause.leader.item.id}:{cause.name}:{cause.occurrence}"
    return Action(kind, cause.name, listed, key, cause.because, amounts=_sums(cause), to=to)


def _message(view: View, cause: Cause, one: SendReceipt | Remind, memory: _Memory) -> Iterator[Action]:
    """A message of its own beside the day's reminder; what is paused is not asked for. It keeps the hours, not the gap."""
    is_receipt = isinstance(one, SendReceipt)
    via = tuple(channel for channel in one.via if channel in view.channels)
    if memory.said(cause) or not via or not (is_receipt or cause.leader.chased) or _waits(view, cause, is_receipt=is_receipt):
        return
    may_leave = view.is_fresh and next_allowed(view.policy, view.account.customer.place, view.now) <= view.now
    kind = (ActionKind.RECEIPT if is_receipt else ActionKind.REMIND) if may_leave else ActionKind.NONE
    key = f"notice:{view.account.customer.id}:{view.day.isoformat()}:{cause.name}:{cause.leader.item.id}"
    words = one.template
    over = via if isinstance(one, Remind) and one.every else via[:1]
    yield Action(kind, cause.name, cause.listed, key, cause.because, amounts=_sums(cause), template=words, via=over, day=view.day)


def _waits(view: View, cause: Cause, *, is_receipt: bool) -> bool:
    """Notice of a late instalment is given on a business day."""
    if is_receipt or cause.name != EventName.PLAN_LATE:
        return False
    late = late_now(view.policy, view.account, view.balances, view.book_day)
    return any(one.part.id == cause.leader.item.id and view.book_day < one.notice_on for one in late)


def _sums(cause: Cause) -> tuple[Money, ...]:
    sums: dict[str, Money] = {}
    for seen in cause.items:
        sums[seen.open.currency] = sums.get(seen.open.currency, Money.zero(seen.open.currency)) + seen.open
    return tuple(sums[code] for code in sorted(sums))


def _finished(view: View) -> Iterator[Action]:
    """Once for the account where one item leads, else once for each."""
    told = {(one.item, one.occurrence) for one in view.account.raised if one.step == FINISHED}
    one = view.policy.sequence
    for seen, occurrence in finish(view):
        is_told = any(count == occurrence and (one is Sequence.CUSTOMER or item == seen.item.id) for item, count in told)
        if not is_told:
            step = view.policy.steps[-1].name if seen.rung is None else seen.ladder.step(seen.rung).name
            listed = (ListedItem(seen.item.id, FINISHED, occurrence, leads=True),)
            key = f"finished:{seen.item.id}:{occurrence}"
            yield Action(ActionKind.FINISHED, step, listed, key, "The policy does nothing more by itself.", amounts=(seen.open,))
