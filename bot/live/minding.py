"""Whether the chats are there. When one is not, administrators are told once, and those who have to know what is new, both by e-mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from adapters.chat.protocol import ChatRoom
from bot.live.news import News
from bot.live.routing import Routing, own_chats
from bot.live.staff_mail import send_staff_mail
from cards import outage_mail
from cards.format import name, since
from cards.outage_mail import Down, Mail
from workflows.chat_outages import back, lost, tell_administrators
from workflows.domain.calendar import Place
from workflows.domain.ids import UserId
from workflows.errors import OutsideError
from workflows.ports import Clock, Outreach, Policies, Store, UnitOfWork
from workflows.records import Effect, Outage, OutageKind, OutboxRow

PATIENCE = timedelta(minutes=10)  # a chat that is down for less is not worth a mail
ASKED_EVERY = 10  # minutes; one that is out of order is asked every minute


@dataclass(slots=True)
class MindChats:
    """One pass. Without `mail` outages are kept, and nobody is told by e-mail."""

    store: Store
    policies: Policies
    clock: Clock
    rooms: Mapping[str, ChatRoom]
    routing: Routing
    mail: Outreach | None

    async def run(self) -> None:
        async with self.store() as work:
            known = await self._outages(work)
        for platform, room in self.rooms.items():
            await self._ask(platform, room, {one.home for one in known if one.platform == platform and one.kind is not OutageKind.CHANNEL})
        for outage in known:
            if outage.kind is OutageKind.CHANNEL:
                await self._ask_channel(self.rooms[outage.platform], outage)
        if self.mail is not None:
            await self._tell()
            await send_staff_mail(self.mail, self._write, self.store, self.clock)

    async def _ask(self, platform: str, room: ChatRoom, lost_homes: set[str]) -> None:
        """Those that are out of order are asked also where the room does not list them: a channel or a person may be written with its workspace."""
        regular = self.clock.now().minute % ASKED_EVERY == 0
        for home in sorted({*await room.homes(), *lost_homes}):
            if home not in lost_homes and not regular:
                continue
            try:
                await room.alive(home)
            except OutsideError as error:
                async with self.store() as work:
                    await lost(platform, home, home, error, work, self.clock)
                continue
            if home in lost_homes:
                async with self.store() as work:
                    await back(f"{platform}:{home}", work, self.clock, asked=True)

    async def _ask_channel(self, room: ChatRoom, outage: Outage) -> None:
        """Some say nothing against cards and take none: while any wait, only one that goes through ends it, and one is tried every ten minutes."""
        try:
            await room.check(outage.home)
        except OutsideError:
            return
        now = self.clock.now()
        async with self.store.reading() as seen:
            waiting = await self._news(seen).kept_back([outage], in_quiet_hours=True)
        async with self.store() as work:
            if not waiting:
                await back(outage.key, work, self.clock, asked=True)
                return
            card, ten_minutes = str(waiting[0][0].id), now.replace(minute=now.minute - now.minute % ASKED_EVERY)
            await work.enqueue(Effect.CARD, f"card:{card}:{ten_minutes:%Y-%m-%dT%H:%M}", {"card": card}, now)

    async def _tell(self) -> None:
        now = self.clock.now()
        async with self.store() as work:
            for outage in await self._outages(work):
                lasts = outage.kind is not OutageKind.DOWN or now - outage.since >= PATIENCE
                if outage.told_at is None and lasts and await work.told_outage(outage.key, now):
                    await tell_administrators("lost", outage, work, self.clock)
        async with self.store.reading() as seen:
            day, users = (await _place(seen)).day(now), list(await self._told(seen))
        async with self.store() as work:
            for user in users:
                await work.enqueue(Effect.STAFF_MAIL, f"news:{user}:{day}", {"user": str(user), "what": "news"}, now)

    async def _outages(self, work: UnitOfWork) -> Sequence[Outage]:
        """Those of chats."""
        return [one for one in await work.outages() if one.platform in self.rooms]

    def _news(self, work: UnitOfWork) -> News:
        return News(work, self.policies, self.rooms, self.routing, self.clock.now())

    async def _told(self, work: UnitOfWork) -> Mapping[UserId, Sequence[str]]:
        """What is new, by who has to know."""
        return await self._news(work).of([outage for outage in await self._outages(work) if outage.told_at is not None])

    async def _write(self, row: OutboxRow, work: UnitOfWork) -> Mail | None:
        """Null when there is nothing to say any more."""
        place, now = await _place(work), self.clock.now()
        if row.payload["what"] == "news":
            lines = (await self._told(work)).get(UserId(UUID(str(row.payload["user"]))), ())
            outages = [one for one in await self._outages(work) if one.told_at is not None]
            return outage_mail.news(await self._down(outages[0], place, now, work), lines) if lines else None
        began, kind = datetime.fromisoformat(str(row.payload["since"])), OutageKind(str(row.payload["kind"]))
        outage = Outage(str(row.payload["platform"]), str(row.payload["home"]), kind, str(row.payload["why"]), began)
        down = await self._down(outage, place, now, work)
        return outage_mail.back(down) if row.payload["what"] == "back" else outage_mail.lost(down)

    async def _down(self, outage: Outage, place: Place, now: datetime, work: UnitOfWork) -> Down:
        chat = outage.platform.capitalize()
        part = "channel" if outage.kind is OutageKind.CHANNEL else "workspace"
        where = f"{chat}, {part} {outage.home}" if outage.home else chat
        whose = (await own_chats(self.rooms, work)).get((outage.platform, outage.home))
        if whose is not None:
            where = f"{name((await work.user(whose)).name)} in {chat}"
        return Down(where, outage.why, since(outage.since, now, place), outage.kind is OutageKind.DOWN)


async def _place(work: UnitOfWork) -> Place:
    books = await work.books()
    return books[0].place if books else Place("UTC")
