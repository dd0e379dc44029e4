"""The conversations we write to, and what Teams says of people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from adapters.chat.protocol import CardRef, Limit, Person, Profile
from adapters.chat.teams.addresses import AddressBook, Place
from adapters.chat.teams.connector import Connector
from adapters.chat.teams.faults import Closed, TooBig
from adapters.chat.teams.flows import PREFIX, Flows
from adapters.chat.teams.limits import flow_limits, limits
from adapters.chat.teams.names import PLATFORM
from adapters.chat.teams.turn import Room
from cards.elements import Card, Form, Text
from cards.linked import Link
from cards.teams.render import ADAPTIVE, CARD, SMALL, Block, render, render_form, summary, title_of
from workflows.domain.routing import ChannelFacts, against
from workflows.errors import NotFound, RateLimited, Rejected

_CHANNELS = ("@thread.tacv2", "@thread.skype")  # how the ids of teams' channels end; only there a message has a thread
Activity = dict[str, Any]
Approved = Callable[[], Awaitable[Iterable[str]]]


class TeamsRoom:
    """Implements `ChatRoom`. Names and amounts go to people, group chats and private channels, and to channels an administrator approved."""

    platform = PLATFORM
    edits = True

    def __init__(
        self,
        connector: Connector,
        flows: Flows,
        book: AddressBook,
        approved: frozenset[str],
        also: Approved | None = None,
        link: Link | None = None,
    ) -> None:
        """`link` says where a file is that a card names."""
        self._connector, self._flows, self._book, self._approved, self._also, self._link = connector, flows, book, approved, also, link

    def threads(self, channel: str) -> bool:
        return channel.endswith(_CHANNELS)

    def address(self, team: str, channel: str) -> str:  # ruff: ignore[unused-method-argument] - ids of Teams are the same everywhere
        return channel

    def home(self, written: str) -> str:  # ruff: ignore[unused-method-argument] - one registration speaks to all tenants
        return ""

    def limits(self, channel: str, *, new: bool) -> Sequence[Limit]:  # ruff: ignore[unused-method-argument] - both count alike
        return flow_limits(channel) if channel.startswith(PREFIX) else limits(channel)

    async def homes(self) -> Sequence[str]:
        return ("",)

    async def alive(self, home: str) -> None:  # ruff: ignore[unused-method-argument]
        """We may speak, and the connector answers: a token alone says nothing of it, and a conversation that is gone nothing against it."""
        await self._connector.ready()
        place = await self._book.newest()
        if place is not None:
            with suppress(Rejected, NotFound, RateLimited):
                await self._connector.answers(place.service, place.conversation)

    async def post(self, channel: str, card: Card) -> CardRef:
        """To a conversation, or to a person in their chat with the app. Raises `OutcomeUnknown` when it may stand there."""
        if channel.startswith(PREFIX):
            return await self._flows.post(channel, card)
        return await self._send(channel, lambda most: self._drawn(card, most))

    async def ask(self, channel: str, form: Form) -> CardRef:
        """The same for a form that nobody pressed a button for."""
        return await self._send(channel, lambda most: message(render_form(form, dialog=False, most=most), title_of(form)))

    async def say(self, conversation: str, words: str) -> None:
        """A line of ours that names nobody; it may stand anywhere."""
        place = await self._place(conversation)
        line = Card(words, (Text(words),))
        await self._connector.send(place.service, place.conversation, message(render(line), words))

    async def update(self, ref: CardRef, card: Card) -> None:
        """What a workflow posted stays as it is."""
        if ref.channel.startswith(PREFIX):
            return
        place = await self._place(ref.channel)
        await self._allow(place)
        root, _, one = ref.message.rpartition("/")
        thread = _thread(root) if root else ""

        async def put(most: int) -> str:
            await self._connector.update(place.service, ref.channel + thread, one, self._drawn(card, most))
            return one

        await self._writing(ref.channel, put)

    async def reply(self, ref: CardRef, card: Card) -> CardRef:
        """A line in the card's thread; its own name is the card's and its own, as a thread is a conversation to Teams."""
        said = await self._send(ref.channel, lambda most: self._drawn(card, most), _thread(ref.message))
        return CardRef(PLATFORM, ref.channel, f"{ref.message}/{said.message}")

    def _drawn(self, card: Card, most: int) -> Activity:
        return message(render(card, most, self._link), summary(card))

    async def _send(self, key: str, draw: Callable[[int], Activity], thread: str = "") -> CardRef:
        place = await self._open(key)
        await self._allow(place)
        to = place.private if place.user else place.conversation

        async def post(most: int) -> str:
            return await self._connector.send(place.service, to + thread, draw(most))

        try:
            return CardRef(PLATFORM, to, await self._writing(key, post))
        except NotFound:
            raise Rejected("Teams no longer has that conversation: name another one, or add the app there again.") from None

    async def profile(self, person: Person) -> Profile:
        """As the roster of a conversation they are in has it. Someone of another organisation than the conversation's is an outsider."""
        place = await self._place(person.id)
        row = await self._connector.member(place.service, place.conversation, place.user)
        return _profile(row, person)

    async def check(self, channel: str) -> None:
        """Whether cards may go there; raises what stands against it."""
        if channel.startswith(PREFIX):
            self._flows.address(channel)
            return
        place = await self._place(channel)
        if place.private:
            await self._place(place.private)  # what stands there may have been refused
        await self._allow(place)

    async def _open(self, key: str) -> Place:
        """A person's own chat is made when there is none yet."""
        place = await self._place(key)
        if not place.user or place.private:
            return place
        own = await self._connector.open(place.service, place.tenant, place.user)
        place = replace(place, private=own)
        await self._book.keep(key, place)
        await self._book.keep(own, Place(place.service, place.tenant, own, Room.PERSONAL.value))
        return place

    async def _place(self, key: str) -> Place:
        place = await self._book.find(key)
        if place is None:
            raise Rejected("Duebot has not met that Teams conversation yet: add the app there, and mention it once.")
        if place.closed:
            raise Closed(place.closed)
        return place

    async def _writing(self, key: str, write: Callable[[int], Awaitable[str]]) -> str:
        """What is too large is folded once more; who blocked us is written to no more."""
        try:
            try:
                return await write(CARD)
            except TooBig:
                return await write(SMALL)
        except Closed as closed:
            await self._book.close(key, str(closed))
            raise

    async def _allow(self, place: Place) -> None:
        if place.user or place.room != Room.CHANNEL.value:
            return
        approved = self._approved | frozenset(await self._also() if self._also else ())
        if not place.name and (place.sort == "shared" or against(_facts(place), approved)):
            place = await self._named(place)
        reason = against(_facts(place), approved)
        if reason:
            raise Rejected(reason)

    async def _named(self, place: Place) -> Place:
        """As the team's list has it; what people write in a channel comes without the channel's name."""
        if not place.team:
            return place
        row: Any = {}
        with suppress(Rejected, NotFound):
            row = await self._connector.channel(place.service, place.team, place.conversation)
        named = replace(place, name=str(row.get("name") or ""), sort=str(row.get("type") or place.sort).lower())
        if named != place:
            await self._book.keep(place.conversation, named)
        return named


def _facts(place: Place) -> ChannelFacts:
    return ChannelFacts(place.conversation, place.name, place.sort == "private", place.sort == "shared")


def _thread(root: str) -> str:
    return f";messageid={root}"


def message(content: Block, told: str) -> Activity:
    """The activity that shows a card; `told` is what a notification says."""
    return {"type": "message", "summary": told, "attachments": [{"contentType": ADAPTIVE, "content": content}]}


def _profile(row: Any, person: Person) -> Profile:
    """The address is the organisation's own record of it; guests and people of other organisations are told apart by role and tenant."""
    email = row.get("email") or row.get("userPrincipalName")
    guest = row.get("userRole") not in {None, "", "user"} or "#ext#" in str(row.get("userPrincipalName") or "").lower()
    elsewhere = row.get("tenantId") not in {None, "", person.team}
    other = person.id not in {row.get("aadObjectId"), row.get("objectId")}
    return Profile(
        email=email.lower() if isinstance(email, str) and "@" in email else None,
        name=str(row.get("name") or row.get("givenName") or ""),
        outsider=guest or elsewhere or other,
    )
