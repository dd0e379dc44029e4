"""A busy morning within Slack's limits: nothing is refused by the chat, people's own changes come first, and every card ends right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from adapters.chat.protocol import CardRef, Limit
from adapters.chat.slack.room import limits
from adapters.chat.teams.limits import flow_limits
from adapters.chat.teams.limits import limits as teams_limits
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.live.pace import Pace
from bot.live.routing import Routing
from cards.actions import Name
from cards.elements import Card
from tests.bot.chat_office import ChatOffice
from tests.conftest import SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, BEN, MAX
from workflows.acting import redraw
from workflows.domain.account import Snooze
from workflows.domain.ids import CardId, new_id
from workflows.domain.routing import Channel, Route
from workflows.errors import RateLimited
from workflows.records import CardKind, Effect, StaffCard

CARDS, CHANGES, CHANNELS = 16, 1_000, 4
A_MINUTE = 10  # changes, so that few cards are many
STEP = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class StrictRoom(FakeRoom):
    """Refuses as Slack does: a second message within a second in a channel, one change more within a minute than a workspace takes."""

    clock: FixedClock = field(default_factory=FixedClock)
    changes: list[datetime] = field(default_factory=list)
    posts: dict[str, datetime] = field(default_factory=dict)
    refused: int = 0

    def limits(self, channel: str, *, new: bool) -> Sequence[Limit]:
        return [Limit(f"new:{channel}", 1.1) if new else Limit("changes", 7.5, burst=1, urgent=2)]

    async def post(self, channel: str, card: Card) -> CardRef:
        self._count(channel)
        return await FakeRoom.post(self, channel, card)

    async def reply(self, ref: CardRef, card: Card) -> CardRef:
        self._count(ref.channel)
        return await FakeRoom.reply(self, ref, card)

    async def update(self, ref: CardRef, card: Card) -> None:
        now = self.clock.now()
        self.changes = [*(at for at in self.changes if at > now - MINUTE), now]
        if len(self.changes) > A_MINUTE:
            self.refused += 1
            raise RateLimited("slower", 30)
        await FakeRoom.update(self, ref, card)

    def _count(self, channel: str) -> None:
        now, last = self.clock.now(), self.posts.get(channel)
        if last is not None and now - last < timedelta(seconds=1):
            self.refused += 1
            raise RateLimited("slower", 1)
        self.posts[channel] = now


async def raise_cards(office: ChatOffice, names: Sequence[str]) -> None:
    """An alert of each customer's invoice, as a tick raises those that matter."""
    accounts = [await office.account(name) for name in names]
    async with office.store() as work:
        for account in accounts:
            now, item = office.clock.now(), account.items[0].id
            card = StaffCard(CardId(new_id()), CardKind.ALERT, account.book.id, item, office.today, now)
            await work.add_card(card)
            await work.enqueue(Effect.CARD, f"card:{card.id}", {"card": str(card.id)}, now)


async def change(office: ChatOffice, name: str, number: int) -> str:
    """Something in the background, different each time; what the card says afterwards."""
    account = await office.account(name)
    until = office.today + timedelta(days=2 + number % 5)
    async with office.store() as work:
        await work.snooze(Snooze(account.items[0].id, until, BEN.id, office.clock.now()))
        await redraw(work, account, account.items[0].id, office.clock.now())
    return f"{until.day} {until:%b}"


async def test_a_thousand_changes_pass_without_one_refusal_and_end_on_the_newest(sqlite_url: str) -> None:
    store = SqlStore(open_engine(sqlite_url), [SECRET_KEY])
    clock = FixedClock()
    room = StrictRoom(clock=clock)
    office = ChatOffice(store, clock, slack=room)
    office.routing = Routing(tuple(Route((Channel("slack", f"C{n}"),), days=10 + n) for n in reversed(range(CHANNELS))))
    await office.open(ANA, BEN, MAX, chat=True)
    await office.link(ANA)
    names = [f"k{number}" for number in range(CARDS)]
    for number, name in enumerate(names):
        await office.owe(name, late=10 + number % CHANNELS)
    await raise_cards(office, names)
    await settle(office, lambda: len(room.standing) == CARDS)
    clock.advance(MINUTE)

    newest = {name: await change(office, name, number) for number, name in enumerate(names)}
    cards = [card.id for card in await office.cards(CardKind.ALERT)]
    async with store() as work:
        for number in range(CHANGES):  # a reminder was sent, delivered, opened: each says only that the card may look otherwise
            await work.enqueue(Effect.CARD, f"busy:{number}", {"card": str(cards[number * CARDS // CHANGES])}, clock.now())
    await office.jobs.show_cards()
    clock.advance(STEP)
    await office.press(ANA, "slack", await office.button(names[-1], Name.NOTE))
    pressed = await office.button(names[-1], Name.WAKE)
    await office.press(ANA, "slack", pressed)
    await office.jobs.show_cards()
    assert any(f"{names[-1].title()} " in card.summary and "Snoozed" not in str(card) for card in room.standing.values())
    newest.pop(names[-1])

    def right() -> bool:
        shown = {card.summary.split(" ")[0]: str(card) for card in room.standing.values()}
        return all(words in shown[name.title()] for name, words in newest.items())

    await settle(office, right)
    assert room.refused == 0
    await store.close()


async def settle(office: ChatOffice, done: object) -> None:
    """Steps through the time the limits ask for, at most a quarter of an hour."""
    for _ in range(180):
        await office.jobs.show_cards()
        if callable(done) and done():
            return
        office.clock.advance(STEP)
    raise AssertionError("the cards did not catch up")


async def test_two_processes_share_the_pace(store: SqlStore) -> None:
    clock = FixedClock()
    room = StrictRoom(clock=clock)
    office = ChatOffice(store, clock, slack=room)
    await office.open(ANA, BEN, MAX, chat=True)
    await office.owe("acme", "brill", "costa")
    await raise_cards(office, ["acme", "brill", "costa"])
    jobs = [office.jobs, replace(office.jobs)]
    for _ in range(4):
        for one in jobs:
            await one.show_cards()
        clock.advance(timedelta(seconds=1.2))
    assert (len(room.standing), room.refused) == (3, 0)


def test_what_is_asked_of_slack_in_any_minute_stays_within_its_limits() -> None:
    """As many as fit into a minute, and those at once before it."""
    (change,), (post,) = limits("C1", new=False), limits("C1", new=True)
    (home,) = limits("U1", new=False)
    assert 60 / change.every + change.urgent <= 50
    assert 60 / home.every + home.urgent <= 100
    assert home.burst < home.urgent
    assert change.burst < change.urgent, "some of it is kept for people"
    assert post.every > 1
    assert post.burst == post.urgent <= 10, "a short burst"
    assert limits("T2/C1", new=False)[0].key != change.key
    assert limits("C2", new=True)[0].key != post.key
    assert len({limits(*one, new=new)[0].key for one in (("C1",), ("D1",), ("U1",)) for new in (True, False)}) == 5, "each method by itself"


THREAD, APP, FLOW = ((7, 1), (8, 2), (60, 30), (1_800, 3_600)), ((30, 1),), ((4, 1), (60, 30), (100, 3_600), (150, 7_200), (1_800, 86_400))


def test_no_window_that_teams_documents_can_hold_more_than_it_allows() -> None:
    """As many as come at once, and those that fit into the window after them."""
    soon, hour, app = teams_limits("19:x")
    for limits_of, windows in (((soon, hour), THREAD), ((app,), APP), (flow_limits("workflow:x"), FLOW)):
        for most, seconds in windows:
            assert min(one.urgent + int(seconds / one.every) for one in limits_of) <= most, (most, seconds)
    assert soon.burst < soon.urgent, "some of it is kept for people"
    assert app.key not in {one.key for one in (soon, hour)}


async def test_two_processes_together_keep_a_conversations_and_the_apps_windows(store: SqlStore) -> None:
    """Each asks every fifth of a second, for two conversations by turns; the chat asked for a pause in one of them."""
    clock, made = FixedClock(), dict[str, list[datetime]]()
    processes = [Pace(store, clock), Pace(store, clock)]
    for turn in range(90):
        clock.advance(timedelta(seconds=0.2))
        talk = f"19:{turn % 2}"
        if turn == 40:
            await processes[0].hold(teams_limits("19:0"), 5)
        for one in processes:
            try:
                await one.take(teams_limits(talk), urgent=True)
            except RateLimited:
                continue
            made.setdefault(talk, []).append(clock.now())
    for times in made.values():
        for most, seconds in THREAD:
            assert max(sum(1 for at in times if start <= at < start + timedelta(seconds=seconds)) for start in times) <= most
    held, other = ([at for at in made[talk] if 8 < (at - made["19:0"][0]).total_seconds() < 12] for talk in ("19:0", "19:1"))
    assert (held, other != []) == ([], True)
