"""The shared cases of kind chat, played through the door with two chats; and what their cards, threads and channels do meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from adapters.chat.protocol import CardRef, ChatRoom, Incoming, Person
from adapters.letters.template_letters import TemplateLetters
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.live import live_cards
from bot.live.draw import draw
from bot.live.lines import digest_lines
from bot.live.routing import Routing
from cards import problems
from cards.actions import Action, Name
from cards.elements import Card, Quote
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice
from tests.conftest import SECRET_KEY
from tests.fakes.room import FakeRoom
from tests.workflows.mail import answer
from tests.workflows.office import ANA, BEN, MAX
from workflows.acting import redraw, stand
from workflows.domain.access import Role, User
from workflows.domain.account import ListedItem, Snooze
from workflows.domain.contact import Meaning
from workflows.domain.ids import CardId, UserId, new_id
from workflows.domain.messages import Letter, Message
from workflows.domain.money import Money
from workflows.domain.routing import Channel, Quiet, Route
from workflows.errors import Refused, Unavailable
from workflows.publish_head import HeadPlaces, publish_head
from workflows.records import CardKind, StaffCard
from workflows.take_reply import take_reply

BOTH = Routing((Route((Channel("slack", "C1"), Channel("teams", "19:x"))),))
STRANGER = User(UserId(new_id()), "x@elsewhere.example", "X", Role.VIEWER)


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Acme owes; its card stands in both chats."""
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    made = ChatOffice(store, teams=FakeRoom("teams"), routing=BOTH)
    await made.open(chat=True)
    for user, platform in ((ANA, "slack"), (BEN, "teams"), (MAX, "slack")):
        await made.link(user, platform)
    await made.owe("acme")
    await made.tick()
    await made.jobs.show_cards()
    made.clock.advance(timedelta(minutes=5))
    yield made
    await store.close()


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


async def test_the_audit_trail_s_head_goes_to_its_own_channel_alone(office: ChatOffice) -> None:
    await publish_head(office.store.audit, HeadPlaces(channel="C-auditors"), office.store, office.clock)
    before = set(office.slack.standing)
    await office.jobs.show_cards()
    posted = {office.slack.channels[message] for message in set(office.slack.standing) - before}
    assert posted == {"C-auditors"}


@pytest.mark.parametrize(("platform", "user", "before"), [("slack", ANA, "/due "), ("teams", BEN, ""), ("inbox", MAX, "")])
async def test_help_says_what_is_typed_where_it_is_asked(office: ChatOffice, platform: str, user: User, before: str) -> None:
    for asked, told in (
        ("help", "balance CUSTOMER: What a customer owes"),
        ("blance acme", f"Did you mean {before}balance acme?"),
        ("balance", f"Say the customer too: {before}balance CUSTOMER"),
        (
            "share home",
            f"Say which answer the channel is to see; your home, and what changes something, are not shared: {before}share QUESTION",
        ),
    ):
        reply = await office.type(user, asked, platform)
        assert reply.card is not None
        said = " ".join(render(reply.card).split())
        assert told in said
        assert ("/due" in said) is bool(before)


TOLD: dict[str, tuple[dict[str, Any], str]] = {
    "delivery_failed": ({}, "Acme: the reminder did not arrive"),
    "put_aside": ({"because": "an error of Duebot itself"}, "Acme: put aside"),
    "channel_refused": ({"channel": "C9", "because": "It is archived."}, "No card was posted to C9"),
    "broken_rule": ({"rule": "outbox", "found": ["1 of kind card should have left."], "more": 0}, "Messages or cards stand still"),
}


@pytest.mark.parametrize("what", TOLD)
async def test_a_problem_that_nothing_else_ends_goes_once_somebody_has_seen_it(office: ChatOffice, what: str) -> None:
    account, (data, title) = await office.account("acme"), TOLD[what]
    about = {"delivery_failed": account.notices[0].id, "put_aside": account.customer.id}.get(what, account.book.id)
    card = StaffCard(
        CardId(new_id()), CardKind.PROBLEM, account.book.id, about, office.today, office.clock.now(), data={"what": what, **data}
    )
    async with office.store() as work:
        await stand(work, account.book, card)
    await office.jobs.show_cards()
    (shown,) = [one for one in office.slack.standing.values() if one.summary.startswith(title)]
    assert "label='Seen'" in str(shown)
    reply = await office.press(MAX, "slack", Action(Name.SEEN, card.id))
    assert reply.card is not None
    assert render(reply.card).rstrip().endswith("Max has seen it.")
    assert not await office.cards(CardKind.PROBLEM)
    await office.jobs.show_cards()
    (shown,) = [one for one in office.slack.standing.values() if one.summary.startswith(title)]
    assert "label='Seen'" not in str(shown)


async def test_a_message_that_could_not_be_written_is_told_as_one_that_never_left(office: ChatOffice) -> None:
    class Unwritable(TemplateLetters):
        def write(self, letter: Letter) -> Message:
            raise Refused("The template “first” names a field that does not exist.")

    office.letters = Unwritable()
    await office.deliver()
    (card,) = await office.cards(CardKind.PROBLEM)
    async with office.store() as work:
        drawn = render(await draw(card, work, office.policies, office.clock.now()))
    assert "It was to leave by e-mail today 11:00" in " ".join(drawn.split())
    assert "Put right what the reason names, then send a reminder from the invoice." in " ".join(drawn.split())
    assert "[Open] [Seen]" in drawn


LONG_PLAN = {"first": "2026-12-01", "count": "7", "rhythm": "monthly", "deposit": "30"}


async def test_whoever_approves_a_plan_reads_when_its_first_instalment_is_due(office: ChatOffice) -> None:
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_PLAN, **LONG_PLAN), {"answer": "phone", "reason": "Flood"})
    (asked,) = (await office.account("acme")).approvals
    reply = await office.press(MAX, "slack", Action(Name.APPROVE, asked.id))
    assert reply.card is not None
    assert reply.card.summary.endswith("On a plan of 8 instalments, next €30.00 on Tue 1 Dec. Only instalments are chased.")


async def test_of_a_plan_the_card_names_the_next_instalment_that_is_still_open(office: ChatOffice) -> None:
    plan = LONG_PLAN | {"count": "3"}
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_PLAN, **plan), {"answer": "phone"})
    await office.pay("acme", "40.00")
    assert "next €13.34 on Fri 1 Jan" in await office.told(ANA, "invoice INV-acme")


async def test_of_a_plan_the_card_says_what_is_late(office: ChatOffice) -> None:
    plan = {"first": office.today.isoformat(), "count": "4", "rhythm": "weekly", "deposit": ""}
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_PLAN, **plan), {"answer": "phone"})
    office.clock.advance(timedelta(days=1))
    assert "On a plan of 4 instalments, €25.00 of it late, next €25.00 on Tue 1 Dec." in await office.told(ANA, "invoice INV-acme")


async def test_what_is_escalated_already_is_not_asked_about_again(office: ChatOffice) -> None:
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_ESCALATE), {"to": str(MAX.id), "why": "They are silent"})
    assert "INV-acme is escalated already, to Max." in await office.told(ANA, "escalate INV-acme")


async def test_what_stands_of_a_plan_that_was_cancelled_says_so_and_every_press_on_it_is_answered(office: ChatOffice) -> None:
    """Its instalment was told as late: the card, the digest and the task about it are still there."""
    terms = {"first": office.today.isoformat(), "count": "2", "rhythm": "weekly", "deposit": ""}
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_PLAN, **terms), {"answer": "phone"})
    (plan,) = (await office.account("acme")).plans
    instalment = plan.instalments[0].id
    for _ in range(3):
        office.clock.advance(timedelta(days=1))
        await office.tick()
    await office.jobs.show_cards()
    assert any(card.subject == instalment for card in await office.cards(CardKind.ALERT))
    await office.press(MAX, "slack", await office.button("acme", Name.CONFIRM_CANCEL_PLAN), {"why": "unpaid"})
    office.clock.advance(timedelta(days=1))
    await office.tick()
    with capture_logs() as logged:
        await office.jobs.show_cards()
        for name in Name:
            await office.press(
                MAX, "slack", Action(name, instalment, 9, {"as": "paid", **terms}), {"length": "1", "until": "2026-12-10", "amount": "1"}
            )
        async with office.store() as work:
            lines = await digest_lines([instalment], work, office.policies, office.clock.now())
    assert not [entry for entry in logged if entry["log_level"] == "error"]
    assert [line.words for line in lines] == ["settled"]
    assert any("its payment plan no longer runs" in card.summary for card in office.slack.standing.values())
    account = await office.account("acme")
    lost = replace(account.notices[0], items=(ListedItem(instalment, "late"),))
    for told in (problems.unknown_message, problems.delivery_failed):
        assert plan.instalments[0].number in told(account, lost, office.clock.now()).summary


@pytest.mark.parametrize(("words", "kind"), [("Hello there", CardKind.ANSWER), ("STOP", CardKind.PROBLEM)])
async def test_whoever_deals_with_a_letter_sees_its_card_change_at_once(office: ChatOffice, words: str, kind: CardKind) -> None:
    async with office.store() as work:
        await take_reply(answer(words), work, office.clock)
    await office.jobs.show_cards()
    (card,) = await office.cards(kind)
    assert card.message is not None
    before = office.slack.standing[card.message]
    if kind is CardKind.ANSWER:
        await office.press(ANA, "slack", Action(Name.CONFIRM_ANSWER, card.subject, data={"as": Meaning.OTHER.value}))
    else:
        await office.press(ANA, "slack", Action(Name.SEEN, card.id))
    await office.jobs.show_cards()
    assert office.slack.standing[card.message] != before


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
