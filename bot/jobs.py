"""The bodies of the jobs: each one function, the same by the clock, by command and in the demo."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from adapters.chat.protocol import ChatRoom, Handler, Incoming
from bot import live_cards
from bot.live_cards import Waiting
from workflows.decide_accounts import DecideAccounts, Decided, decide_accounts
from workflows.deliver_notices import LEASE, Ready, abandoned_notices, claim_notices, note_failure, note_sent, settle_abandoned
from workflows.errors import OutcomeUnknown, OutsideError, Unavailable
from workflows.ports import Clock, Letters, Outreach, Policies, Store
from workflows.raise_alerts import AlertsRaised, raise_alerts

AT_ONCE = 32
MOST_IN_VAIN = 3
PATIENCE = timedelta(seconds=60)  # what was accepted longer ago and is not handled, nobody is working on

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did."""

    decided: Decided
    alerts: AlertsRaised

    def __add__(self, other: Ticked) -> Ticked:
        return Ticked(self.decided + other.decided, self.alerts + other.alerts)


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


class Accepted(Protocol):
    """What was accepted and is not handled."""

    async def pending(self, before: datetime, limit: int) -> Sequence[Incoming]: ...


@dataclass(frozen=True, slots=True)
class Jobs:
    """Everything that runs by itself."""

    store: Store
    policies: Policies
    letters: Letters
    clock: Clock
    channels: Mapping[str, Outreach]
    rooms: Mapping[str, ChatRoom]
    inbound: Accepted
    handler: Handler

    async def tick(self) -> Ticked:
        """Decides every account whose time has come, batch by batch, then turns what was raised into cards."""
        done = Decided()
        while True:
            async with self.store() as work:
                batch = await decide_accounts(DecideAccounts(), work, self.policies, self.clock)
            done += batch
            if batch.accounts == 0:
                break
        async with self.store() as work:
            alerts = await raise_alerts(work, self.clock)
        return Ticked(done, alerts)

    async def catch_up(self) -> int:
        """Handles what was accepted and then lost to a stop; the answer has nobody to go to, the effect has."""
        left = await self.inbound.pending(self.clock.now() - PATIENCE, AT_ONCE)
        for incoming in left:
            await self.handler(incoming)
        return len(left)

    async def deliver(self) -> Delivered:
        """Everything that waits: messages to customers, then cards."""
        return await self.send_messages() + await self.show_cards()

    async def send_messages(self) -> Delivered:
        """What waits for customers. Trouble with one is noted and stops no other."""
        done = Delivered()
        if self.channels:
            await self._settle_abandoned()
        while self.channels and await self._deliver_notices(done):
            pass
        return done

    async def show_cards(self) -> Delivered:
        """What waits for the chat; a job of its own, so that a chat which is slow or down delays no message to a customer."""
        done = Delivered()
        room = live_cards.room_for(self.rooms)
        while room is not None and await self._deliver_cards(room, done):
            pass
        return done

    async def _settle_abandoned(self) -> None:
        async with self.store() as work:
            rows = await abandoned_notices(work, self.clock, AT_ONCE)
        for row, channel in rows:
            outreach = self.channels.get(channel)
            try:
                was_sent = None if outreach is None else await outreach.was_sent(row.key)
            except OutsideError as error:  # asked again when this lease is over
                log.warning("fate of a message not learnt", row=str(row.id), why=str(error))
                continue
            async with self.store() as work:
                await settle_abandoned(row, was_sent, work, self.clock)

    async def _deliver_notices(self, done: Delivered) -> int:
        """One batch. Claimed rows are committed as `sending` before anything leaves."""
        async with self.store() as work:
            claimed = await claim_notices(work, self.policies, self.letters, self.clock, AT_ONCE)
        outcomes = await asyncio.gather(*map(self.send, claimed.ready))
        for ready, error in zip(claimed.ready, outcomes, strict=True):
            _count(done, error)
            log.info("message sent" if error is None else "message not sent", notice=str(ready.notice), why=str(error or ""))
        return claimed.rows

    async def send(self, ready: Ready) -> OutsideError | None:
        """Hands one claimed message over, unless so much of its lease has passed that another worker may be settling it already."""
        if ready.row.claimed_at is None or self.clock.now() - ready.row.claimed_at > LEASE / 2:
            return Unavailable("it was claimed too long ago; it is settled when its lease is over")
        try:
            async with asyncio.timeout((LEASE / 2).total_seconds()):
                receipt = await self.channels[ready.channel].send(ready.message, ready.row.key)
        except OutsideError as error:
            return await self._note_failure(ready, error)
        except Exception as error:  # a mistake of ours or a time-out: nobody knows whether it left, and the others must
            log.exception("sending failed", notice=str(ready.notice))
            return await self._note_failure(ready, OutcomeUnknown(f"it broke off while it was handed over: {type(error).__name__}"))
        async with self.store() as work:
            await note_sent(ready, receipt, work, self.clock)
        return None

    async def _note_failure(self, ready: Ready, error: OutsideError) -> OutsideError:
        async with self.store() as work:
            await note_failure(ready, error, work, self.clock)
        return error

    async def _deliver_cards(self, room: ChatRoom, done: Delivered) -> bool:
        """One batch; false when there is no more to do now. A chat that fails again and again is left alone until the next pass."""
        async with self.store() as work:
            claimed = await live_cards.claim_cards(work, self.clock, AT_ONCE)
        in_vain: list[Exception] = []
        for waiting in claimed:
            error = in_vain[-1] if len(in_vain) == MOST_IN_VAIN else await self._show(waiting, room, done)
            if error is None:
                in_vain.clear()
                continue
            if len(in_vain) < MOST_IN_VAIN:
                done.errors.append(str(error))
                in_vain = [*in_vain, error] if live_cards.may_pass(error) else in_vain
            async with self.store() as work:
                await live_cards.note_not_shown(waiting, error, work, self.clock)
        return bool(claimed) and len(in_vain) < MOST_IN_VAIN

    async def _show(self, waiting: Waiting, room: ChatRoom, done: Delivered) -> Exception | None:
        """The trouble that kept the card from being shown."""
        try:
            async with self.store() as work:
                showing = await live_cards.prepare(waiting, work, self.policies, self.clock)
            if showing is None:
                return None
            ref = await live_cards.show(showing, room)
        except OutsideError as error:
            log.warning("card not shown", card=str(waiting.card), why=str(error))
            return error
        except Exception as error:  # a mistake of ours about one card must not keep the others back
            log.exception("card not shown", card=str(waiting.card))
            return error
        done.cards += 1
        async with self.store() as work:
            await live_cards.note_shown(waiting, showing, ref, work, self.clock)
        return None


def _count(done: Delivered, error: OutsideError | None) -> None:
    if error is None:
        done.sent += 1
    elif isinstance(error, OutcomeUnknown):
        done.unknown += 1
        done.errors.append(str(error))
    else:
        done.failed += 1
        done.errors.append(str(error))
