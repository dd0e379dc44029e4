"""What colleagues would have been told in a chat that takes no cards: lines for a mail, by who has to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from adapters.chat.protocol import ChatRoom
from bot.live.draw import draw
from bot.live.lines import digest_lines
from bot.live.routing import Routing
from cards.outage_mail import item_line
from workflows.domain.access import Role, User
from workflows.domain.account import Book
from workflows.domain.ids import ItemId, UserId
from workflows.ports import Policies, UnitOfWork
from workflows.raise_alerts import LOOK_BACK
from workflows.records import CardKind, Outage, StaffCard

log = structlog.get_logger(__name__)

MOST = 200  # cards that are looked at
_ELSEWHERE = frozenset(
    {CardKind.HOME, CardKind.AUDIT_HEAD, CardKind.SHARED}
)  # opened by whom they are for; for a channel of its own; no news


@dataclass(slots=True)
class News:
    work: UnitOfWork
    policies: Policies
    rooms: Mapping[str, ChatRoom]
    routing: Routing
    now: datetime
    lines: dict[UserId, list[str]] = field(default_factory=dict)
    said: set[ItemId] = field(default_factory=set)

    async def of(self, outages: Sequence[Outage]) -> Mapping[UserId, Sequence[str]]:
        """Of an item its customer's owner has to know, of everything else those who manage. What was raised in quiet hours is told after them."""
        if not outages:
            return {}
        users = await self.work.users()
        for card, book in await self.kept_back(outages, in_quiet_hours=False):
            try:
                await self._add(card, book, users)
            except Exception:  # a mistake of ours about one card must not keep the others back
                log.exception("news not told", card=str(card.id))
        return self.lines

    async def kept_back(self, outages: Sequence[Outage], *, in_quiet_hours: bool) -> Sequence[tuple[StaffCard, Book]]:
        """What would stand in what is out of order, or would once its quiet hours are over."""
        found, keys = [], {one.key for one in outages}
        books = {book.id: book for book in await self.work.books()}
        for card in await self.work.unposted_cards(self.now - LOOK_BACK, MOST):
            if card.kind in _ELSEWHERE:
                continue
            try:
                if keys & await self._keys(card, books[card.book], in_quiet_hours=in_quiet_hours):
                    found.append((card, books[card.book]))
            except Exception:  # as above
                log.exception("card not looked at", card=str(card.id))
        return found

    async def _keys(self, card: StaffCard, book: Book, *, in_quiet_hours: bool) -> set[str]:
        """Of the outages that would keep the card back."""
        places = await self.routing.places(card, book, self.rooms, self.work, self.policies, self.now)
        heard = [one for one in places if in_quiet_hours or self.routing.free_from(one, book, self.now) <= self.now]
        return {f"{one.platform}:{where}" for one in heard for where in (self.rooms[one.platform].home(one.channel), one.channel)}

    async def _add(self, card: StaffCard, book: Book, users: Sequence[User]) -> None:
        managers = {user.id for user in users if user.role >= Role.MANAGER}
        items = _items(card)
        if not items:
            self._tell(managers, (await draw(card, self.work, self.policies, self.now)).summary)
            return
        owners = await self.work.owners(items)
        accounts = {account.customer.id: account for account in await self.work.accounts(list(owners.values()))}
        for line in await digest_lines([one for one in items if one not in self.said], self.work, self.policies, self.now):
            owner = accounts[owners[line.item]].customer.owner
            self._tell(managers if owner is None else {owner}, item_line(book, line))
        self.said |= set(items)

    def _tell(self, whom: set[UserId], line: str) -> None:
        for user in whom:
            self.lines.setdefault(user, []).append(line)


def _items(card: StaffCard) -> list[ItemId]:
    if card.kind is CardKind.ALERT:
        return [ItemId(card.subject)]
    return [ItemId(UUID(str(item))) for item in card.data.get("items", ())] if card.kind is CardKind.DIGEST else []
