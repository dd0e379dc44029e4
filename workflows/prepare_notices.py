"""Messages to customers before they leave: claimed, decided once more on the facts of this moment, written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workflows.acting import entry, record
from workflows.deliver_notices import (
    DOCUMENT_MISSING,
    LEASE,
    Outcome,
    Ready,
    addressees,
    no_longer_waits,
    note,
    note_outcomes,
    notice_of,
    settle_abandoned,
    tell,
)
from workflows.domain.account import Account, ListedItem, Notice, NoticeState
from workflows.domain.decide import decide, to_do
from workflows.domain.decision import Action, ActionKind, Decision
from workflows.domain.doubt import BY_RELEASE, Doubt, Restoration, doubt_of
from workflows.domain.events import EVENT_NAMES
from workflows.domain.freshness import fresh_under
from workflows.domain.guard_rows import Effect as GuardEffect
from workflows.domain.guards import Verdict
from workflows.domain.ids import CustomerId, NoticeId
from workflows.domain.messages import Letter, Message, Wording
from workflows.domain.policy import Policy
from workflows.domain.reach import channels
from workflows.domain.windows import next_allowed
from workflows.errors import DocumentMissing, Refused
from workflows.guard_notice import guarded
from workflows.ports import Clock, Letters, Policies, UnitOfWork
from workflows.records import Effect, OutboxRow, OutboxState
from workflows.write_letter import EDITED, LANGUAGE, OVERRIDDEN, fingerprint, letter, listed_by_hand

RESERVED = timedelta(seconds=35)  # how long a worker that says nothing more keeps others from what it wrote ahead
FRESH = timedelta(seconds=30)  # written longer ago, a message is decided and written anew before it leaves
DOCUMENT_PAUSE = timedelta(minutes=30)
STUCK_PAUSE = timedelta(hours=1)
EDITED_IN_VAIN = "What it says changed after it was edited; look at it again, and send it anew if it is still wanted."
_MESSAGES = frozenset({ActionKind.REMIND, ActionKind.RECEIPT, ActionKind.NONE})


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message reserved for this worker, with the account it is to, without itself. `edited` is what a person made of it.

    `changes` differs once anything about the account did; `copies` are what this database was put back from.
    """

    row: OutboxRow
    notice: Notice
    account: Account
    changes: int
    edited: Message | None = None
    copies: Sequence[Restoration] = ()


@dataclass(frozen=True, slots=True)
class _Due:
    """What the message says now. `listed` is all of it in the order that is kept, the leader first."""

    template: str
    overdue: tuple[ListedItem, ...]
    upcoming: tuple[ListedItem, ...]
    listed: tuple[ListedItem, ...]
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """It may leave, and says this. `verdict` is what the rules of law said."""

    message: Message
    due: _Due
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Dropped:
    """It does not leave, and why: suppressed, or failed where nobody decided so."""

    because: str
    state: NoticeState = NoticeState.SUPPRESSED


@dataclass(frozen=True, slots=True)
class Stuck:
    """An error of our own came up; it is tried again later."""

    because: str


Found = Written | Dropped | Stuck | Doubt | DocumentMissing | Verdict


async def claim_notices(work: UnitOfWork, channel: str, clock: Clock, limit: int) -> Sequence[Claimed]:
    """What waits for the channel, its accounts locked. It stays `queued`, reserved: a worker that dies now has sent none of it."""
    reserved = await work.reserve(Effect.NOTICE, channel, clock.now(), limit, RESERVED)
    owners = await addressees(reserved, work, clock)
    rows = {notice_of(row): row for row in reserved if notice_of(row) in owners}
    customers = list(dict.fromkeys(owners.values()))
    changes = await work.lock_accounts(customers)
    accounts = {account.customer.id: account for account in await work.accounts(customers)}
    edited = {notice: await work.body(notice) for notice, row in rows.items() if EDITED in row.payload}
    copies = await work.restorations() if rows else ()
    return [
        Claimed(row, *_apart(accounts[owners[notice]], notice), changes[owners[notice]], edited.get(notice), copies)
        for notice, row in rows.items()
    ]


def _apart(account: Account, notice: NoticeId) -> tuple[Notice, Account]:
    mine = next(one for one in account.notices if one.id == notice)
    return mine, replace(account, notices=tuple(other for other in account.notices if other.id != notice))


def prepare(claimed: Claimed, policies: Policies, letters: Letters, clock: Clock) -> Found:
    """Decided once more, written, and judged by the rules of law."""
    account, notice = claimed.account, claimed.notice
    policy = policies.of(account)
    due = _still_due(policy, account, notice, clock.now())
    if isinstance(due, Dropped):
        return due
    if (doubted := doubt_of(claimed.copies, policy, account, notice, due.listed[0], claimed.row.attempts)) is not None:
        return doubted
    try:
        message = _written(claimed, letter(policy, account, due.template, due.overdue, due.upcoming, clock, notice.channel), letters)
    except DocumentMissing as missing:
        return missing
    except Refused as refused:
        return Dropped(str(refused), NoticeState.FAILED)
    if message is None:
        return Dropped(EDITED_IN_VAIN)
    verdict = guarded(account, notice, message, clock.now())
    return verdict if verdict.effect > GuardEffect.WARN else Written(message, due, verdict)


def _written(claimed: Claimed, asked: Letter, letters: Letters) -> Message | None:
    """In the language and words a person gave it, if one did; null when it would say something else by now than what they edited."""
    if LANGUAGE in claimed.row.payload:
        asked = replace(asked, language=str(claimed.row.payload[LANGUAGE]))
    message = letters.write(asked)
    if EDITED not in claimed.row.payload:
        return message
    kept = claimed.edited
    if kept is None or claimed.row.payload[EDITED] != fingerprint(message):
        return None
    return letters.write(replace(asked, wording=Wording(kept.subject, kept.text)))


async def keep_prepared(found: Sequence[tuple[Claimed, Found]], work: UnitOfWork, clock: Clock) -> Sequence[Ready]:
    """What may leave, its text kept; what no longer holds is suppressed or put off. In the unit in which it was claimed."""
    written: list[tuple[Claimed, Written]] = []
    for claimed, one in found:
        if isinstance(one, Written):
            written.append((claimed, one))
        else:
            await _stays(claimed, one, work, clock)
    for claimed, one in written:
        if (one.due.listed, one.due.currencies) != (claimed.notice.items, claimed.notice.currencies):
            await work.relist_notice(claimed.notice.id, one.due.listed, one.due.currencies)
    digests = await work.keep_bodies({claimed.notice.id: one.message for claimed, one in written})
    return [_ready(claimed, one, digests[claimed.notice.id], clock.now()) for claimed, one in written]


def _ready(claimed: Claimed, one: Written, digest: str, now: datetime) -> Ready:
    items = tuple(entry.item for entry in one.due.listed)
    facts = {"attempt": claimed.row.attempts, "sha256": digest, **one.verdict.kept}
    customer, book = claimed.account.customer.id, claimed.account.book.id
    return Ready(claimed.row, claimed.notice.id, claimed.notice.channel, one.message, customer, book, items, claimed.changes, now, facts)


async def note_and_clear(
    outcomes: Sequence[tuple[Ready, Outcome]], ready: Sequence[Ready], work: UnitOfWork, clock: Clock
) -> Sequence[Ready]:
    """Notes what came of some messages, and clears others, as one unit: returns those that leave now, their rows `sending`.

    Commit before anything is sent, so that a crash knows the vendor may have been called. Where anything about the account changed since
    a message was written it is handed back, to be decided anew, and so is one that was written long ago.
    """
    noted = {one.customer for one, _ in outcomes}
    changes = await work.lock_accounts([*noted, *(one.customer for one in ready)])
    await note_outcomes(outcomes, work, clock)
    unchanged = {customer: number for customer, number in changes.items() if customer not in noted}
    return await _clear(ready, unchanged, work, clock) if ready else ()


async def _clear(ready: Sequence[Ready], changes: Mapping[CustomerId, int], work: UnitOfWork, clock: Clock) -> Sequence[Ready]:
    now = clock.now()
    fit = [one for one in ready if changes.get(one.customer) == one.changes and now - one.written_at <= FRESH]
    sending = await work.set_sending([one.row for one in fit], now, LEASE) if fit else ()
    leaving = [one for one in fit if one.row.id in sending]
    if len(leaving) < len(ready):
        await work.hand_back([one.row for one in ready if one.row.id not in sending])
    await work.record_all([entry("duebot", now, "notice.sending", _sending(one)) for one in leaving])
    return [replace(one, row=replace(one.row, state=OutboxState.SENDING, claimed_at=now)) for one in leaving]


def _sending(one: Ready) -> Mapping[str, object]:
    return {"notice": str(one.notice), "channel": one.channel, **one.facts}


async def hand_back(ready: Sequence[Ready], work: UnitOfWork) -> None:
    """Reserved or cleared, and not handed over: the next worker may have it at once."""
    await work.hand_back([one.row for one in ready])


async def _stays(claimed: Claimed, found: Dropped | Stuck | Doubt | DocumentMissing | Verdict, work: UnitOfWork, clock: Clock) -> None:
    row, notice, now = claimed.row, claimed.notice.id, clock.now()
    match found:
        case Dropped():
            await _drop(row, notice, found, work, clock)
        case Stuck():
            await work.settle(row.id, OutboxState.QUEUED, now, not_before=now + STUCK_PAUSE, error=found.because)
            await record(work, "duebot", now, "notice.held", {"notice": str(notice), "because": found.because})
        case Doubt():
            await settle_abandoned(row, found.left, work, clock, found.because, BY_RELEASE)
        case DocumentMissing():
            await _wait_for(found, row, notice, work, clock)
        case _:
            await _hold_back(row, notice, found, work, clock)


async def _wait_for(missing: DocumentMissing, row: OutboxRow, notice: NoticeId, work: UnitOfWork, clock: Clock) -> None:
    """Held while its day lasts and tried again; one card says which document is missing. It never leaves without."""
    now = clock.now()
    await work.settle(row.id, OutboxState.QUEUED, now, not_before=now + DOCUMENT_PAUSE, error=str(missing))
    if row.attempts == 1:
        await record(work, "duebot", now, "notice.held", {"notice": str(notice), "because": str(missing)})
        await tell(notice, {"what": DOCUMENT_MISSING, "number": missing.number, "why": missing.why}, work, now)


def _still_due(policy: Policy, account: Account, notice: Notice, now: datetime) -> _Due | Dropped:
    """What the message says now, or why it does not leave.

    Nothing is put off here: what may leave only later is given back to the tick, which queues it under the day on which it may.
    """
    if notice.channel not in channels(account):
        return Dropped("The customer wants no more messages at any address that is known.")
    if notice.by is not None:
        decision = decide(policy, account, now)
        late = _came_since(policy, account, notice, now) or _silenced_since(account, decision, notice)
        return _by_hand(policy, decision, notice) if late is None else Dropped(late)
    mine = (action for action in to_do(policy, account, now).actions if action.kind in _MESSAGES and _is_the_same(action, notice))
    due = next((action for action in mine if action.template), None)
    if due is None or due.template is None:
        return Dropped("What it asked for is paid, paused or changed since it was queued.")
    if due.kind is ActionKind.NONE:
        return Dropped(due.because)
    if due.day != notice.day:
        return Dropped("Its day was over before it could leave.")
    return _Due(due.template, due.items, due.upcoming, due.items + due.upcoming, tuple(amount.currency for amount in due.amounts))


def _is_the_same(action: Action, notice: Notice) -> bool:
    """A reminder is known by its step, whoever leads by now; a word about an event by the item it befell, too."""
    if action.step != notice.step:
        return False
    return notice.step not in EVENT_NAMES or {entry.item for entry in action.items[:1]} <= {entry.item for entry in notice.items}


def _by_hand(policy: Policy, decision: Decision, notice: Notice) -> _Due | Dropped:
    """A person chose to send it: the limits of the policy were theirs to judge; what is paid or paused since still wins."""
    try:
        step, listed = listed_by_hand(policy, decision, notice.items[0].item)
    except Refused as refused:
        return Dropped(str(refused))
    late = tuple(entry for entry in listed if decision.of(entry.item).overdue)
    soon = tuple(entry for entry in listed if entry not in late)
    currencies = tuple(sorted({decision.of(entry.item).open.currency for entry in listed}))
    return _Due(step.remind.template if step.remind else step.name, late, soon, listed, currencies)


def _came_since(policy: Policy, account: Account, notice: Notice, now: datetime) -> str | None:
    """The limit that stands against a person's message now and did not when they chose to send it: of that one nobody was warned.

    On a later day the policy's own message may be on its way, for this one counts for the day on which it was sent off.
    """
    place = account.customer.place
    if place.day(now) != notice.day:
        return "Its day was over before it could leave; look at it again, and send it anew if it is still wanted."
    if next_allowed(policy, place, notice.at) <= notice.at and next_allowed(policy, place, now) > now:
        return "The contact hours were over before it could leave."
    until = fresh_under(policy, account)
    if until is not None and notice.at < until <= now:
        return "The balances were no longer fresh when it could leave."
    return None


def _silenced_since(account: Account, decision: Decision, notice: Notice) -> str | None:
    """The snooze, promise or plan that came after a person chose to send it; one they knew of they went over with a reason."""
    lead = notice.items[0].item
    if decision.of(lead).state not in OVERRIDDEN:
        return None
    came = [one.at for one in account.snoozes if one.item == lead and one.ended_at is None]
    came += [one.at for one in account.promises if lead in one.items and one.ended_at is None]
    came += [plan.accepted_at or plan.at for plan in account.plans if lead in plan.covers and plan.ended_at is None]
    return decision.of(lead).because if any(at >= notice.at for at in came) else None


async def _hold_back(row: OutboxRow, notice: NoticeId, verdict: Verdict, work: UnitOfWork, clock: Clock) -> None:
    """A rule of law stands against it: it waits for its hour, or staff are told what is wrong with it."""
    because, now = " ".join(verdict.evidence), clock.now()
    if verdict.until is not None:
        await work.settle(row.id, OutboxState.QUEUED, now, not_before=verdict.until, error=because)
        await record(work, "duebot", now, "notice.put_off", {"notice": str(notice), "until": verdict.until.isoformat(), **verdict.kept})
        return
    await work.settle(row.id, OutboxState.FAILED, now, error=because)
    await note(notice, NoticeState.FAILED, because, work, clock, "notice.forbidden", because=because, **verdict.kept)
    await tell(notice, {"what": "delivery_failed"}, work, now)


async def _drop(row: OutboxRow, notice: NoticeId, dropped: Dropped, work: UnitOfWork, clock: Clock) -> None:
    await no_longer_waits(row, notice, f"The message was not sent. {dropped.because}", work, clock.now())
    await work.settle(row.id, OutboxState(dropped.state.value), clock.now(), error=dropped.because)
    await note(notice, dropped.state, dropped.because, work, clock, f"notice.{dropped.state.value}", because=dropped.because)
    if dropped.state is NoticeState.FAILED:
        await tell(notice, {"what": "delivery_failed"}, work, clock.now())
