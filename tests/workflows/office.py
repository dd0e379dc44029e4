"""A small finance team over one book, with everything real but the channel, the chat and the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from adapters.chat.protocol import ChatRoom
from adapters.letters.template_letters import TemplateLetters
from adapters.store.unit_of_work import SqlStore
from bot.handle import Desk
from bot.jobs import Jobs, Ticked
from bot.live.routing import Routing
from bot.policies import PolicyBook, PolicyVersion, shipped
from bot.sending import Delivered
from tests.fakes.clock import FixedClock
from tests.fakes.outreach import FakeOutreach
from tests.fakes.room import FakeRoom
from workflows.domain.access import Role, User
from workflows.domain.account import Account, Book, Notice
from workflows.domain.calendar import Place
from workflows.domain.ids import UserId
from workflows.domain.money import Money
from workflows.ports import Letters
from workflows.records import CardKind, Effect, LedgerRow, OutboxState, StaffCard
from workflows.send_reminder import PreviewReminder, ReminderQueued, SendReminder, preview_reminder, send_reminder

KNOWN_SINCE = timedelta(days=60)  # so long that nothing was overdue when it was first read
# The same in every process.
ANA = User(UserId(UUID(int=1)), "ana@seller.example", "Ana", Role.COLLECTOR)
BEN = User(UserId(UUID(int=2)), "ben@seller.example", "Ben", Role.COLLECTOR)
MAX = User(UserId(UUID(int=3)), "max@seller.example", "Max", Role.MANAGER)
VERA = User(UserId(UUID(int=4)), "vera@seller.example", "Vera", Role.VIEWER)

BERLIN = Place("Europe/Berlin", "DE")
ANY_HOUR = "\n".join(line for line in shipped().text.splitlines() if not line.startswith(("hours:", "business_days:")))


def policies(text: str | None = None) -> PolicyBook:
    kept = shipped() if text is None else PolicyVersion("standard", 1, text)
    return PolicyBook([kept], [("standard", 1)])


@dataclass
class Office:
    store: SqlStore
    clock: FixedClock = field(default_factory=FixedClock)
    mail: FakeOutreach = field(default_factory=FakeOutreach)
    room: FakeRoom | None = None
    teams: FakeRoom | None = None  # a second chat
    routing: Routing = field(default_factory=Routing)
    policies: PolicyBook = field(default_factory=policies)
    letters: Letters = field(default_factory=TemplateLetters)

    @property
    def jobs(self) -> Jobs:
        channels, inbound = {"email": self.mail}, self.store.inbound(self.clock)
        return Jobs(self.store, self.policies, self.letters, self.clock, channels, self.rooms, inbound, self.desk, self.routing)

    @property
    def rooms(self) -> dict[str, ChatRoom]:
        return {room.platform: room for room in (self.room, self.teams) if room is not None}

    @property
    def desk(self) -> Desk:
        return Desk(self.store, self.policies, self.letters, self.clock, self.rooms, lambda: None)

    async def open(self, *users: User, chat: bool = False, by_files: bool = False, place: Place = BERLIN) -> None:
        async with self.store() as work:
            book = await work.book("main")
            channel = "C1" if chat else None
            await work.change_book(
                replace(book, name="Northwind", place=place, currency="EUR", fed_by_files=by_files, chat_channel=channel)
            )
            for user in users or (ANA, BEN, MAX):
                await work.add_user(user)

    async def owe(self, *names: str, late: int = 3, amount: str = "100.00", known: timedelta = KNOWN_SINCE) -> None:
        """An invoice of each customer, so many days past due today, of which we have known so long. `acme/2` is a second one of acme."""
        due = self.today - timedelta(days=late)
        rows = [self.row(name, due, amount) for name in names]
        async with self.store() as work:
            await work.store_rows((await work.book("main")).id, rows, self.clock.now() - known)

    @staticmethod
    def row(name: str, due: date, amount: str) -> LedgerRow:
        customer = name.partition("/")[0]
        return LedgerRow(
            f"INV-{name}",
            customer,
            customer.title(),
            Money.of(amount, "EUR"),
            due,
            due - timedelta(days=30),
            email=f"pay@{customer}.example",
        )

    async def pay(self, name: str, amount: str = "100.00", *, late: int = 3, of: str = "100.00") -> None:
        """The whole or a part, today, as a file says it."""
        row = self.row(name, self.today - timedelta(days=late), of)
        paid = replace(row, paid=Money.of(amount, "EUR"), paid_on=self.today)
        async with self.store() as work:
            await work.store_rows((await work.book("main")).id, [paid], self.clock.now())

    @property
    def today(self) -> date:
        return self.clock.now().date()

    async def tick(self) -> Ticked:
        return await self.jobs.tick()

    async def deliver(self) -> Delivered:
        return await self.jobs.deliver()

    async def pass_minutes(self, minutes: int) -> None:
        """As the service does: every minute a tick and a delivery."""
        for _ in range(minutes):
            self.clock.advance(timedelta(minutes=1))
            await self.tick()
            await self.deliver()

    async def at(self, when: datetime) -> None:
        self.clock.set(when)
        await self.tick()
        await self.deliver()

    async def account(self, name: str) -> Account:
        async with self.store() as work:
            return await work.account_of((await work.find_items(f"INV-{name}"))[0].item.id)

    async def notices(self, name: str) -> list[Notice]:
        return sorted((await self.account(name)).notices, key=lambda notice: (notice.at, notice.id))

    async def states(self, name: str) -> list[str]:
        return [notice.state.value for notice in await self.notices(name)]

    async def book(self) -> Book:
        async with self.store() as work:
            return await work.book("main")

    async def cards(self, kind: CardKind | None = None) -> list[StaffCard]:
        """Live ones."""
        async with self.store() as work:
            return [card for card in await work.live_cards() if kind is None or card.kind is kind]

    async def outbox(self) -> Mapping[tuple[Effect, OutboxState], int]:
        async with self.store() as work:
            return await work.outbox_counts()

    async def trail(self) -> list[tuple[str, Mapping[str, object]]]:
        await self.store.audit.seal()
        return [(entry.type, entry.data) async for entry in self.store.audit.entries()]

    async def send_by_hand(self, name: str, by: User = ANA, reason: str = "They asked for it.") -> ReminderQueued:
        """Looked at and sent as seen."""
        item = (await self.account(name)).items[0].id
        async with self.store() as work:
            seen = await preview_reminder(PreviewReminder(item, by), work, self.policies, self.letters, self.clock)
        ask = SendReminder(item, by, seen.fingerprint, seen.earlier, reason)
        async with self.store() as work:
            return await send_reminder(ask, work, self.policies, self.letters, self.clock)


async def opened(store: SqlStore, *owing: str, **rest: Any) -> Office:
    """An office whose customers owe an invoice three days late each."""
    office = Office(store, **rest)
    await office.open()
    if owing:
        await office.owe(*owing)
    return office
