"""Mails to colleagues: written at the moment they leave, from what stands then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import structlog

from adapters.core.cause import caused_by
from cards.outage_mail import Mail
from workflows.domain.ids import UserId
from workflows.domain.messages import Message
from workflows.errors import OutsideError, Rejected
from workflows.ports import Clock, Outreach, Store, UnitOfWork
from workflows.records import Effect, OutboxRow, OutboxState

AT_ONCE = 32
LEASE = timedelta(minutes=2)
LONGEST_PAUSE = 900  # seconds
Write = Callable[[OutboxRow, UnitOfWork], Awaitable[Mail | None]]
log = structlog.get_logger(__name__)


async def send_staff_mail(mail: Outreach, write: Write, store: Store, clock: Clock) -> None:
    """What was claimed by a process that is gone, or may have left, is sent again: the second one has the first one's Message-ID."""
    async with store() as work:
        left = await work.abandoned(Effect.STAFF_MAIL, clock.now(), AT_ONCE, LEASE)
        rows = [*left, *await work.claim(Effect.STAFF_MAIL, clock.now(), AT_ONCE, LEASE)]
    for row in rows:
        with caused_by(row.cause):
            await _send(row, mail, write, store, clock)


async def _send(row: OutboxRow, mail: Outreach, write: Write, store: Store, clock: Clock) -> None:
    error, wait = "", None
    later = timedelta(seconds=min(30 * 2 ** min(row.attempts, 9), LONGEST_PAUSE))
    try:
        state = await _written_and_sent(row, mail, write, store)
    except OutsideError as trouble:
        log.warning("mail to a colleague not sent", why=str(trouble))
        wait = None if isinstance(trouble, Rejected) else later
        state, error = OutboxState.QUEUED if wait else OutboxState.FAILED, str(trouble)
    except Exception as mistake:  # ours, about one mail: it must not keep the others back
        log.exception("mail to a colleague not written")
        state, error, wait = OutboxState.QUEUED, f"an error of Duebot itself ({type(mistake).__name__})", later
    async with store() as work:
        await work.settle(row.id, state, clock.now(), not_before=clock.now() + wait if wait else None, error=error)


async def _written_and_sent(row: OutboxRow, mail: Outreach, write: Write, store: Store) -> OutboxState:
    """Suppressed where there is nothing to say any more."""
    async with store.reading() as work:
        written = await write(row, work)
        to = (await work.user(UserId(UUID(str(row.payload["user"]))))).email
    if written is None:
        return OutboxState.SUPPRESSED
    subject, text = written
    await mail.send(Message((to,), subject, text, sender_name="Duebot"), row.key)
    return OutboxState.SENT
