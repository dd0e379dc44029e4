"""Any small schedule of ticks, deliveries, deaths, payments, clicks and snoozes: nobody is told the same twice, or of what is paid."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY, Fresh
from tests.fakes.clock import FixedClock
from tests.fakes.outreach import FakeOutreach
from tests.workflows.office import ANA, Office
from workflows.deliver_notices import settle_abandoned
from workflows.domain.account import Account, NoticeState
from workflows.domain.decide import decide, to_do
from workflows.domain.decision import ActionKind, Decision
from workflows.domain.ids import NoticeId
from workflows.domain.policy import Policy
from workflows.errors import Refused
from workflows.ports import UnitOfWork
from workflows.records import Effect, LedgerRow, OutboxRow, OutboxState
from workflows.settle_unknown import SettleUnknown, settle_unknown
from workflows.snooze_item import SnoozeItem, snooze_item

DAYS_LATE = {"acme": 2, "acme/2": -5, "brill": 9}
NAMES = tuple(DAYS_LATE)
BERLIN = ZoneInfo("Europe/Berlin")
MEMORY = Path("/dev/shm")  # where there is one, the databases of this test need no disk
FAST = MEMORY if MEMORY.is_dir() else None
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # ten in Berlin; acme's first step comes tomorrow, and so does brill's second


class Died(BaseException):
    """The process is gone: nobody catches it, and what was committed stays as it is."""


@dataclass(slots=True)
class Mortal:
    """A store whose process dies `before` or after its commit number `commits`; what it still had under way dies with it."""

    store: SqlStore
    commits: int
    before: bool
    dead: bool = False

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._unit()

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self.store.reading()

    @asynccontextmanager
    async def _unit(self) -> AsyncGenerator[UnitOfWork, None]:
        self.live_on()
        async with self.store() as work:
            yield work  # ruff: ignore[fallible-context-manager] - a unit that raises has no commit to die at
            self.live_on()
            self.commits -= 1
            if self.commits < 0:
                self.dead = True
            if self.before:
                self.live_on()
        self.live_on()

    def live_on(self) -> None:
        if self.dead:
            raise Died


@dataclass(frozen=True, slots=True)
class Letter:
    """What a customer found in their mailbox, and when."""

    notice: NoticeId
    to: str
    numbers: frozenset[str]
    paid: frozenset[str]
    at: datetime


@dataclass
class World:
    """The office, the hand of fate, and what really happened."""

    office: Office
    paid: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    letters: list[Letter] = field(default_factory=list)
    deaths: int = 0

    async def do(self, step: Step) -> None:
        match step:
            case ("wait", timedelta() as pause):
                self.office.clock.advance(pause)
            case ("tick" | "deliver" as job, None):
                await getattr(self.office, job)()
            case ("tick" | "deliver" as job, (int() as commits, bool() as before)):
                await self._die_in(job, commits, before=before)
            case ("pay", str() as name):
                await self._pay(name)
            case ("click", str() as name):
                self.touched.add(name.partition("/")[0])
                with suppress(Refused):
                    await self.office.send_by_hand(name)
            case ("snooze", (str() as name, int() as days)):
                await self._snooze(name, days)
        self._read_mail()

    async def _die_in(self, job: str, commits: int, *, before: bool) -> None:
        fate = Mortal(self.office.store, commits, before)
        self.office.mail.before = fate.live_on
        try:
            await getattr(replace(self.office.jobs, store=fate), job)()
        except Died:
            self.deaths += 1
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        fate.dead = True
        await asyncio.gather(*under_way, return_exceptions=True)
        self.office.mail.before = None

    async def _pay(self, name: str) -> None:
        self.touched.add(name.partition("/")[0])
        if name not in self.paid:
            self.paid.add(name)
            async with self.office.store() as work:
                rows = [replace(owed(name), paid=owed(name).total, paid_on=self.office.today)]
                await work.store_rows((await work.book("main")).id, rows, self.office.clock.now())

    async def _snooze(self, name: str, days: int) -> None:
        self.touched.add(name.partition("/")[0])
        item = (await self.office.account(name)).items
        mine = next(one.id for one in item if one.number == f"INV-{name}")
        with suppress(Refused):
            async with self.office.store() as work:
                ask = SnoozeItem(mine, self.office.today + timedelta(days=days), ANA)
                await snooze_item(ask, work, self.office.policies, self.office.clock)

    def _read_mail(self) -> None:
        for arrived in self.office.mail.mailbox[len(self.letters) :]:
            numbers = frozenset(re.findall(r"INV-([a-z/0-9]+)", arrived.message.text))
            notice = NoticeId(UUID(arrived.key.removeprefix("notice:")))
            self.letters.append(Letter(notice, arrived.message.to[0], numbers, frozenset(self.paid), self.office.clock.now()))

    async def run_out(self) -> None:
        """Days of quiet work, in which somebody looks up what was in doubt."""
        for day in range(5):
            self.office.clock.set((self.office.clock.now() + timedelta(days=1)).replace(hour=10, minute=0))
            for _ in range(3 if day == 0 else 1):
                await self.do(("tick", None))
                await self.do(("deliver", None))
                self.office.clock.advance(timedelta(minutes=6))
            if day == 0:
                await self._answer()

    async def _answer(self) -> None:
        arrived = {letter.notice for letter in self.letters}
        for customer in ("acme", "brill"):
            for notice in await self.office.notices(customer):
                if notice.state is NoticeState.UNKNOWN:
                    async with self.office.store() as work:
                        await settle_unknown(SettleUnknown(notice.id, notice.id in arrived, ANA), work, self.office.clock)

    async def check(self) -> None:
        notices = {notice.id: notice for name in ("acme", "brill") for notice in await self.office.notices(name)}
        said: Counter[object] = Counter()
        days: Counter[object] = Counter()
        for letter in self.letters:
            notice = notices[letter.notice]
            assert not letter.numbers & letter.paid, "a paid invoice was asked for"
            assert notice.state is NoticeState.SENT, "it arrived and nobody knows"
            days[letter.to, letter.at.astimezone(BERLIN).date()] += notice.by is None
            for entry in notice.items:
                triple = (entry.item, entry.step, entry.occurrence)
                assert not (entry.leads and said[triple]), "a step was said twice"
                said[triple] += 1
        assert all(count < 2 for count in days.values()), "two messages on one day"
        keys = Counter(letter.notice for letter in self.letters)
        assert all(count == 1 for count in keys.values()), "a message came twice"
        assert {letter.notice for letter in self.letters} == {one.id for one in notices.values() if one.state is NoticeState.SENT}
        for customer in {"acme", "brill"} - self.touched:
            assert any(letter.to == f"pay@{customer}.example" for letter in self.letters), "a message was lost"
        await self._nothing_waits()

    async def _nothing_waits(self) -> None:
        waiting = {OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN}
        assert not [key for key in await self.office.outbox() if key[0] is Effect.NOTICE and key[1] in waiting]
        for name in ("acme", "brill"):
            account = await self.office.account(name)
            decision = decide(self.office.policies.of(account), account, self.office.clock.now())
            assert ActionKind.REMIND not in [action.kind for action in decision.actions], "something due did not leave"


Step = tuple[str, object]
DEATHS = st.one_of(st.tuples(st.integers(0, 2), st.booleans()), st.tuples(st.integers(0, 4), st.booleans()), st.none())
WAITS = st.sampled_from([timedelta(minutes=1), timedelta(minutes=6), timedelta(hours=9), timedelta(days=1), timedelta(days=4)])
WHO = st.sampled_from(NAMES)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["tick", "deliver"]), DEATHS),
    st.tuples(st.just("wait"), WAITS),
    st.tuples(st.sampled_from(["pay", "click"]), WHO),
    st.tuples(st.just("snooze"), st.tuples(WHO, st.integers(1, 3))),
)


def owed(name: str) -> LedgerRow:
    due = MONDAY.date() - timedelta(days=DAYS_LATE[name])
    return Office.row(name, due, "100.00")


async def play(url: str, steps: list[Step], *, can_be_asked: bool) -> World:
    store = SqlStore(open_engine(url), [SECRET_KEY])
    world = World(Office(store, clock=FixedClock(MONDAY), mail=FakeOutreach(can_be_asked=can_be_asked)))
    await world.office.open()
    async with store() as work:
        await work.store_rows((await work.book("main")).id, [owed(name) for name in NAMES], MONDAY - timedelta(days=60))
    try:
        for step in steps:
            await world.do(step)
        await world.run_out()
        await world.check()
    finally:
        await store.close()
    return world


@given(steps=st.lists(STEPS, min_size=4, max_size=10), can_be_asked=st.booleans())
@settings(max_examples=25, deadline=None, derandomize=True)
def test_no_schedule_says_anything_twice_or_too_late_or_never(fresh: Fresh, steps: list[Step], *, can_be_asked: bool) -> None:
    with fresh() as url:
        world = asyncio.run(play(url, steps, can_be_asked=can_be_asked))
    event(f"{min(world.deaths, 3)} deaths, {min(len(world.letters), 5)} letters")


def _paid_is_not_seen(policy: Policy, account: Account, now: datetime) -> Decision:
    return to_do(policy, replace(account, payments=()), now)


def _settled_as(*, sent: bool) -> Callable[..., Awaitable[None]]:
    async def settle(row: OutboxRow, was_sent: bool | None, work: UnitOfWork, clock: FixedClock) -> None:
        await settle_abandoned(row, sent, work, clock)

    return settle


# What a careless hand might write, and a schedule on which it shows: a delivery commits its look for what was abandoned, its claim, what is sending, its receipts.
MISTAKES: dict[str, tuple[str, object, list[Step]]] = {
    "what was left in sending is sent again": (
        "bot.jobs.settle_abandoned",
        _settled_as(sent=False),
        [("tick", None), ("deliver", (3, True))],
    ),
    "what was left in sending counts as sent": (
        "bot.jobs.settle_abandoned",
        _settled_as(sent=True),
        [("tick", None), ("deliver", (2, False))],
    ),
    "nobody looks again before it leaves": (
        "workflows.prepare_notices.to_do",
        _paid_is_not_seen,
        [("tick", None), ("pay", "brill"), ("deliver", None)],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_a_seeded_mistake_is_caught(fresh: Fresh, monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    where, wrong, steps = MISTAKES[mistake]
    with fresh() as right:
        await play(right, [("wait", timedelta(days=1)), *steps], can_be_asked=False)
    monkeypatch.setattr(where, wrong)
    with fresh() as broken, pytest.raises(AssertionError):
        await play(broken, [("wait", timedelta(days=1)), *steps], can_be_asked=False)
