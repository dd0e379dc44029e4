"""An office with two chats, whose people press and type in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from adapters.chat.protocol import Incoming, Person, Reply
from cards.actions import Action, Name
from cards.plain.render import render
from tests.fakes.room import FakeRoom
from tests.workflows.office import Office
from workflows.domain.access import User

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

    async def press(self, user: User, platform: str, action: Action, values: dict[str, str] | None = None) -> Reply:
        return await self._do(Incoming(f"{platform}:{next(_KEYS)}", _person(user, platform), action, values=values or {}))

    async def type(self, user: User, text: str, platform: str = "slack", channel: str | None = None) -> Reply:
        return await self._do(Incoming(f"{platform}:{next(_KEYS)}", _person(user, platform), text=text, channel=channel))

    async def told(self, user: User, text: str) -> str:
        """The answer's card on one line."""
        reply = await self.type(user, text)
        assert reply.card is not None, reply
        return " ".join(render(reply.card).split())

    async def _do(self, incoming: Incoming) -> Reply:
        await self.store.inbound(self.clock).accept(incoming)
        return await self.desk(incoming)

    async def button(self, name: str, action: Name, **data: str) -> Action:
        """As the card of the invoice shows it now."""
        account = await self.account(name)
        item = account.items[0].id
        return Action(action, item, len(account.acts_on(item)), data)


def _account(user: User) -> str:
    return f"U{user.id.int}"


def _person(user: User, platform: str) -> Person:
    if platform == "inbox":
        return Person("inbox", "", str(user.id))
    return Person(platform, "T1", _account(user))
