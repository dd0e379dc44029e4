"""Where a card goes and when: the routes of the settings, quiet hours, and colleagues who are told themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from adapters.chat.protocol import ChatRoom
from bot.live.places import Place, places_of
from workflows.answer_query import see_item, see_many
from workflows.domain.access import Role
from workflows.domain.account import Account, Book, Escalation
from workflows.domain.acts import NOTIFY
from workflows.domain.ids import ItemId, UserId
from workflows.domain.money import totals
from workflows.domain.preferences import Notify, Preferences
from workflows.domain.routing import CHATS, Channel, Quiet, Route, Subject, channel, channels_for
from workflows.domain.telling import ESCALATED, HOLD_OVER, PROMISE_BROKEN, WOKE
from workflows.ports import Policies, UnitOfWork
from workflows.records import TO_ADMINISTRATORS, CardKind, CardState, StaffCard

_TELLS_OWNER = frozenset({WOKE, PROMISE_BROKEN, HOLD_OVER})
_NEWS = timedelta(days=7)  # who was given an item longer ago knows of it


@dataclass(frozen=True, slots=True)
class Routing:
    """`quiet` by the channel as the settings write it."""

    routes: Sequence[Route] = ()
    quiet: Mapping[Channel, Quiet] = field(default_factory=dict)

    def free_from(self, place: Place, book: Book, now: datetime) -> datetime:
        """When a card may be posted there; `now` unless it is quiet."""
        named, plain = Channel(place.platform, place.channel), Channel("", place.channel)
        quiet = self.quiet.get(named) or self.quiet.get(plain)
        return quiet.over(book.place, now) if quiet else now

    async def places(
        self, card: StaffCard, book: Book, rooms: Mapping[str, ChatRoom], work: UnitOfWork, policies: Policies, now: datetime
    ) -> tuple[Place, ...]:
        """Where a card that stands nowhere yet goes. Chats that are not connected get none."""
        if card.data.get(TO_ADMINISTRATORS):
            administrators = {user.id for user in await work.users() if user.role is Role.ADMINISTRATOR}
            return await _of_people(administrators, rooms, work)
        chosen = await self._chosen(card, book, work, policies, now)
        places = [Place(one.platform or next((chat for chat in rooms if chat in CHATS), ""), one.id) for one in chosen]
        return tuple(dict.fromkeys(place for place in places if place.platform in rooms))

    async def _chosen(self, card: StaffCard, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Sequence[Channel]:
        if card.channel is not None:
            return (channel(card.channel),)  # it was made for one channel and is nobody else's
        subject = Subject(book.slug, kind=card.kind.value) if not self.routes else await self._subject(card, book, work, policies, now)
        return channels_for(self.routes, subject, book.chat_channel)

    async def _subject(self, card: StaffCard, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Subject:
        """A digest counts what all its customers owe; a card without items is about its book."""
        items = [ItemId(card.subject)] if card.kind is CardKind.ALERT else [ItemId(UUID(str(one))) for one in card.data.get("items", ())]
        owners = await work.owners(items)
        seen = await see_many(owners.values(), work, policies, now)
        decided = [seen[customer].of(item) for item, customer in owners.items() if customer in seen]
        owner = {one.account.customer.owner for one in seen.values()}
        people = {user.id: user.email for user in await work.users()}
        only = next(iter(owner)) if len(owner) == 1 else None
        return Subject(
            book.slug,
            frozenset(one.item.product for one in decided if one.item.product),
            totals(one.open for one in decided),
            max((one.days_past_due or 0 for one in decided), default=0),
            people.get(only) if only else None,
            card.kind.value,
        )


async def owners_place(
    card: StaffCard, rooms: Mapping[str, ChatRoom], work: UnitOfWork, policies: Policies, now: datetime
) -> tuple[Place, ...]:
    """Who is told themselves, in a line of their own: the customer's owner, when a snooze, a hold or a promise is over (whoever set it),
    those whom a policy has told, and the manager to whom the item is escalated.
    """
    if card.kind is not CardKind.ALERT:
        return ()
    account = (await see_item(ItemId(card.subject), work, policies, now)).account
    told = _told(account, card)
    people = {account.customer.owner} if any(step in _TELLS_OWNER or step.startswith(f"{NOTIFY}owner:") for step in told) else set()
    if any(step.startswith(f"{NOTIFY}manager:") for step in told):
        people |= {user.id for user in await work.users() if user.role is Role.MANAGER}
    people |= {one.to for one in account.escalations if one.item == card.subject and _is_news(one, told, now)}
    wanted = await work.preferences()
    listening = {one for one in people if one is not None and wanted.get(one, Preferences()).notify is not Notify.NOTHING}
    return await _of_people(listening, rooms, work)


def _is_news(fact: Escalation, told: frozenset[str], now: datetime) -> bool:
    """What a policy escalates has a card of that day; a person does it on the card that stands."""
    return fact.ended_at is None and (ESCALATED in told if fact.by is None else now < fact.at + _NEWS)


async def everywhere(
    card: StaffCard, rooms: Mapping[str, ChatRoom], routing: Routing, work: UnitOfWork, policies: Policies, now: datetime
) -> tuple[Place, ...]:
    """Where a card stands or is to stand; nowhere new once it froze."""
    places = places_of(card)
    if not any(place.message for place in places):
        if card.state is CardState.FROZEN:
            return ()
        book = next(book for book in await work.books() if book.id == card.book)
        places = await routing.places(card, book, rooms, work, policies, now)
    if not places or card.state is CardState.FROZEN:
        return places
    known = {place.key for place in places}
    return (*places, *(one for one in await owners_place(card, rooms, work, policies, now) if one.key not in known))


def _told(account: Account, card: StaffCard) -> frozenset[str]:
    """What was raised of the card's item on its day."""
    day = account.book.place.day
    return frozenset(one.step for one in account.raised if one.item == card.subject and day(one.at) == card.day)


async def _of_people(people: set[UserId], rooms: Mapping[str, ChatRoom], work: UnitOfWork) -> tuple[Place, ...]:
    """One chat account each, of the first chat they have."""
    first: dict[UserId, Place] = {}
    for one in await work.identities():
        if one.user in people and one.platform in rooms:
            first.setdefault(one.user, Place(one.platform, rooms[one.platform].address(one.team, one.person)))
    return tuple(first.values())


async def own_chats(rooms: Mapping[str, ChatRoom], work: UnitOfWork) -> Mapping[tuple[str, str], UserId]:
    """Whose the places are that are a person's, by their key."""
    known = [one for one in await work.identities() if one.platform in rooms]
    return {(one.platform, rooms[one.platform].address(one.team, one.person)): one.user for one in known}


async def preferences_at(places: Sequence[Place], rooms: Mapping[str, ChatRoom], work: UnitOfWork) -> Mapping[tuple[str, str], Preferences]:
    """Of the places that are a person's, by their key."""
    wanted = await work.preferences()
    whose = await own_chats(rooms, work) if wanted else {}
    return {place.key: wanted[whose[place.key]] for place in places if whose.get(place.key) in wanted}
