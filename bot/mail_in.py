"""The job that reads the mailbox: every letter in a unit of work of its own, together with the mark behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import structlog

from adapters.outreach.smtp import TLS
from bot.config import IMAPSettings
from workflows.acting import stand
from workflows.domain.arrivals import Answer, Arrival, Bounce, Passed
from workflows.domain.ids import CardId, new_id
from workflows.errors import OutsideError
from workflows.ports import Clock, Mailbox, Store, UnitOfWork
from workflows.records import CardKind, StaffCard
from workflows.take_bounce import take_bounce
from workflows.take_reply import Fate, take_reply

if TYPE_CHECKING:
    from adapters.inbound.imap import IMAPMailbox

BACK = timedelta(days=1)  # before the last look, for a mailbox whose days are of another zone

log = structlog.get_logger(__name__)


class MailIn:
    """`nudge` is called when something came in that may have to be shown."""

    def __init__(self, mailbox: Mailbox, store: Store, clock: Clock, nudge: Callable[[], None]) -> None:
        self._mailbox, self._store, self._clock, self._nudge = mailbox, store, clock, nudge
        self._down = False

    async def read(self) -> Counter[Fate]:
        """Everything that waits. A mailbox that cannot be read is said once, and once that it can be again."""
        done: Counter[Fate] = Counter()
        try:
            while batch := await self._batch():
                for mark, arrival in batch:
                    done[await self._take(mark, arrival)] += 1
        except OutsideError as trouble:
            if not self._down:
                log.warning("mailbox not read", mailbox=self._mailbox.name, why=str(trouble))
            self._down = True
            return done
        if self._down:
            log.info("mailbox read again", mailbox=self._mailbox.name)
        self._down = False
        if done[Fate.TAKEN] or done[Fate.STRAY]:
            self._nudge()
        return done

    async def _batch(self) -> list[tuple[str, Arrival]]:
        async with self._store() as work:
            known = await work.read_mark(self._mailbox.name)
            if known is None:  # the first look is remembered, or what comes around midnight might fall between two days
                known = "", self._clock.now()
                await work.set_read_mark(self._mailbox.name, *known)
        mark, at = known
        return list(await self._mailbox.arrivals(mark or None, (at - BACK).date()))

    async def _take(self, mark: str, arrival: Arrival) -> Fate:
        """A letter that breaks us is told of and passed: it must not keep back those behind it."""
        try:
            async with self._store() as work:
                fate = await self._taken(arrival, work)
                await work.set_read_mark(self._mailbox.name, mark, self._clock.now())
        except OutsideError:
            raise
        except Exception as error:
            log.exception("letter not taken", mailbox=self._mailbox.name, mark=mark)
            async with self._store() as work:
                await self._tell(arrival, f"The log says more ({type(error).__name__}).", work)
                await work.set_read_mark(self._mailbox.name, mark, self._clock.now())
            return Fate.STRAY
        return fate

    async def _taken(self, arrival: Arrival, work: UnitOfWork) -> Fate:
        match arrival:
            case Answer():
                return await take_reply(arrival, work, self._clock)
            case Bounce():
                return await take_bounce(arrival, work, self._clock)
            case Passed():
                log.info("letter passed over", why=arrival.because)
                return Fate.PASSED

    async def _tell(self, arrival: Arrival, because: str, work: UnitOfWork) -> None:
        book, now = (await work.books())[0], self._clock.now()
        data = {"what": "unread_letter", "because": because}
        subject, day = uuid5(NAMESPACE_URL, arrival.key), book.place.day(now)
        await stand(work, book, StaffCard(CardId(new_id()), CardKind.PROBLEM, book.id, subject, day, now, data=data))


def mail_in(settings: IMAPSettings, store: Store, clock: Clock, nudge: Callable[[], None]) -> MailIn | None:
    mailbox = mailbox_of(settings)
    return None if mailbox is None else MailIn(mailbox, store, clock, nudge)


def mailbox_of(settings: IMAPSettings) -> IMAPMailbox | None:
    """Null where no mailbox is set up; then nothing of it is loaded."""
    if settings.host is None:
        return None
    from adapters.inbound.imap import IMAPMailbox  # ruff: ignore[import-outside-top-level] - loaded only where a mailbox is read
    from adapters.inbound.imap import IMAPSettings as Wire  # ruff: ignore[import-outside-top-level]

    password = settings.password.get_secret_value() if settings.password else ""
    wire = Wire(settings.host, settings.user or "", password, settings.port, TLS(settings.security), settings.folder)
    return IMAPMailbox(wire)
