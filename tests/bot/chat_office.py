"""An office with two chats, whose people press and type in them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from adapters.chat.protocol import CardRef, Incoming, Person, Reply
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.evidence import Packing
from bot.file_making import FileMaker
from bot.live.files import Files
from bot.live.routing import Routing
from cards.actions import Action, Name
from cards.plain.render import render
from tests.conftest import SECRET_KEY
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, BEN, MAX, Office
from workflows.domain.access import User
from workflows.domain.routing import Channel, Route

BOTH = Routing((Route((Channel("slack", "C1"), Channel("teams", "19:x"))),))
_KEYS = count(1)


@dataclass
class ChatOffice(Office):
    """`room` is Slack, `teams` another chat; every card of the book goes to a channel of each once `both` routes it there."""

    slack: FakeRoom = field(default_factory=FakeRoom)

    def __post_init__(self) -> None:
        self.room = self.slack

    async def link(self, user: User, platform: str = "slack") -> None:
        async with self.store() as work:
            await work.link(user.id, platform, "T1", _account(user))

    async def press(
        self, user: User, platform: str, action: Action, values: dict[str, str] | None = None, card: CardRef | None = None
    ) -> Reply:
        return await self._do(Incoming(f"{platform}:{next(_KEYS)}", _person(user, platform), action, values=values or {}, card=card))

    async def type(self, user: User, text: str, platform: str = "slack", channel: str | None = None) -> Reply:
        return await self._do(Incoming(f"{platform}:{next(_KEYS)}", _person(user, platform), text=text, channel=channel))

    async def told(self, user: User, text: str) -> str:
        """The answer's card on one line."""
        reply = await self.type(user, text)
        assert reply.card is not None, reply
        return " ".join(render(reply.card).split())

    async def escalate(self, name: str) -> None:
        """Ana to Max."""
        await self.press(ANA, "slack", await self.button(name, Name.CONFIRM_ESCALATE), {"to": str(MAX.id), "why": "they do not answer"})

    async def attach(self) -> int:
        """Files, to the cards in rooms that hold them."""
        return await Files(FileMaker(Packing(self.store, self.clock, None, None), self.policies), self.rooms).attach()

    async def minute(self) -> None:
        """The next one, with everything that runs by itself in it."""
        self.clock.advance(timedelta(minutes=1))
        await self.tick()
        await self.deliver()
        await self.attach()

    async def _do(self, incoming: Incoming) -> Reply:
        await self.store.inbound(self.clock).accept(incoming)
        return await self.desk(incoming)

    async def button(self, name: str, action: Name, **data: str) -> Action:
        """As the card of the invoice shows it now."""
        account = await self.account(name)
        item = account.items[0].id
        return Action(action, item, len(account.acts_on(item)), data)


@asynccontextmanager
async def opened(url: str, **parts: Any) -> AsyncGenerator[ChatOffice]:
    """Open for business, with Ana in its chat; `parts` are those of the office that are not the usual ones."""
    made = ChatOffice(SqlStore(open_engine(url), [SECRET_KEY]), **parts)
    await made.open(chat=True)
    await made.link(ANA)
    try:
        yield made
    finally:
        await made.store.close()


@asynccontextmanager
async def in_both_chats(url: str) -> AsyncGenerator[ChatOffice]:
    """Acme owes; for five minutes its card has stood in Slack, where Ana and Max are, and in Teams, where Ben is."""
    async with opened(url, teams=FakeRoom("teams"), routing=BOTH) as made:
        await made.link(BEN, "teams")
        await made.link(MAX)
        await made.owe("acme")
        await made.tick()
        await made.jobs.show_cards()
        made.clock.advance(timedelta(minutes=5))
        yield made


def _account(user: User) -> str:
    return f"U{user.id.int}"


def _person(user: User, platform: str) -> Person:
    if platform == "inbox":
        return Person("inbox", "", str(user.id))
    return Person(platform, "T1", _account(user))
