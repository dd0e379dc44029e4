"""The shared cases of kind chat, played through the door with two chats; and what their cards, threads and channels do meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.accounting.ledger_file import read_ledger
from adapters.chat.protocol import CardRef, ChatRoom, Incoming, Person
from bot.live import live_cards
from bot.live.routing import Routing
from cards.actions import Name
from cards.elements import Card, Quote
from cards.plain.render import render
from tests.adapters.accounting.files import written
from tests.bot.chat_office import BOTH, ChatOffice, in_both_chats
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, BEN, MAX
from workflows.acting import redraw
from workflows.domain.access import Role, User
from workflows.domain.account import Snooze
from workflows.domain.ids import UserId, new_id
from workflows.domain.money import Money
from workflows.domain.routing import Channel, Quiet, Route
from workflows.errors import Unavailable
from workflows.import_ledger import ImportLedger, import_ledger
from workflows.publish_head import HeadPlaces, publish_head
from workflows.records import CardKind

STRANGER = User(UserId(new_id()), "x@elsewhere.example", "X", Role.VIEWER)


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Acme owes; its card stands in both chats."""
    async with in_both_chats(one_url) as made:
        yield made


async def background(office: ChatOffice) -> None:
    """Something changed by itself: the flag stands for it, so that the drawing differs each time."""
    account = await office.account("acme")
    item = account.items[0].id
    async with office.store() as work:
        until = office.today + timedelta(days=2 + len(account.snoozes))
        await work.snooze(Snooze(item, until, ANA.id, office.clock.now()))
        await redraw(work, account, item, office.clock.now())


async def test_oc_01_a_burst_is_at_most_one_edit_in_45_seconds_and_ends_on_the_last_state(office: ChatOffice) -> None:
    start, before, edits = office.clock.now(), office.slack.drawn, []
    for second in range(120):
        office.clock.set(start + timedelta(seconds=second))
        if second in {0, 2, 4, 6, 50}:
            await background(office)
        if second in {0, 2, 4, 6, 44, 45, 50, 89, 90, 119}:
            await office.jobs.show_cards()
            edits.append(office.slack.drawn - before)
    assert edits == [1, 1, 1, 1, 1, 2, 2, 2, 3, 3]
    assert "Snoozed until Tue 1 Dec" not in str(office.slack.standing["1.0"])
    last = max((await office.account("acme")).snoozes, key=lambda snooze: snooze.at).until
    assert f"{last.day} Nov" in str(office.slack.standing["1.0"])


async def test_oc_01_a_click_is_never_delayed(office: ChatOffice) -> None:
    await background(office)
    await office.jobs.show_cards()
    before = office.slack.drawn
    await background(office)
    await office.press(ANA, "slack", await office.button("acme", Name.FLAG))
    await office.jobs.show_cards()
    assert (office.slack.drawn - before, "lagged" in str(office.slack.standing["1.0"])) == (1, True)
    assert "lagged" in str(office.teams.standing["1.0"]) if office.teams else False


class Hanging:
    """A chat that takes no change before it is let."""

    def __init__(self, room: FakeRoom) -> None:
        self._room, self.asked, self.let = room, asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._room, name)

    async def update(self, ref: CardRef, card: Card) -> None:
        self.asked.set()
        await self.let.wait()
        await self._room.update(ref, card)


async def test_a_chat_that_hangs_holds_up_itself_alone_and_both_end_on_the_newest(office: ChatOffice) -> None:
    assert office.teams is not None
    slack, teams = Hanging(office.slack), office.teams
    jobs, before = replace(office.jobs, rooms={"slack": cast(ChatRoom, slack), "teams": teams}), office.slack.standing["1.0"]
    await background(office)
    hanging = asyncio.create_task(jobs.show_on("slack"))
    await slack.asked.wait()
    await office.owe("brill")
    await office.tick()
    assert (await jobs.show_on("teams")).cards == 2
    assert teams.standing["1.0"] != before == office.slack.standing["1.0"]
    assert "brill" in str(teams.standing["2.0"]).lower()
    slack.let.set()
    assert (await hanging).cards == 2
    assert office.slack.standing == teams.standing
    drawn = office.slack.drawn, teams.drawn
    office.clock.advance(timedelta(minutes=5))
    await office.jobs.show_cards()
    assert (office.slack.drawn, teams.drawn) == drawn


async def test_oc_02_somebody_unknown_is_told_how_to_be_known_and_nothing_leaves(office: ChatOffice) -> None:
    for platform in ("slack", "teams"):
        reply = await office.press(STRANGER, platform, await office.button("acme", Name.SEND_REMINDER))
        assert reply.card is not None
        assert "duebot user add" in render(reply.card)
        assert "Acme" not in render(reply.card)
    assert office.mail.mailbox == []
    assert [data["what"] for kind, data in await office.trail() if kind == "refused"] == ["not linked", "not linked"]


async def reminder(office: ChatOffice, user: User, platform: str) -> tuple[Name, dict[str, str]]:
    """The preview, opened."""
    form = (await office.press(user, platform, await office.button("acme", Name.SEND_REMINDER))).form
    assert form is not None
    return form.submit.action.name, dict(form.submit.action.data)


async def test_oc_03_a_double_click_is_one_message(office: ChatOffice) -> None:
    name, data = await reminder(office, ANA, "slack")
    press = await office.button("acme", name, **data)
    await office.press(ANA, "slack", press, {"reason": "asked"})
    second = await office.press(ANA, "slack", press, {"reason": "asked"})
    await office.deliver()
    assert len(office.mail.mailbox) == 1
    assert second.card is not None
    assert "A reminder by Ana went out first, Tue 24 Nov 2026 at 11:05" in render(second.card)


async def test_oc_03_two_people_in_two_chats_are_one_message_and_the_second_is_told_who(office: ChatOffice) -> None:
    name, data = await reminder(office, ANA, "slack")
    press = await office.button("acme", name, **data)
    await office.press(ANA, "slack", press, {"reason": "asked"})
    late = await office.press(BEN, "teams", press, {"reason": "asked"})
    await office.deliver()
    assert len(office.mail.mailbox) == 1
    assert late.card is not None
    assert "A reminder by Ana went out first, Tue 24 Nov 2026 at 11:05" in render(late.card)


async def test_oc_03_a_press_delivered_three_times_is_one_message(office: ChatOffice) -> None:
    name, data = await reminder(office, ANA, "slack")
    press = await office.button("acme", name, **data)
    again = Incoming("slack:same", Person("slack", "T1", f"U{ANA.id.int}"), press, values={"reason": "asked"})
    for _ in range(3):
        if await office.store.inbound(office.clock).accept(again):
            await office.desk(again)
    await office.deliver()
    assert len(office.mail.mailbox) == 1


async def test_oc_03_the_pressed_card_shows_the_result_at_once_in_both_chats(office: ChatOffice) -> None:
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_SNOOZE), {"length": "3"})
    await office.jobs.show_cards()
    for room in (office.slack, office.teams):
        assert room is not None
        assert "Ana" in str(room.standing["1.0"])
        assert "Wake" in str(room.standing["1.0"])


async def test_what_people_did_within_ten_minutes_is_one_line_in_the_thread(office: ChatOffice) -> None:
    for name in (Name.FLAG, Name.UNFLAG):
        office.clock.advance(timedelta(minutes=1))
        await office.press(ANA, "slack", await office.button("acme", name))
        await office.jobs.show_cards()
    (line,) = office.slack.lines["1.0"]
    assert line.count("Ana") == 2
    office.clock.advance(live_cards.INTERVAL + timedelta(minutes=10))
    await office.press(MAX, "slack", await office.button("acme", Name.FLAG))
    await office.jobs.show_cards()
    assert [("Max" in line) for line in office.slack.lines["1.0"]] == [False, True]


async def test_a_chat_without_threads_gets_no_lines_but_has_them_on_the_card(office: ChatOffice) -> None:
    assert office.teams is not None
    office.teams.threaded = False
    await office.press(ANA, "slack", await office.button("acme", Name.FLAG))
    await office.jobs.show_cards()
    assert (len(office.slack.lines["1.0"]), office.teams.lines) == (1, {})
    (there,) = [shown for shown in office.teams.standing.values() if "flagged" in render(shown)]
    history = next(part for part in there.body if isinstance(part, Quote))
    assert history.caption == "What happened"
    assert "Ana" in history.text
    assert not any(isinstance(part, Quote) for part in office.slack.standing["1.0"].body)
    again = office.teams.drawn
    await office.jobs.show_cards()
    assert office.teams.drawn == again


async def test_cards_wait_for_the_end_of_quiet_hours_but_a_persons_own_does_not(office: ChatOffice) -> None:
    office.routing = replace(BOTH, quiet={Channel("slack", "C1"): Quiet(time(10), time(13))})  # in Berlin it is 11:05
    await office.owe("brill")
    await office.tick()
    await office.press(ANA, "slack", await office.button("acme", Name.FLAG))
    await office.jobs.show_cards()
    assert office.teams is not None
    assert (len(office.slack.standing), len(office.teams.standing)) == (1, 2)
    assert "lagged" in str(office.slack.standing["1.0"])
    office.clock.advance(timedelta(hours=2))
    await office.jobs.show_cards()
    assert len(office.slack.standing) == 2


async def test_a_card_goes_where_the_first_route_that_fits_sends_it(office: ChatOffice) -> None:
    large = Route((Channel("", "C-large"),), least=Money.of("1000.00", "EUR"))
    office.routing = Routing((large, Route((Channel("", "C-old"),), days=30)))
    await office.owe("costa", amount="5000.00", late=40)
    await office.owe("dorn", late=40)
    await office.owe("ebert")
    await office.tick()
    await office.jobs.show_cards()
    where = {
        room: office.slack.channels[message] for message, card in office.slack.standing.items() for room in [card.summary.split(" ")[0]]
    }
    assert where | {"Acme": "C1"} == {"Acme": "C1", "Costa": "C-large", "Dorn": "C-old", "Ebert": "C1"}


async def test_a_card_goes_to_the_channel_of_the_product_that_the_file_names(office: ChatOffice, tmp_path: Path) -> None:
    office.routing = Routing((Route((Channel("", "C-hosting"),), product="hosting"),))
    line = f"{{0}}-1,{{0}},{office.today},100.00,EUR,{{1}}".format
    head = "Invoice number,Customer,Due date,Total,Currency,Product"
    path = written(tmp_path, head, line("Brill", "Hosting"), line("Costa", ""))
    async with office.store() as work:
        await import_ledger(ImportLedger("main", read_ledger(path).rows(), office.today), work, office.clock)
    office.clock.advance(timedelta(days=3))
    await office.tick()
    await office.jobs.show_cards()
    where = {card.summary.split(" ")[0]: office.slack.channels[message] for message, card in office.slack.standing.items()}
    assert where == {"Acme": "C1", "Brill": "C-hosting", "Costa": "C1"}


async def test_a_public_channel_gets_nothing_and_the_administrators_one_card(office: ChatOffice) -> None:
    boss = User(UserId(new_id()), "boss@seller.example", "Bo", Role.ADMINISTRATOR)
    async with office.store() as work:
        await work.add_user(boss)
    await office.link(boss)
    office.routing = Routing((Route((Channel("slack", "C-lobby"),)),))
    office.slack.public = frozenset({"C-lobby"})
    await office.owe("brill", "costa")
    await office.tick()
    await office.jobs.show_cards()
    await office.jobs.show_cards()
    posted = [office.slack.channels[message] for message in office.slack.standing]
    assert posted == ["C1", f"U{boss.id.int}"]
    assert "C-lobby is public" in office.slack.standing["2.0"].summary
    assert len(await office.cards(CardKind.PROBLEM)) == 1
    office.slack.approved = frozenset({"C-lobby"})
    await office.press(ANA, "slack", await office.button("brill", Name.FLAG))
    await office.jobs.show_cards()
    assert "C-lobby" in [office.slack.channels[message] for message in office.slack.standing]


async def test_when_a_snooze_is_over_the_owner_of_that_day_is_told(office: ChatOffice) -> None:
    account = await office.account("acme")
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_SNOOZE), {"length": "1"})
    async with office.store() as work:
        await work.assign(account.customer.id, MAX.id, office.clock.now())
    office.clock.advance(timedelta(days=1))
    await office.tick()
    await office.jobs.show_cards()
    assert f"U{MAX.id.int}" in office.slack.channels.values()
    assert f"U{ANA.id.int}" not in office.slack.channels.values()
    await office.press(ANA, "slack", await office.button("acme", Name.FLAG))
    await office.jobs.show_cards()
    theirs = [message for message, channel in office.slack.channels.items() if channel == f"U{MAX.id.int}"]
    assert len(theirs) == 1, "their line is changed where it stands, not sent again with every change"
    assert "lagged" in str(office.slack.standing[theirs[0]])


async def test_the_owner_is_told_of_it_though_many_larger_ones_are_late_that_day(office: ChatOffice) -> None:
    account = await office.account("acme")
    async with office.store() as work:
        await work.assign(account.customer.id, MAX.id, office.clock.now())
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_SNOOZE), {"length": "1"})
    office.clock.advance(timedelta(days=1))
    await office.owe(*(f"c{n}" for n in range(8)), amount="9000.00")
    await office.tick()
    await office.jobs.show_cards()
    (theirs,) = [message for message, channel in office.slack.channels.items() if channel == f"U{MAX.id.int}"]
    assert "Acme" in str(office.slack.standing[theirs])


async def test_the_audit_trail_s_head_goes_to_its_own_channel_alone(office: ChatOffice) -> None:
    await publish_head(office.store.audit, HeadPlaces(channel="C-auditors"), office.store, office.clock)
    before = set(office.slack.standing)
    await office.jobs.show_cards()
    posted = {office.slack.channels[message] for message in set(office.slack.standing) - before}
    assert posted == {"C-auditors"}


async def test_a_snooze_of_what_was_paid_meanwhile_tells_nobody(office: ChatOffice) -> None:
    account = await office.account("acme")
    async with office.store() as work:
        await work.assign(account.customer.id, MAX.id, office.clock.now())
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_SNOOZE), {"length": "1"})
    await office.pay("acme")
    office.clock.advance(timedelta(days=1))
    await office.tick()
    await office.jobs.show_cards()
    assert f"U{MAX.id.int}" not in office.slack.channels.values()


async def test_one_chat_that_is_down_keeps_the_other_from_nothing_and_catches_up(office: ChatOffice) -> None:
    assert office.teams is not None
    office.teams.trouble = Unavailable("down")
    await office.press(ANA, "slack", await office.button("acme", Name.FLAG))
    await office.jobs.show_cards()
    drawn = office.slack.drawn
    assert "lagged" in str(office.slack.standing["1.0"])
    assert "lagged by" not in str(office.teams.standing["1.0"])
    office.teams.trouble = None
    office.clock.advance(timedelta(minutes=10))
    await office.jobs.show_cards()
    assert "lagged by" in str(office.teams.standing["1.0"])
    assert office.slack.drawn == drawn
