"""The bodies of the jobs: each one function, the same by the clock, by command and in the demo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from adapters.chat.protocol import ChatRoom, Handler, Incoming, Pending
from adapters.core.cause import cause_of
from adapters.core.pauses import Rest
from bot.late_answers import LateAnswers
from bot.live import live_cards
from bot.live.minding import MindChats
from bot.live.routing import Routing
from bot.live.showing import ShowCards
from bot.live.sorting import sort_cards
from bot.sending import AT_ONCE, Delivered, Sending
from workflows.approve_request import expire_requests
from workflows.channel_outages import Tried, Turn, note_outage
from workflows.decide_accounts import DecideAccounts, Decided, decide_accounts
from workflows.deliver_notices import abandoned_notices, settle_abandoned
from workflows.domain.summary import Period
from workflows.errors import OutsideError
from workflows.ports import Clock, Letters, Outreach, Policies, Store
from workflows.post_summaries import USUAL, post_summaries
from workflows.raise_alerts import AlertsRaised, raise_alerts
from workflows.records import CardKind

HOME_KEPT = timedelta(days=14)
PATIENCE = timedelta(minutes=3)  # what was accepted longer ago and is not handled, nobody works on, or tells that it failed, by now
TRIED_FOR = timedelta(days=1)  # what fails again and again; by then nobody expects it any more

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did."""

    decided: Decided
    alerts: AlertsRaised

    def __add__(self, other: Ticked) -> Ticked:
        return Ticked(self.decided + other.decided, self.alerts + other.alerts)


class Accepted(Protocol):
    """What was accepted and is not handled."""

    async def pending(self, before: datetime, limit: int, skip: int = 0) -> Sequence[Pending]: ...
    async def give_up(self, incoming: Incoming) -> bool: ...


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
    routing: Routing = field(default_factory=Routing)
    periods: Collection[Period] = USUAL
    abreast: int = 1  # batches of a tick; more than one where the database lets several write
    nudge: Callable[[], None] = lambda: None  # something may wait to be delivered
    rest: Rest = asyncio.sleep

    async def tick(self) -> Ticked:
        """Decides every account whose time has come, batch by batch, then turns what was raised into cards."""
        await self.policies.refresh()
        done = await decide_all(self.store, self.policies, self.clock, self.abreast)
        async with self.store() as work:
            alerts = await raise_alerts(work, self.clock)
        return Ticked(done, alerts)

    async def post_summaries(self) -> int:
        """Cards for managers about the week or month that is over."""
        async with self.store() as work:
            return await post_summaries(work, self.clock, self.periods)

    async def refresh_homes(self) -> int:
        """Homes that would look otherwise by now. Those nobody looked at for two weeks wait until somebody does."""
        async with self.store.reading() as work:
            homes = [card for card in await work.live_cards(kind=CardKind.HOME) if card.at > self.clock.now() - HOME_KEPT]
        changed = 0
        for card in homes:
            async with self.store.reading() as work:
                if not await live_cards.has_changed(card, work, self.policies, self.clock):
                    continue
            async with self.store() as work:
                work.redraw(card.id, self.clock.now())
            changed += 1
        return changed

    async def expire_requests(self) -> int:
        """Requests for approval that nobody answered in time."""
        async with self.store() as work:
            return await expire_requests(work, self.clock)

    async def catch_up(self) -> int:
        """Handles what was accepted and then lost to a stop, then tells people what came of it: a chat that is down keeps no effect back.

        What fails is tried again the next time, for a day; then it is given up and told, too.
        """
        now, failed, done = self.clock.now(), 0, 0
        late = LateAnswers(self.store, self.rooms, self.clock, self.rest)
        while left := await self.inbound.pending(now - PATIENCE, AT_ONCE, skip=failed):
            for one in left:
                reply = await self.handler(one.incoming)
                if reply.failed and one.since >= now - TRIED_FOR:
                    failed += 1
                    continue
                if reply.failed:
                    log.error("request given up", reference=cause_of(one.incoming.key))
                    if not await self.inbound.give_up(one.incoming):
                        failed += 1
                        continue
                late.add(one, reply)
            done += len(left)
        async with self.store.reading() as seen:
            stopped = await seen.stops(now)
        if not stopped:  # a restored copy writes to nobody
            await late.tell()
        return done

    async def deliver(self) -> Delivered:
        """Everything that waits: messages to customers, then cards."""
        return await self.send_messages() + await self.show_cards()

    async def send_messages(self) -> Delivered:
        """What waits for customers, on all channels at once."""
        done = await asyncio.gather(*map(self.send_on, self.channels))
        return sum(done, Delivered())

    async def send_on(self, channel: str) -> Delivered:
        """What waits for one channel; a job of its own for each, so that a vendor who is slow or down delays no other's messages."""
        await self._settle_abandoned(channel)
        sending = self.sending(channel)
        done = await sending.run()
        await self._note_outage(sending.tried)
        return done

    def sending(self, channel: str) -> Sending:
        return Sending(self.store, self.policies, self.letters, self.clock, self.channels[channel], self.nudge)

    async def show_cards(self) -> Delivered:
        """What waits, in all chats at once."""
        more = bool(self.rooms)
        while more:
            async with self.store() as work, self.store.reading() as seen:
                more = bool(await sort_cards(work, seen, self.policies, self.clock, self.rooms, self.routing, AT_ONCE))
        done = await asyncio.gather(*map(self.show_on, self.rooms))
        return sum(done, Delivered())

    async def show_on(self, chat: str) -> Delivered:
        """What waits for one chat; a job of its own for each, so that one that is slow or down delays no other's cards."""
        one = ShowCards(self.store, self.policies, self.clock, self.rooms, self.routing, chat, self.nudge)
        await one.run(AT_ONCE)
        return Delivered(cards=one.shown, errors=one.errors)

    async def mind_chats(self) -> None:
        """Whether the chats are there; their administrators, and the owners of what is new, are told by e-mail when they are not."""
        minding = MindChats(self.store, self.policies, self.clock, self.rooms, self.routing, self.channels.get("email"))
        await minding.run()

    async def _note_outage(self, tried: Tried) -> None:
        """Said once when a vendor is down, and once when it is back."""
        async with self.store() as work:
            turn = await note_outage(tried, work, self.clock)
        if turn is Turn.BEGAN:
            log.warning("vendor does not answer", channel=tried.channel, why=str(tried.trouble))
        elif turn is Turn.OVER:
            log.info("vendor answers again", channel=tried.channel)

    async def _settle_abandoned(self, mine: str) -> None:
        async with self.store() as work:
            rows = await abandoned_notices(work, mine, self.channels, self.clock, AT_ONCE)
        for row, channel in rows:
            outreach = self.channels.get(channel)
            try:
                was_sent = None if outreach is None else await outreach.was_sent(row.key)
            except OutsideError as error:  # asked again when this lease is over
                log.warning("fate of a message not learnt", row=str(row.id), why=str(error))
                continue
            async with self.store() as work:
                await settle_abandoned(row, was_sent, work, self.clock)


async def decide_all(store: Store, policies: Policies, clock: Clock, abreast: int) -> Decided:
    """Every account whose time has come, that many batches at a time: while the database stores one, another is decided."""
    batches = (_decide_batches(store, policies, clock) for _ in range(abreast))
    ended = await asyncio.gather(*batches, return_exceptions=True)  # none is left running when another failed
    done = Decided()
    for one in ended:
        if isinstance(one, BaseException):
            raise one
        done += one
    return done


async def _decide_batches(store: Store, policies: Policies, clock: Clock) -> Decided:
    done = Decided()
    while True:
        async with store() as work:
            batch = await decide_accounts(DecideAccounts(), work, policies, clock)
        done += batch
        if batch.accounts == 0:
            return done
