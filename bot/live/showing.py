"""Claimed cards on their way: each drawn, paced, put where it stands; the trouble of one workspace leaves the others alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from adapters.chat.protocol import ChatRoom, Limit
from adapters.core.cause import caused_by
from bot.live import live_cards, threads
from bot.live.live_cards import Showing, Shown, Waiting
from bot.live.pace import Pace
from bot.live.places import Place
from bot.live.routing import Routing
from bot.live.sorting import sort_cards
from workflows.chat_outages import back, lost
from workflows.domain.ids import CardId
from workflows.errors import OutsideError, RateLimited, Rejected
from workflows.ports import Clock, Policies, Store
from workflows.records import CardKind, StaffCard

MOST_IN_VAIN = 3
Home = tuple[str, str]  # a chat and one of its workspaces
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class ShowCards:
    """One pass over one chat. `shown` counts cards, `errors` are in words; `down` are the chats and channels that were so when the pass began, `later` when a card's turn is."""

    store: Store
    policies: Policies
    clock: Clock
    rooms: Mapping[str, ChatRoom]
    routing: Routing
    chat: str
    nudge: Callable[[], None] = lambda: None  # something may wait in another chat
    shown: int = 0
    errors: list[str] = field(default_factory=list)
    in_vain: dict[Home, list[Exception]] = field(default_factory=dict)
    seen: set[Home] = field(default_factory=set)
    down: set[str] = field(default_factory=set)
    later: dict[CardId, datetime] = field(default_factory=dict)
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(self.store, self.clock)

    async def run(self, at_once: int) -> None:
        """Until there is no more to do now. A workspace that fails again and again is left alone until the next pass."""
        async with self.store() as work:
            self.down = {one.key for one in await work.outages()}
        while await self._batch(at_once) and not self._all_given_up():
            pass

    async def _batch(self, at_once: int) -> int:
        async with self.store() as work, self.store.reading() as seen:
            given = await sort_cards(work, seen, self.policies, self.clock, self.rooms, self.routing, at_once)
            claimed = await live_cards.claim_cards(work, self.clock, at_once, self.chat)
        if {*given} - {"", self.chat}:
            self.nudge()
        for waiting in claimed:
            with caused_by(*(row.cause for row in waiting.rows)):
                await self._show(waiting)
        return len(given) + len(claimed)

    async def _show(self, waiting: Waiting) -> None:
        if waiting.card in self.later and not waiting.acted:  # its turn is known: it goes with the others of the card
            async with self.store() as work:
                await live_cards.put_off(waiting, self.later[waiting.card], work, self.clock)
            return
        try:
            async with self.store() as work, self.store.reading() as seen:
                showing = await live_cards.prepare(waiting, work, seen, self.policies, self.clock, self.rooms, self.routing)
        except Exception as error:  # a mistake of ours about one card must not keep the others back
            log.exception("card not drawn", card=str(waiting.card))
            self.errors.append(str(error))
            async with self.store() as work:
                await live_cards.note_trouble(waiting, error, work, self.clock)
            return
        if showing is None:
            return
        outcomes = [await self._put(showing, place, urgent=waiting.acted) for place in showing.due]
        self.shown += any(one.error is None for one in outcomes)
        async with self.store() as work:
            await live_cards.note(waiting, showing, outcomes, work, self.clock)

    async def _put(self, showing: Showing, place: Place, *, urgent: bool) -> Shown:
        room = self.rooms[place.platform]
        home = place.platform, room.home(place.channel)
        self.seen.add(home)
        if (tired := self._given_up(home)) is not None:
            return Shown(place, tired)
        limits = _limits(showing, place, room, self.clock)
        try:
            await self.pace.take(limits, urgent=urgent)
        except RateLimited as wait:
            self.later[showing.card.id] = self.clock.now() + timedelta(seconds=wait.retry_after)
            return Shown(place, wait)
        try:
            shown = await live_cards.show(showing, place, room, self.clock)
        except OutsideError as error:
            return await self._failed(showing, place, home, limits, error)
        except Exception as error:
            log.exception("card not shown", card=str(showing.card.id))
            self.errors.append(str(error))
            return Shown(place, error)
        log.info("card shown", card=str(showing.card.id), platform=place.platform, receipt=shown.message)
        self.in_vain.pop(home, None)
        await self._worked(place, home)
        return Shown(shown)

    async def _failed(self, showing: Showing, place: Place, home: Home, limits: Sequence[Limit], error: OutsideError) -> Shown:
        log.warning("card not shown", card=str(showing.card.id), why=str(error))
        self.errors.append(str(error))
        if isinstance(error, RateLimited):
            await self.pace.hold(limits, error.retry_after)
        if live_cards.may_pass(error):
            self.in_vain.setdefault(home, []).append(error)
        if not (showing.card.kind is CardKind.SHARED and isinstance(error, Rejected)):  # who shared it was told
            await self._lost(showing.card, place, home, error)
        return Shown(place, error)

    async def _lost(self, card: StaffCard, place: Place, home: Home, error: OutsideError) -> None:
        async with self.store() as work:
            new = await lost(*home, place.key[1], error, work, self.clock) - self.down
            if new and isinstance(error, Rejected):
                await live_cards.tell_administrators(card, place, error, self.rooms, work, self.clock.now())
        self.down |= new

    async def _worked(self, place: Place, home: Home) -> None:
        for key in self.down & {":".join(home), ":".join(place.key)}:
            async with self.store() as work:
                await back(key, work, self.clock, asked=False)
            self.down.discard(key)

    def _given_up(self, home: Home) -> Exception | None:
        """The last trouble of a workspace that is left alone for now."""
        met = self.in_vain.get(home, [])
        return met[-1] if len(met) >= MOST_IN_VAIN else None

    def _all_given_up(self) -> bool:
        return bool(self.seen) and all(self._given_up(home) for home in self.seen)


def _limits(showing: Showing, place: Place, room: ChatRoom, clock: Clock) -> Sequence[Limit]:
    """Of the card, and of the line in its thread, so that one is not shown without the other."""
    card = room.limits(place.channel, new=place.ref is None)
    if showing.lines is None or not room.threads(place.channel):
        return card
    line = threads.next_line(place, showing.lines, clock.now())
    return card if line is None else [*card, *room.limits(place.channel, new=line is threads.Line.NEW)]
