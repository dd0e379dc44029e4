"""Messages to customers, out of the outbox: claimed, decided again, written, sent by the channel, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from workflows.acting import record, redraw, show
from workflows.domain.account import Account, Notice, NoticeState
from workflows.domain.decide import decide
from workflows.domain.decision import Action, ActionKind
from workflows.domain.ids import CardId, NoticeId, new_id
from workflows.domain.policy import Policy
from workflows.errors import OutcomeUnknown, OutsideError, RateLimited, Refused
from workflows.ports import CardKind, Clock, Effect, Letters, Message, OutboxRow, OutboxState, Policies, Receipt, StaffCard, UnitOfWork
from workflows.write_letter import letter, listed_by_hand

LEASE = timedelta(minutes=5)  # longer than any channel waits for its vendor
MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that leaves now; its row is `sending`."""

    row: OutboxRow
    notice: NoticeId
    channel: str
    message: Message


@dataclass(frozen=True, slots=True)
class _Held:
    """It does not leave: for good, or only `until` then."""

    because: str
    until: datetime | None = None


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
    found = [await _prepare(row, work, policies, letters, clock) for row in rows]
    return Claimed(len(rows), tuple(ready for ready in found if ready is not None))


async def _prepare(row: OutboxRow, work: UnitOfWork, policies: Policies, letters: Letters, clock: Clock) -> Ready | None:
    notice, customer = await work.notice(NoticeId(UUID(str(row.payload["notice"]))))
    account = await work.account(customer)
    policy = policies.of(account)
    before = replace(account, notices=tuple(other for other in account.notices if other.id != notice.id))
    listing = _still_due(policy, before, notice, clock.now())
    if isinstance(listing, _Held):
        await _hold(row, notice, account, listing, work, clock)
        return None
    message = letters.write(letter(policy, before, listing.template or listing.step, listing.items, listing.upcoming, clock))
    await work.relist_notice(notice.id, listing.items + listing.upcoming, [amount.currency for amount in listing.amounts])
    digest = await work.keep_body(notice.id, message)
    facts = {"notice": str(notice.id), "channel": notice.channel, "attempt": row.attempts, "sha256": digest}
    await record(work, "duebot", clock.now(), "notice.sending", facts)
    return Ready(row, notice.id, notice.channel, message)


def _still_due(policy: Policy, account: Account, notice: Notice, now: datetime) -> Action | _Held:
    """What the message says now, or why it does not leave."""
    decision = decide(policy, account, now)
    if notice.by is not None:
        return _by_hand(policy, account, notice, now)
    due = next((action for action in decision.actions if action.kind in {ActionKind.REMIND, ActionKind.NONE} and action.template), None)
    if due is None or due.step != notice.step:
        return _Held("What it asked for is paid, paused or changed since it was queued.")
    if due.kind is ActionKind.NONE:
        return _Held(due.because, decision.next_look_at)
    return due


def _by_hand(policy: Policy, account: Account, notice: Notice, now: datetime) -> Action | _Held:
    """A person chose to send it: the limits of the policy were theirs to judge; what is paid or paused since still wins."""
    leader = notice.items[0].item
    try:
        step, listed = listed_by_hand(policy, decide(policy, account, now), leader)
    except Refused as refused:
        return _Held(str(refused))
    today = account.book.place.day(now)
    late = tuple(entry for entry in listed if (due := account.item(entry.item).due_on) is not None and due < today)
    soon = tuple(entry for entry in listed if entry not in late)
    template = step.remind.template if step.remind else step.name
    return Action(ActionKind.REMIND, step.name, late, "", "Sent by hand.", soon, template=template)


async def _hold(row: OutboxRow, notice: Notice, account: Account, held: _Held, work: UnitOfWork, clock: Clock) -> None:
    now = clock.now()
    if held.until is not None:
        await work.settle(row.id, OutboxState.QUEUED, now, not_before=held.until, error=held.because)
        return
    await work.settle(row.id, OutboxState.SUPPRESSED, now, error=held.because)
    await work.set_notice(notice.id, NoticeState.SUPPRESSED, now, held.because)
    await record(work, "duebot", now, "notice.suppressed", {"notice": str(notice.id), "because": held.because})
    for entry in notice.items:
        await redraw(work, account, entry.item, now)


async def note_sent(ready: Ready, receipt: Receipt, work: UnitOfWork, clock: Clock) -> None:
    """The vendor took the message."""
    await work.settle(ready.row.id, OutboxState.SENT, clock.now(), reference=receipt.reference)
    await _note(ready.notice, NoticeState.SENT, "", work, clock, "notice.sent", reference=receipt.reference)


async def note_failure(ready: Ready, error: OutsideError, work: UnitOfWork, clock: Clock) -> None:
    """Tries again later what surely did not leave; never what may have."""
    now = clock.now()
    if isinstance(error, OutcomeUnknown):
        await _unknown(ready.row, ready.notice, str(error), work, clock)
    elif error.retryable and ready.row.attempts < MOST_ATTEMPTS:
        await work.settle(ready.row.id, OutboxState.QUEUED, now, not_before=now + _pause(ready.row.attempts, error), error=str(error))
    else:
        await work.settle(ready.row.id, OutboxState.FAILED, now, error=str(error))
        await _note(ready.notice, NoticeState.FAILED, str(error), work, clock, "notice.failed", because=str(error))


def _pause(attempts: int, error: OutsideError) -> timedelta:
    """What the vendor asked for, else 1, 2, 4 … minutes, at most an hour."""
    if isinstance(error, RateLimited):
        return timedelta(seconds=error.retry_after)
    return timedelta(minutes=min(2 ** (attempts - 1), 60))


async def _note(notice: NoticeId, state: NoticeState, why: str, work: UnitOfWork, clock: Clock, kind: str, **facts: str) -> None:
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


async def settle_abandoned(row: OutboxRow, was_sent: bool | None, work: UnitOfWork, clock: Clock) -> None:  # ruff: ignore[boolean-type-hint-positional-argument] - the vendor's own answer
    """By the vendor's answer: it left, it did not (then it is tried again), or nobody can say (then a person is asked)."""
    notice = NoticeId(UUID(str(row.payload["notice"])))
    if was_sent is None:
        await _unknown(row, notice, "The process stopped while it was being handed over.", work, clock)
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
    _, customer = await work.notice(notice)
    book = (await work.account(customer)).book
    data = {"what": "unknown_message", "row": str(row.id)}
    card = StaffCard(CardId(new_id()), CardKind.PROBLEM, book.id, notice, book.place.day(now), now, data=data)
    if await work.add_card(card):
        await show(work, book, card, now)
