"""One pass over one channel to customers: written ahead, always so many on their way, receipts noted as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field

import structlog

from adapters.core.cause import caused_by
from workflows.channel_outages import Tried
from workflows.deliver_notices import LEASE, Outcome, Ready
from workflows.domain.messages import Receipt
from workflows.errors import OutcomeUnknown, OutsideError, Unavailable
from workflows.ports import Clock, Letters, Outreach, Policies, Store
from workflows.prepare_notices import Claimed, Found, Stuck, claim_notices, hand_back, keep_prepared, note_and_clear, prepare

AT_ONCE = 32  # at the vendor
SENDING = 64  # rows in that state: at the vendor, waiting for a place there, or back and not noted yet
HANDFUL = 16  # receipts noted, and messages set to `sending`, in one unit while there is no lull
AHEAD = 64  # messages claimed and written in one unit
LULL = 0.02  # seconds without news after which what there is gets noted
LAST_WAIT = 4.0  # seconds for what is under way when the work is broken off
REST_PAUSES = (0.0, 1.0, 4.0)  # seconds before each try to note the last receipts, and to hand back the rest

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Delivered:
    """What one pass of delivery did."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    cards: int = 0
    errors: list[str] = field(default_factory=list)

    def __add__(self, other: Delivered) -> Delivered:
        return Delivered(
            self.sent + other.sent,
            self.failed + other.failed,
            self.unknown + other.unknown,
            self.cards + other.cards,
            self.errors + other.errors,
        )

    def count(self, said: Outcome) -> None:
        if isinstance(said, Receipt):
            self.sent += 1
        else:
            self.unknown += isinstance(said, OutcomeUnknown)
            self.failed += not isinstance(said, OutcomeUnknown)
            self.errors.append(str(said))


@dataclass(slots=True)
class Sending:
    """Messages of one channel on their way through: written ahead, cleared to leave, under way, come back.

    Only what is cleared is `sending` in the database: the few that wait for a free place, those at the vendor, and those whose receipt
    is not noted yet. No more than these are in doubt after a crash.
    """

    store: Store
    policies: Policies
    letters: Letters
    clock: Clock
    outreach: Outreach
    call: Callable[[], None] = lambda: None  # others to help, where more waits than was claimed at once
    done: Delivered = field(default_factory=Delivered)
    tried: Tried = field(init=False)
    _ahead: deque[Ready] = field(default_factory=deque)
    _cleared: deque[Ready] = field(default_factory=deque)
    _under_way: dict[asyncio.Task[Outcome], Ready] = field(default_factory=dict)
    _back: list[tuple[Ready, Outcome]] = field(default_factory=list)
    _writing: asyncio.Task[int] | None = None
    _more: bool = True
    _handed_back: bool = False
    _broken: BaseException | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.tried = Tried(self.outreach.channel)

    async def run(self) -> Delivered:
        """Until nothing waits any more. What is under way when it breaks off is waited for, and its receipts are noted.

        A unit is never torn: its statements might be half done, and its connection of no more use to others.
        """
        try:
            while self._busy():
                self._write_ahead()
                if self._full() or (not await self._something_new() and (self._back or self._room())):
                    await self._to_its_end(self._note_and_clear())
        finally:
            await self._come_to_rest()
            await self.outreach.rest()
        return self.done

    async def _to_its_end(self, unit: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(unit)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as broken:
            self._broken = broken
            await asyncio.gather(task, return_exceptions=True)
            raise

    def _busy(self) -> bool:
        if self._broken is not None:
            raise self._broken
        return bool(self._more or self._handed_back or self._writing or self._ahead or self._cleared or self._under_way or self._back)

    async def _something_new(self) -> bool:
        """False after a lull, or at once where nothing is under way that could bring news."""
        if not self._under_way and not self._writing:
            return False
        try:
            async with asyncio.timeout(LULL if self._back or self._room() else None):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True

    def _room(self) -> int:
        """How many may be cleared now."""
        return min(len(self._ahead), SENDING - len(self._cleared) - len(self._under_way) - len(self._back))

    def _full(self) -> bool:
        """Enough for a unit; or there are free places and somebody to take them."""
        starved = bool(self._ahead) and not self._cleared and len(self._under_way) < AT_ONCE
        return starved or max(len(self._back), self._room()) >= HANDFUL

    def _write_ahead(self) -> None:
        if self._writing is not None and self._writing.done():
            self._more, self._writing = self._writing.result() == AHEAD, None
            if self._more:
                self.call()
        if self._writing is None and self._handed_back:
            self._more, self._handed_back = True, False
        if self._writing is None and self._more and len(self._ahead) < AHEAD:
            self._writing = asyncio.create_task(self._write())
            self._writing.add_done_callback(lambda _: self._news.set())

    async def _write(self) -> int:
        """Claims and writes some, and lets what is under way go on between any two; returns how many were claimed."""
        found: list[tuple[Claimed, Found]] = []
        async with self.store() as work:
            for one in await claim_notices(work, self.outreach.channel, self.clock, AHEAD):
                found.append((one, self._prepared(one)))
                await asyncio.sleep(0)
            ready = await keep_prepared(found, work, self.clock)
        self._ahead.extend(ready)
        return len(found)

    def _prepared(self, claimed: Claimed) -> Found:
        try:
            return prepare(claimed, self.policies, self.letters, self.clock)
        except Exception as error:  # a mistake of ours about one message must not keep the others back
            log.exception("message not written", notice=str(claimed.notice.id))
            return Stuck(f"an error of Duebot itself ({type(error).__name__})")

    async def _note_and_clear(self) -> None:
        """One unit: what came back is noted, the next are set to `sending`. Those leave once it is committed."""
        back, self._back = self._back, []
        leaving = [self._ahead.popleft() for _ in range(self._room())]  # in the places of those that are noted, too
        try:
            async with self.store() as work:
                cleared = await note_and_clear(back, leaving, work, self.clock)
        except BaseException:
            self._back = back + self._back
            self._ahead.extendleft(reversed(leaving))
            raise
        self._handed_back = self._handed_back or len(cleared) < len(leaving)
        self._tell(back)
        self._cleared.extend(cleared)
        self._hand_over()

    def _hand_over(self) -> None:
        while self._broken is None and self._cleared and len(self._under_way) < AT_ONCE:
            ready = self._cleared.popleft()
            with caused_by(ready.row.cause):
                task = asyncio.create_task(self.send(ready))
            self._under_way[task] = ready
            task.add_done_callback(self._came_back)

    def _came_back(self, task: asyncio.Task[Outcome]) -> None:
        ready = self._under_way.pop(task)
        if task.cancelled() or task.exception() is not None:
            self._broken = asyncio.CancelledError() if task.cancelled() else task.exception()
        else:
            self._back.append((ready, task.result()))
        self._hand_over()
        self._news.set()

    async def send(self, ready: Ready) -> Outcome:
        """Hands one message over, unless so much of its lease has passed that another worker may be settling it already."""
        if ready.row.claimed_at is None or self.clock.now() - ready.row.claimed_at > LEASE / 2:
            return Unavailable("it was claimed too long ago; it is settled when its lease is over")
        try:
            async with asyncio.timeout((LEASE / 2).total_seconds()):
                said: Outcome = await self.outreach.send(ready.message, ready.row.key)
        except OutsideError as error:
            said = error
        except Exception as error:  # a mistake of ours or a time-out: nobody knows whether it left, and the others must
            log.exception("sending failed", notice=str(ready.notice))
            said = OutcomeUnknown(f"it broke off while it was handed over: {type(error).__name__}")
        self.tried.met(said if isinstance(said, OutsideError) else None)
        return said

    def _tell(self, back: Sequence[tuple[Ready, Outcome]]) -> None:
        for ready, said in back:
            self.done.count(said)
            with caused_by(ready.row.cause):
                if isinstance(said, OutsideError):
                    log.info("message not sent", notice=str(ready.notice), why=str(said))
                else:
                    log.info("message sent", notice=str(ready.notice), receipt=said.reference.partition(";")[0])

    async def _come_to_rest(self) -> None:
        """Nothing new leaves: what was written is handed back, what is under way comes back or is given up, and each is noted by itself."""
        self._ahead.extend(self._cleared)
        self._cleared.clear()
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
        late = dict(self._under_way)
        if late:
            await asyncio.wait(late, timeout=LAST_WAIT)
            late = {task: ready for task, ready in late.items() if not task.done()}
        for task in late:
            task.cancel()
        await asyncio.sleep(0)  # for the callbacks
        broken = OutcomeUnknown("the work was broken off while it was handed over")
        await self._note_last([*self._back, *((ready, broken) for ready in late.values())])
        await self._hand_back()

    async def _note_last(self, left: Sequence[tuple[Ready, Outcome]]) -> None:
        """What cannot be noted stays `sending`, and is settled when its lease is over."""
        for pause in REST_PAUSES if left else ():
            await asyncio.sleep(pause)
            left = [one for one in left if not await self._noted(one)]
            if not left:
                break

    async def _noted(self, one: tuple[Ready, Outcome]) -> bool:
        try:
            async with self.store() as work:
                await note_and_clear([one], [], work, self.clock)
        except Exception:  # the database is away, or a mistake of ours about this message
            log.exception("receipt not noted", notice=str(one[0].notice))
            return False
        self._tell([one])
        return True

    async def _hand_back(self) -> None:
        """What cannot be handed back waits until its lease is over."""
        for pause in REST_PAUSES if self._ahead else ():
            await asyncio.sleep(pause)
            try:
                async with self.store() as work:
                    await hand_back(list(self._ahead), work)
            except Exception:  # the database is away
                log.exception("messages not handed back")
            else:
                break
