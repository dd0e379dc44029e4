"""A chat that takes no cards: administrators are told once, owners what is new, and the cards catch up once it is back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import time, timedelta
from uuid import UUID

import pytest

from adapters.chat.protocol import CardRef
from adapters.store.unit_of_work import SqlStore
from bot.live.minding import PATIENCE
from bot.live.routing import Routing
from cards.actions import Action, Name
from cards.choices import NOTHING
from cards.elements import Card
from tests.bot.chat_office import ChatOffice
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, BEN, MAX
from workflows.acting import stand
from workflows.chat_outages import lost
from workflows.dismiss_card import DismissCard, dismiss_card
from workflows.domain.access import Role, User
from workflows.domain.ids import CardId, UserId, new_id
from workflows.domain.messages import Message
from workflows.domain.routing import Channel, Quiet, Route
from workflows.errors import NeedsReconnect, OutcomeUnknown, OutsideError, RateLimited, Rejected, Unavailable
from workflows.raise_alerts import LOOK_BACK
from workflows.records import CardKind, Effect, OutboxState, StaffCard

ADA = User(UserId(new_id()), "ada@seller.example", "Ada", Role.ADMINISTRATOR)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def office(store: SqlStore) -> ChatOffice:
    """Acme is Ana's customer, Brill nobody's; both owe, and nothing stands in the chat yet."""
    made = ChatOffice(store)
    await made.open(ANA, BEN, MAX, ADA, chat=True)
    await made.owe("acme", "brill")
    await belongs_to_ana(made, "acme")
    await made.tick()
    made.clock.advance(MINUTE)
    return made


async def belongs_to_ana(office: ChatOffice, name: str) -> None:
    account = await office.account(name)
    async with office.store() as work:
        await work.assign(account.customer.id, ANA.id, office.clock.now())


async def minutes(office: ChatOffice, many: int, step: int = 1) -> None:
    """What the service does of itself, looked at every so many minutes."""
    for _ in range(0, many, step):
        await office.jobs.show_cards()
        await office.jobs.mind_chats()
        office.clock.advance(MINUTE * step)


def mailed(office: ChatOffice) -> list[Message]:
    """To colleagues; letters to customers are not among them."""
    return [arrived.message for arrived in office.mail.mailbox if arrived.message.sender_name == "Duebot"]


def mails(office: ChatOffice) -> dict[str, list[str]]:
    """Subjects by who got them."""
    found: dict[str, list[str]] = {}
    for message in mailed(office):
        found.setdefault(message.to[0], []).append(message.subject)
    return found


async def test_while_it_is_down_owners_get_what_is_new_once_a_day_and_administrators_one_word_each_way(office: ChatOffice) -> None:
    office.slack.trouble = Unavailable("Slack cannot be reached")
    await minutes(office, 9, 3)
    assert mails(office) == {}, "what is over in ten minutes is not worth a mail"
    await minutes(office, 60, 10)
    lost = "Duebot: Slack cannot be written to"
    assert mails(office) == {
        ADA.email: [lost, "Duebot: 1 thing new for you"],
        ANA.email: ["Duebot: 1 thing new for you"],
        MAX.email: ["Duebot: 1 thing new for you"],
    }
    (hers,) = [message.text for message in mailed(office) if message.to == (ANA.email,)]
    assert "Acme owes €100.00, 3 days late" in hers
    assert "Brill" not in hers
    assert "since today 11:01" in hers
    (told,) = [message.text for message in mailed(office) if message.subject == lost]
    assert ("Slack cannot be reached" in told, "Acme" in told) == (True, False)
    assert not office.slack.standing

    office.slack.trouble = None
    await minutes(office, 20, 5)
    assert mails(office)[ADA.email][-1] == "Duebot: Slack is back"
    shown = " ".join(str(card) for card in office.slack.standing.values())
    assert all(name in shown for name in ("Acme", "Brill"))
    before = len(office.mail.mailbox)
    await minutes(office, 30, 10)
    assert len(office.mail.mailbox) == before


async def test_a_revoked_token_is_told_at_once_also_where_nothing_was_to_be_shown(office: ChatOffice) -> None:
    await office.jobs.show_cards()
    office.slack.trouble = NeedsReconnect("Slack no longer accepts Duebot's token (token_revoked): install the app anew.")
    await minutes(office, 10)
    assert mails(office) == {ADA.email: ["Duebot: Slack cannot be written to"]}
    (told,) = [message.text for message in mailed(office) if message.to == (ADA.email,)]
    assert "It does not mend itself" in told
    office.slack.trouble = None
    await minutes(office, 2)
    assert mails(office)[ADA.email] == ["Duebot: Slack cannot be written to", "Duebot: Slack is back"]


async def test_what_looked_passing_and_is_not_is_told_without_waiting(office: ChatOffice) -> None:
    office.slack.trouble = Unavailable("503")
    await minutes(office, 3)
    office.slack.trouble = NeedsReconnect("token_revoked")
    await minutes(office, 2)
    assert mails(office)[ADA.email][0] == "Duebot: Slack cannot be written to"


async def test_a_channel_that_refuses_is_told_by_mail_and_catches_up_when_it_takes_cards_again(office: ChatOffice) -> None:
    office.routing = Routing((Route((Channel("slack", "C-archived"),), owner=ANA.email), Route((Channel("slack", "C1"),))))
    refuse_one(office.slack, "C-archived", Rejected("That Slack channel is archived: name another one, or unarchive it."))
    await minutes(office, 5)
    assert mails(office)[ADA.email][0] == "Duebot: Slack, channel C-archived cannot be written to"
    assert mails(office)[ANA.email] == ["Duebot: 1 thing new for you"]
    assert "Brill" in str(list(office.slack.standing.values())), "the other channel is not touched"
    refuse_one(office.slack, "C-archived", None)
    await office.owe("acme/2", late=40)
    office.clock.advance(timedelta(days=1))
    await office.tick()
    await minutes(office, 3)
    assert mails(office)[ADA.email][-1] == "Duebot: Slack, channel C-archived is back"
    assert sum("INV-acme" in str(card) for card in office.slack.standing.values()) >= 1


async def test_a_channel_that_takes_cards_again_gets_what_waited_though_nothing_new_goes_there(office: ChatOffice) -> None:
    office.slack.refusing = {"C1": Rejected("That Slack channel is archived: name another one, or unarchive it.")}
    await minutes(office, 60, 10)
    assert not office.slack.standing
    tried = office.slack.tried
    office.slack.refusing = {}
    await minutes(office, 3)
    shown = " ".join(str(card) for card in office.slack.standing.values())
    assert all(name in shown for name in ("Acme", "Brill"))
    assert mails(office)[ADA.email][-1] == "Duebot: Slack, channel C1 is back"
    assert office.slack.tried - tried == 2


async def test_administrators_get_one_card_of_a_channel_for_as_long_as_it_takes_none(office: ChatOffice) -> None:
    archived = {"C1": Rejected("That Slack channel is archived: name another one, or unarchive it.")}
    office.slack.refusing = archived
    await minutes(office, 3)
    (first,) = await refused_channels(office)
    async with office.store() as work:
        await dismiss_card(DismissCard(first.id, ADA), work, office.clock)
    for day in range(2):
        office.clock.advance(timedelta(days=1))
        await office.owe(f"late-{day}")
        await office.tick()
        await minutes(office, 3)
    assert await refused_channels(office) == []
    office.slack.refusing = {}
    await minutes(office, 3)
    office.slack.refusing = archived
    office.clock.advance(timedelta(days=1))
    await office.owe("later")
    await office.tick()
    await minutes(office, 3)
    assert len(await refused_channels(office)) == 1


async def test_a_card_of_a_channel_that_was_seen_stands_again_when_the_channel_is_lost_again(office: ChatOffice) -> None:
    await office.link(ADA)
    archived = {"C1": Rejected("That Slack channel is archived: name another one, or unarchive it.")}
    office.slack.refusing = archived
    await minutes(office, 3)
    (told,) = office.slack.standing.items()
    (first,) = await refused_channels(office)
    async with office.store() as work:
        await dismiss_card(DismissCard(first.id, ADA), work, office.clock)
    office.slack.refusing = {}
    await minutes(office, 3)
    office.slack.refusing = archived
    await office.owe("later")
    await office.tick()
    assert told not in office.slack.standing.items()
    await minutes(office, 3)
    assert told in office.slack.standing.items()


async def refused_channels(office: ChatOffice) -> list[StaffCard]:
    return [card for card in await office.cards(CardKind.PROBLEM) if card.data["what"] == "channel_refused"]


async def test_so_does_one_that_an_administrator_approved(office: ChatOffice) -> None:
    office.slack.public = frozenset({"C1"})
    await minutes(office, 3)
    office.slack.approved = frozenset({"C1"})
    await minutes(office, 3)
    assert len(office.slack.standing) == 2


async def test_a_channel_for_which_nothing_waits_is_back_once_it_says_so(office: ChatOffice) -> None:
    await office.jobs.show_cards()
    office.slack.refusing = {"C2": Rejected("That Slack channel is archived: name another one, or unarchive it.")}
    async with office.store() as work:
        await lost("slack", "", "C2", office.slack.refusing["C2"], work, office.clock)
    await minutes(office, 3)
    office.slack.refusing = {}
    await minutes(office, 2)
    about = "Duebot: Slack, channel C2"
    assert mails(office)[ADA.email] == [f"{about} cannot be written to", f"{about} is back"]


class Webhook(FakeRoom):
    """What takes no card says nothing against it."""

    async def check(self, channel: str) -> None: ...


async def test_only_a_card_that_went_through_shows_that_a_channel_is_back_and_one_is_tried_every_ten_minutes(office: ChatOffice) -> None:
    office.room = office.slack = Webhook(refusing={"C1": Rejected("Slack no longer knows that webhook: make a new one.")})
    await minutes(office, 60)
    assert mails(office)[ADA.email] == ["Duebot: Slack, channel C1 cannot be written to", "Duebot: 1 thing new for you"]
    assert office.slack.tried == 2 + 6
    office.slack.refusing = {}
    await minutes(office, 12)
    assert len(office.slack.standing) == 2
    assert mails(office)[ADA.email][-1] == "Duebot: Slack, channel C1 is back"


async def test_what_was_raised_in_quiet_hours_is_told_by_mail_after_them(office: ChatOffice) -> None:
    office.routing = Routing(quiet={Channel("slack", "C1"): Quiet(time(11), time(13))})  # in Berlin it is 11:01
    office.slack.trouble = NeedsReconnect("The token was revoked")
    await minutes(office, 20, 3)
    await minutes(office, 80, 20)
    assert mails(office) == {ADA.email: ["Duebot: Slack cannot be written to"]}
    await minutes(office, 40, 20)
    assert mails(office)[ANA.email] == ["Duebot: 1 thing new for you"]


async def test_what_stands_nowhere_for_more_than_a_week_is_no_news(office: ChatOffice) -> None:
    office.clock.advance(LOOK_BACK)
    office.slack.trouble = NeedsReconnect("The token was revoked")
    await minutes(office, 5)
    assert mails(office) == {ADA.email: ["Duebot: Slack cannot be written to"]}


async def test_who_blocks_us_is_named_once_though_a_card_of_theirs_stands_and_another_is_new(office: ChatOffice) -> None:
    """Their chat is written with their own id, and what stands there with the conversation's."""
    for user in (ANA, ADA):
        await office.link(user)
    hers = CardRef("slack", f"D{ANA.id.int}", "h.0")
    office.slack.standing[hers.message] = Card("Home", ())
    await office.press(ANA, "slack", Action(Name.HOME, NOTHING), card=hers)
    office.slack.refusing = dict.fromkeys((hers.channel, f"U{ANA.id.int}"), Rejected("Duebot was blocked there: unblock it."))
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_SNOOZE), {"length": "1"})
    office.clock.advance(timedelta(days=1))
    await office.tick()
    await minutes(office, 5)
    assert [subject for subject in mails(office)[ADA.email] if "cannot be written to" in subject] == [
        f"Duebot: {ANA.name} in Slack cannot be written to"
    ]
    (told,) = [card for card in office.slack.standing.values() if "Nothing reaches" in card.summary]
    assert f"Nothing reaches {ANA.name} in Slack. Duebot was blocked there: unblock it." in told.summary
    office.slack.refusing = {}
    await office.press(ANA, "slack", await office.button("acme", Name.FLAG))
    await minutes(office, 5)
    assert f"Duebot: {ANA.name} in Slack is back" in mails(office)[ADA.email]


def refuse_one(room: FakeRoom, channel: str, error: OutsideError | None) -> None:
    room.refusing = {channel: error} if error else {}


async def test_one_workspace_that_is_lost_leaves_the_other_alone(office: ChatOffice) -> None:
    office.routing = Routing((Route((Channel("slack", "T2/C9"),), owner=ANA.email), Route((Channel("slack", "C1"),))))
    office.slack.refusing = {"T2/C9": NeedsReconnect("Duebot is not installed in the Slack workspace T2.")}
    await office.owe(*(f"late-{n}" for n in range(4)))
    for n in range(4):
        await belongs_to_ana(office, f"late-{n}")
    await office.tick()
    office.clock.advance(MINUTE)
    await minutes(office, 2)
    assert "Brill" in str(list(office.slack.standing.values()))
    assert mails(office)[ADA.email][0] == "Duebot: Slack, workspace T2 cannot be written to"


async def test_without_a_mail_server_an_outage_is_kept_and_stops_nothing(office: ChatOffice) -> None:
    office.slack.trouble = Unavailable("503")
    jobs = replace(office.jobs, channels={})
    for _ in range(12):
        await jobs.show_cards()
        await jobs.mind_chats()
        office.clock.advance(MINUTE)
    assert office.mail.mailbox == []


async def test_the_chat_s_own_pause_is_kept_by_everybody_and_is_no_outage(office: ChatOffice) -> None:
    office.slack.pace = {True: (1.0, 1, 1)}
    office.slack.trouble = RateLimited("slower", 30)
    await office.jobs.show_cards()
    office.slack.trouble, tried = None, office.slack.tried
    office.clock.advance(timedelta(seconds=29))
    await office.jobs.show_cards()
    assert (office.slack.tried, office.slack.standing) == (tried, {})
    async with office.store() as work:
        assert await work.outages() == []
    office.clock.advance(PATIENCE)
    await minutes(office, 3)
    assert len(office.slack.standing) >= 2


async def test_a_workspace_that_only_a_channel_names_is_asked_until_it_is_back(office: ChatOffice) -> None:
    """The settings' own workspace may be written with its name, too."""
    async with office.store() as work:
        await work.change_book(replace(await work.book("main"), chat_channel="T9/C5"))
    office.slack.trouble = NeedsReconnect("Slack no longer accepts Duebot's token")
    await minutes(office, 3)
    office.slack.trouble = None
    await minutes(office, 20)
    async with office.store() as work:
        assert await work.outages() == []
    about = [subject for subject in mails(office)[ADA.email] if "T9" in subject]
    assert about == ["Duebot: Slack, workspace T9 cannot be written to", "Duebot: Slack, workspace T9 is back"]


async def test_the_word_waits_for_a_mail_server_that_is_out_of_order_too(office: ChatOffice) -> None:
    office.slack.trouble = NeedsReconnect("Slack no longer accepts Duebot's token")
    office.mail.trouble["*"] = NeedsReconnect("the mail server refused user or password")
    await minutes(office, 3)
    office.mail.trouble["*"] = OutcomeUnknown("the mail server did not say whether it took the message")
    await minutes(office, 5)
    office.mail.trouble.clear()
    await minutes(office, 10)
    assert mails(office)[ADA.email][0] == "Duebot: Slack cannot be written to"


@pytest.mark.parametrize("given", [False, True])
async def test_a_row_whose_card_is_gone_keeps_no_other_card_back(office: ChatOffice, *, given: bool) -> None:
    async with office.store() as work:
        await work.enqueue(Effect.CARD, "card:gone", {"card": str(UUID(int=1))}, office.clock.now(), "slack" if given else "")
    await office.jobs.show_cards()
    assert len(office.slack.standing) == 2
    assert (await office.outbox())[Effect.CARD, OutboxState.FAILED] == 1
    office.clock.advance(timedelta(minutes=20))
    await office.jobs.show_cards()
    assert (Effect.CARD, OutboxState.QUEUED) not in +Counter(await office.outbox())


async def test_a_mail_that_cannot_be_written_keeps_no_other_back_and_is_tried_again(office: ChatOffice) -> None:
    async with office.store() as work:
        await work.enqueue(Effect.STAFF_MAIL, "lost", {"user": str(UUID(int=77)), "what": "back"}, office.clock.now())
    office.slack.trouble = NeedsReconnect("The token was revoked")
    await minutes(office, 3)
    assert sorted(mails(office)) == [ADA.email, ANA.email, MAX.email]
    assert (await office.outbox())[Effect.STAFF_MAIL, OutboxState.QUEUED] == 1


async def test_what_cannot_be_told_by_mail_keeps_no_other_news_back(office: ChatOffice) -> None:
    book = await office.book()
    data = {"what": "put_aside", "because": "a mistake"}
    lost = StaffCard(CardId(new_id()), CardKind.PROBLEM, book.id, new_id(), office.today, office.clock.now(), data=data)
    office.slack.trouble = NeedsReconnect("The token was revoked")
    async with office.store() as work:
        await stand(work, book, lost)
    await minutes(office, 3)
    assert sorted(mails(office)) == [ADA.email, ANA.email, MAX.email]
