"""What came of something is told in the person's own chat, where what brought it can be answered no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from adapters.chat.protocol import CardRef, ChatRoom, Incoming, Pending, Person, Reply
from adapters.core.cause import cause_of
from adapters.core.pauses import Rest, said_again
from bot.handle import changes
from bot.live.pace import Pace
from cards import problems
from cards.actions import Name
from cards.elements import Card
from workflows.errors import OutsideError, RateLimited, Rejected
from workflows.ports import Clock, Store

AWAITED = timedelta(hours=1)  # the answer to a question; by then whoever asked has asked again, or somebody else
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class LateAnswers:
    """Those of one pass. Trouble with a chat is logged: what was asked is done all the same."""

    store: Store
    rooms: Mapping[str, ChatRoom]
    clock: Clock
    rest: Rest
    waiting: list[tuple[Incoming, Card]] = field(default_factory=list)

    def add(self, asked: Pending, reply: Reply) -> None:
        """Where there is a chat to write to, and somebody still waits for it."""
        card, old = _told(asked.incoming, reply), asked.since < self.clock.now() - AWAITED
        if card is not None and asked.incoming.person.platform in self.rooms and (not old or changes(asked.incoming)):
            self.waiting.append((asked.incoming, card))

    async def tell(self) -> None:
        """A chat that is down is not tried with the rest."""
        down = set[str]()
        for incoming, card in self.waiting:
            if incoming.person.platform in down:
                continue
            try:
                await said_again(partial(self._post, incoming.person, card), self.rest)
            except OutsideError as trouble:
                log.warning("late answer not told", reference=cause_of(incoming.key), why=str(trouble))
                if not isinstance(trouble, Rejected | RateLimited):
                    down.add(incoming.person.platform)

    async def _post(self, person: Person, card: Card) -> CardRef:
        room = self.rooms[person.platform]
        to = room.address(person.team, person.id)
        await Pace(self.store, self.clock).take(room.limits(to, new=True), urgent=True)
        return await room.post(to, card)


def _told(incoming: Incoming, reply: Reply) -> Card | None:
    """A home is shown where it stands, and a form only to who has just asked."""
    if incoming.action is not None and incoming.action.name is Name.HOME:
        return None
    return problems.form_lost() if reply.form is not None else reply.card
