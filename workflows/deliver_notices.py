"""Messages to customers once they leave the outbox: receipts, failures, and what a crash left open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from workflows.acting import entry, record, redraw_all, show, stand
from workflows.domain.account import NoticeState
from workflows.domain.ids import BookId, CardId, CustomerId, ItemId, NoticeId, new_id
from workflows.domain.messages import Message, Receipt
from workflows.errors import AddressRefused, NeedsReconnect, OutcomeUnknown, OutsideError, RateLimited
from workflows.ports import Clock, UnitOfWork
from workflows.records import TO_ADMINISTRATORS, CardKind, CardState, Effect, OutboxRow, OutboxState, StaffCard
from workflows.take_bounce import refused_at_once

LEASE = timedelta(minutes=5)  # longer than any channel waits for its vendor
MOST_ATTEMPTS = 8
ADDRESS_UNKNOWN = "it knows no such address"
DOCUMENT_MISSING = "document_missing"
LOST_MESSAGE = "lost_message"


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that is to leave: written when the account had changed so often. `facts` go into the trail when it does."""

    row: OutboxRow
    notice: NoticeId
    channel: str
    message: Message
    customer: CustomerId
    book: BookId
    items: tuple[ItemId, ...]
    changes: int
    written_at: datetime
    facts: Mapping[str, object]


Outcome = Receipt | OutsideError


async def note_outcomes(outcomes: Sequence[tuple[Ready, Outcome]], work: UnitOfWork, clock: Clock) -> None:
    """What the vendor said of each message that left. Their accounts are locked.

    A receipt is true whatever happened since; a failure says nothing more of a message that another worker has settled meanwhile.
    """
    await _note_sent([(ready, said) for ready, said in outcomes if isinstance(said, Receipt)], work, clock)
    for ready, said in outcomes:
        if isinstance(said, OutsideError) and await work.still(ready.row):
            await _note_failure(ready, said, work, clock)


async def _note_sent(taken: Sequence[tuple[Ready, Receipt]], work: UnitOfWork, clock: Clock) -> None:
    """The vendor took them."""
    if not taken:
        return
    now = clock.now()
    await work.settle_sent({ready.row.id: receipt.reference for ready, receipt in taken}, now)
    await work.notices_sent([ready.notice for ready, _ in taken], now)
    sent = [entry("duebot", now, "notice.sent", {"notice": str(one.notice), "reference": receipt.reference}) for one, receipt in taken]
    await work.record_all(sent)
    await redraw_all(work, {ready.book for ready, _ in taken}, [item for ready, _ in taken for item in ready.items], now)
    for ready, receipt in taken:
        await no_longer_waits(ready.row, ready.notice, "The document was there and the message left.", work, now)
        if receipt.refused:
            await refused_at_once(ready.notice, receipt.refused, ADDRESS_UNKNOWN, work, now)


async def no_longer_waits(row: OutboxRow, notice: NoticeId, said: str, work: UnitOfWork, now: datetime) -> None:
    """The card that asked for a document says what became of the message."""
    if row.attempts == 1:
        return
    _, customer = await work.notice(notice)
    book = (await work.account(customer)).book
    for card in await work.live_cards(book.id, notice):
        if card.data.get("what") == DOCUMENT_MISSING:
            await work.set_card(replace(card, state=CardState.FROZEN, data={**card.data, "said": said}))
            show(work, book, card, now)


async def _note_failure(ready: Ready, error: OutsideError, work: UnitOfWork, clock: Clock) -> None:
    """Tries again later what surely did not leave; never what may have."""
    now = clock.now()
    if isinstance(error, OutcomeUnknown):
        await _unknown(ready.row, ready.notice, str(error), work, clock)
    elif (error.retryable or isinstance(error, NeedsReconnect)) and ready.row.attempts < MOST_ATTEMPTS:
        await work.settle(ready.row.id, OutboxState.QUEUED, now, not_before=now + _pause(ready.row.attempts, error), error=str(error))
    else:
        await work.settle(ready.row.id, OutboxState.FAILED, now, error=str(error))
        await note(ready.notice, NoticeState.FAILED, str(error), work, clock, "notice.failed", because=str(error))
        if isinstance(error, AddressRefused):
            await refused_at_once(ready.notice, error.addresses, str(error), work, now)
        else:
            await tell(ready.notice, {"what": "delivery_failed"}, work, now)


def _pause(attempts: int, error: OutsideError) -> timedelta:
    """What the vendor asked for, at least 1, 2, 4 … minutes, at most an hour."""
    pause = timedelta(minutes=min(2 ** (attempts - 1), 60))
    return max(pause, timedelta(seconds=error.retry_after)) if isinstance(error, RateLimited) else pause


async def note(notice: NoticeId, state: NoticeState, why: str, work: UnitOfWork, clock: Clock, kind: str, **facts: object) -> None:
    await work.set_notice(notice, state, clock.now(), why)
    found, customer = await work.notice(notice)
    await record(work, "duebot", clock.now(), kind, {"notice": str(notice), **facts})
    book = (await work.account(customer)).book
    await redraw_all(work, [book.id], [listed.item for listed in found.items], clock.now())


async def abandoned_notices(
    work: UnitOfWork, channel: str, others: Collection[str], clock: Clock, limit: int
) -> Sequence[tuple[OutboxRow, str]]:
    """Rows of the channel, or of one that is none of the `others`, left in `sending` by a crash: each with its channel, leased to be settled.

    What waits without a channel is given its own first.
    """
    await work.name_channels()
    rows = await work.abandoned(Effect.NOTICE, clock.now(), limit, LEASE, channel, others)
    owners = await addressees(rows, work, clock)
    return [(row, (await work.notice(notice_of(row)))[0].channel) for row in rows if notice_of(row) in owners]


def notice_of(row: OutboxRow) -> NoticeId:
    return NoticeId(UUID(str(row.payload["notice"])))


async def addressees(rows: Sequence[OutboxRow], work: UnitOfWork, clock: Clock) -> Mapping[NoticeId, CustomerId]:
    """Whom they are to. A row whose message is not kept fails by itself, and administrators are told: it keeps no other back."""
    owners = await work.addressees([notice_of(row) for row in rows])
    for row in rows:
        if notice_of(row) not in owners:
            await _to_nobody(row, work, clock.now())
    return owners


async def _to_nobody(row: OutboxRow, work: UnitOfWork, now: datetime) -> None:
    words = f"The row {row.id} of the outbox was to send a message that is not kept, so nobody can say to whom."
    await work.settle(row.id, OutboxState.FAILED, now, error=words)
    await record(work, "duebot", now, "notice.lost", {"notice": str(notice_of(row)), "row": str(row.id)})
    book = (await work.books())[0]
    data = {"what": "broken_rule", "rule": LOST_MESSAGE, "found": [words], "more": 0, TO_ADMINISTRATORS: True}
    await stand(work, book, StaffCard(CardId(new_id()), CardKind.PROBLEM, book.id, row.id, book.place.day(now), now, data=data))


async def settle_abandoned(
    row: OutboxRow,
    was_sent: bool | None,  # ruff: ignore[boolean-type-hint-positional-argument] - the vendor's own answer
    work: UnitOfWork,
    clock: Clock,
    because: str = "The process stopped while it was being handed over.",
    known_by: str = "found at the vendor after a stop",
) -> None:
    """By the vendor's answer: it left, it did not (then it is tried again), or nobody can say (then a person is asked).

    `because` is told to that person, `known_by` is who says in the trail that it left. Nothing where the answer took so long that another
    worker has settled it.
    """
    if not await work.still(row):
        return
    notice = notice_of(row)
    if was_sent is None:
        await _unknown(row, notice, because, work, clock)
    elif was_sent:
        await note(notice, NoticeState.SENT, "", work, clock, "notice.sent", reference=known_by)
        await work.settle(row.id, OutboxState.SENT, clock.now())
    else:
        await work.settle(row.id, OutboxState.QUEUED, clock.now(), not_before=clock.now())


async def _unknown(row: OutboxRow, notice: NoticeId, because: str, work: UnitOfWork, clock: Clock) -> None:
    """Nothing is sent again by itself; a card asks a person. The account is locked before the row, as everywhere."""
    now = clock.now()
    await note(notice, NoticeState.UNKNOWN, because, work, clock, "notice.unknown", because=because)
    await work.settle(row.id, OutboxState.UNKNOWN, now, error=because)
    await tell(notice, {"what": "unknown_message", "row": str(row.id)}, work, now)


async def tell(notice: NoticeId, data: Mapping[str, str], work: UnitOfWork, now: datetime) -> None:
    """A card about the message for the people of its book."""
    _, customer = await work.notice(notice)
    book = (await work.account(customer)).book
    await stand(work, book, StaffCard(CardId(new_id()), CardKind.PROBLEM, book.id, notice, book.place.day(now), now, data=data))
