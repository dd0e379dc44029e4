"""Messages to customers, out of the outbox: claimed, decided again, written, sent by the channel, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from workflows.acting import record, redraw, show, stand
from workflows.domain.account import Account, ListedItem, Notice, NoticeState
from workflows.domain.decide import decide
from workflows.domain.decision import Action, ActionKind, Decision
from workflows.domain.doubt import Restoration, doubt_of
from workflows.domain.events import EVENT_NAMES
from workflows.domain.freshness import fresh_under
from workflows.domain.guard_rows import Effect as GuardEffect
from workflows.domain.guards import Verdict
from workflows.domain.ids import CardId, NoticeId, new_id
from workflows.domain.messages import Letter, Message, Receipt, Wording
from workflows.domain.policy import Policy
from workflows.domain.reach import channels
from workflows.domain.windows import next_allowed
from workflows.errors import AddressRefused, DocumentMissing, NeedsReconnect, OutcomeUnknown, OutsideError, RateLimited, Refused
from workflows.guard_notice import guarded
from workflows.ports import Clock, Letters, Policies, UnitOfWork
from workflows.records import CardKind, CardState, Effect, OutboxRow, OutboxState, StaffCard
from workflows.take_bounce import refused_at_once
from workflows.write_letter import EDITED, OVERRIDDEN, fingerprint, letter, listed_by_hand

LEASE = timedelta(minutes=5)  # longer than any channel waits for its vendor
MOST_ATTEMPTS = 8
DOCUMENT_PAUSE = timedelta(minutes=30)
ADDRESS_UNKNOWN = "it knows no such address"
DOCUMENT_MISSING = "document_missing"
EDITED_IN_VAIN = "What it says changed after it was edited; look at it again, and send it anew if it is still wanted."
_MESSAGES = frozenset({ActionKind.REMIND, ActionKind.RECEIPT, ActionKind.NONE})


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that leaves now; its row is `sending`."""

    row: OutboxRow
    notice: NoticeId
    channel: str
    message: Message


@dataclass(frozen=True, slots=True)
class _Due:
    """What the message says now. `listed` is all of it in the order that is kept, the leader first."""

    template: str
    overdue: tuple[ListedItem, ...]
    upcoming: tuple[ListedItem, ...]
    listed: tuple[ListedItem, ...]
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Dropped:
    """It does not leave, and why: suppressed, or failed where nobody decided so."""

    because: str
    state: NoticeState = NoticeState.SUPPRESSED


@dataclass(frozen=True, slots=True)
class Claimed:
    """`rows` were claimed, of which those in `ready` leave now."""

    rows: int
    ready: tuple[Ready, ...]


async def claim_notices(work: UnitOfWork, policies: Policies, letters: Letters, clock: Clock, limit: int) -> Claimed:
    """Rows set to `sending`, each decided once more on the facts of this moment; what no longer holds is suppressed or put off.

    Commit before anything is sent: a crash then finds the row in `sending` and knows that the vendor may have been called.
    """
    rows = await work.claim(Effect.NOTICE, clock.now(), limit, LEASE)
    copies = await work.restorations() if rows else ()
    found = [await _prepare(row, work, policies, letters, clock, copies) for row in rows]
    return Claimed(len(rows), tuple(ready for ready in found if ready is not None))


async def _prepare(
    row: OutboxRow, work: UnitOfWork, policies: Policies, letters: Letters, clock: Clock, copies: Sequence[Restoration]
) -> Ready | None:
    notice, customer = await work.notice(NoticeId(UUID(str(row.payload["notice"]))))
    account = await work.account(customer)
    policy = policies.of(account)
    before = replace(account, notices=tuple(other for other in account.notices if other.id != notice.id))
    due = _still_due(policy, before, notice, clock.now())
    if isinstance(due, _Dropped):
        await _drop(row, notice.id, due, work, clock)
        return None
    if (doubted := doubt_of(copies, policy, before, notice, due.listed[0], row.attempts)) is not None:
        await settle_abandoned(row, doubted.left, work, clock, doubted.because)
        return None
    try:
        message = await _written(row, letter(policy, before, due.template, due.overdue, due.upcoming, clock), work, letters)
    except DocumentMissing as missing:
        await _wait_for(missing, row, notice.id, work, clock)
        return None
    except Refused as refused:
        await _drop(row, notice.id, _Dropped(str(refused), NoticeState.FAILED), work, clock)
        return None
    if message is None:
        await _drop(row, notice.id, _Dropped(EDITED_IN_VAIN), work, clock)
        return None
    verdict = guarded(before, notice, message, clock.now())
    if verdict.effect > GuardEffect.WARN:
        await _hold_back(row, notice.id, verdict, work, clock)
        return None
    await work.relist_notice(notice.id, due.listed, due.currencies)
    digest = await work.keep_body(notice.id, message)
    facts = {"notice": str(notice.id), "channel": notice.channel, "attempt": row.attempts, "sha256": digest, **verdict.kept}
    await record(work, "duebot", clock.now(), "notice.sending", facts)
    return Ready(row, notice.id, notice.channel, message)


async def _written(row: OutboxRow, asked: Letter, work: UnitOfWork, letters: Letters) -> Message | None:
    """In the words a person gave it, if one did; null when it would say something else by now than what they edited."""
    message = letters.write(asked)
    if EDITED not in row.payload:
        return message
    kept = await work.body(NoticeId(UUID(str(row.payload["notice"]))))
    if kept is None or row.payload[EDITED] != fingerprint(message):
        return None
    return letters.write(replace(asked, wording=Wording(kept.subject, kept.text)))


async def _wait_for(missing: DocumentMissing, row: OutboxRow, notice: NoticeId, work: UnitOfWork, clock: Clock) -> None:
    """Held while its day lasts and tried again; one card says which document is missing. It never leaves without."""
    now = clock.now()
    await work.settle(row.id, OutboxState.QUEUED, now, not_before=now + DOCUMENT_PAUSE, error=str(missing))
    if row.attempts == 1:
        await record(work, "duebot", now, "notice.held", {"notice": str(notice), "because": str(missing)})
        await _tell(notice, {"what": DOCUMENT_MISSING, "number": missing.number, "why": missing.why}, work, now)


async def _no_longer_waits(row: OutboxRow, notice: NoticeId, said: str, work: UnitOfWork, now: datetime) -> None:
    """The card that asked for a document says what became of the message."""
    if row.attempts == 1:
        return
    _, customer = await work.notice(notice)
    book = (await work.account(customer)).book
    for card in await work.live_cards(book.id, notice):
        if card.data.get("what") == DOCUMENT_MISSING:
            await work.set_card(replace(card, state=CardState.FROZEN, data={**card.data, "said": said}))
            await show(work, book, card, now)


def _still_due(policy: Policy, account: Account, notice: Notice, now: datetime) -> _Due | _Dropped:
    """What the message says now, or why it does not leave.

    Nothing is put off here: what may leave only later is given back to the tick, which queues it under the day on which it may.
    """
    decision = decide(policy, account, now)
    if notice.channel not in channels(account):
        return _Dropped("The customer wants no more messages at any address that is known.")
    if notice.by is not None:
        late = _came_since(policy, account, notice, now) or _silenced_since(account, decision, notice)
        return _by_hand(policy, decision, notice) if late is None else _Dropped(late)
    mine = (action for action in decision.actions if action.kind in _MESSAGES and _is_the_same(action, notice))
    due = next((action for action in mine if action.template), None)
    if due is None or due.template is None:
        return _Dropped("What it asked for is paid, paused or changed since it was queued.")
    if due.kind is ActionKind.NONE:
        return _Dropped(due.because)
    if due.day != notice.day:
        return _Dropped("Its day was over before it could leave.")
    return _Due(due.template, due.items, due.upcoming, due.items + due.upcoming, tuple(amount.currency for amount in due.amounts))


def _is_the_same(action: Action, notice: Notice) -> bool:
    """A reminder is known by its step, whoever leads by now; a word about an event by the item it befell, too."""
    if action.step != notice.step:
        return False
    return notice.step not in EVENT_NAMES or {entry.item for entry in action.items[:1]} <= {entry.item for entry in notice.items}


def _by_hand(policy: Policy, decision: Decision, notice: Notice) -> _Due | _Dropped:
    """A person chose to send it: the limits of the policy were theirs to judge; what is paid or paused since still wins."""
    try:
        step, listed = listed_by_hand(policy, decision, notice.items[0].item)
    except Refused as refused:
        return _Dropped(str(refused))
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
    await _note(notice, NoticeState.FAILED, because, work, clock, "notice.forbidden", because=because, **verdict.kept)
    await _tell(notice, {"what": "delivery_failed"}, work, now)


async def _drop(row: OutboxRow, notice: NoticeId, dropped: _Dropped, work: UnitOfWork, clock: Clock) -> None:
    await _no_longer_waits(row, notice, f"The message was not sent. {dropped.because}", work, clock.now())
    await work.settle(row.id, OutboxState(dropped.state.value), clock.now(), error=dropped.because)
    await _note(notice, dropped.state, dropped.because, work, clock, f"notice.{dropped.state.value}", because=dropped.because)


async def note_sent(ready: Ready, receipt: Receipt, work: UnitOfWork, clock: Clock) -> None:
    """The vendor took the message."""
    await work.settle(ready.row.id, OutboxState.SENT, clock.now(), reference=receipt.reference)
    await _no_longer_waits(ready.row, ready.notice, "The document was there and the message left.", work, clock.now())
    await _note(ready.notice, NoticeState.SENT, "", work, clock, "notice.sent", reference=receipt.reference)
    if receipt.refused:
        await refused_at_once(ready.notice, receipt.refused, ADDRESS_UNKNOWN, work, clock.now())


async def note_failure(ready: Ready, error: OutsideError, work: UnitOfWork, clock: Clock) -> None:
    """Tries again later what surely did not leave; never what may have."""
    now = clock.now()
    if isinstance(error, OutcomeUnknown):
        await _unknown(ready.row, ready.notice, str(error), work, clock)
    elif (error.retryable or isinstance(error, NeedsReconnect)) and ready.row.attempts < MOST_ATTEMPTS:
        await work.settle(ready.row.id, OutboxState.QUEUED, now, not_before=now + _pause(ready.row.attempts, error), error=str(error))
    else:
        await work.settle(ready.row.id, OutboxState.FAILED, now, error=str(error))
        await _note(ready.notice, NoticeState.FAILED, str(error), work, clock, "notice.failed", because=str(error))
        if isinstance(error, AddressRefused):
            await refused_at_once(ready.notice, error.addresses, str(error), work, now)
        else:
            await _tell(ready.notice, {"what": "delivery_failed"}, work, now)


def _pause(attempts: int, error: OutsideError) -> timedelta:
    """What the vendor asked for, at least 1, 2, 4 … minutes, at most an hour."""
    pause = timedelta(minutes=min(2 ** (attempts - 1), 60))
    return max(pause, timedelta(seconds=error.retry_after)) if isinstance(error, RateLimited) else pause


async def _note(notice: NoticeId, state: NoticeState, why: str, work: UnitOfWork, clock: Clock, kind: str, **facts: object) -> None:
    await work.set_notice(notice, state, clock.now(), why)
    found, customer = await work.notice(notice)
    await record(work, "duebot", clock.now(), kind, {"notice": str(notice), **facts})
    account = await work.account(customer)
    for entry in found.items:
        await redraw(work, account, entry.item, clock.now())


async def abandoned_notices(work: UnitOfWork, clock: Clock, limit: int) -> Sequence[tuple[OutboxRow, str]]:
    """Rows a crash left in `sending`, each with its channel, leased to this caller to settle."""
    rows = await work.abandoned(Effect.NOTICE, clock.now(), limit, LEASE)
    return [(row, (await work.notice(NoticeId(UUID(str(row.payload["notice"])))))[0].channel) for row in rows]


async def settle_abandoned(
    row: OutboxRow,
    was_sent: bool | None,  # ruff: ignore[boolean-type-hint-positional-argument] - the vendor's own answer
    work: UnitOfWork,
    clock: Clock,
    because: str = "The process stopped while it was being handed over.",
) -> None:
    """By the vendor's answer: it left, it did not (then it is tried again), or nobody can say (then a person is asked)."""
    notice = NoticeId(UUID(str(row.payload["notice"])))
    if was_sent is None:
        await _unknown(row, notice, because, work, clock)
    elif was_sent:
        await work.settle(row.id, OutboxState.SENT, clock.now())
        await _note(notice, NoticeState.SENT, "", work, clock, "notice.sent", reference="found at the vendor after a stop")
    else:
        await work.settle(row.id, OutboxState.QUEUED, clock.now(), not_before=clock.now())


async def _unknown(row: OutboxRow, notice: NoticeId, because: str, work: UnitOfWork, clock: Clock) -> None:
    """Nothing is sent again by itself; a card asks a person."""
    now = clock.now()
    await work.settle(row.id, OutboxState.UNKNOWN, now, error=because)
    await _note(notice, NoticeState.UNKNOWN, because, work, clock, "notice.unknown", because=because)
    await _tell(notice, {"what": "unknown_message", "row": str(row.id)}, work, now)


async def _tell(notice: NoticeId, data: Mapping[str, str], work: UnitOfWork, now: datetime) -> None:
    """A card about the message for the people of its book."""
    _, customer = await work.notice(notice)
    book = (await work.account(customer)).book
    await stand(work, book, StaffCard(CardId(new_id()), CardKind.PROBLEM, book.id, notice, book.place.day(now), now, data=data))
