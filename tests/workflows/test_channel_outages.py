"""A way to customers that is down: the administrators get one word when it has lasted, one when it is over, and nothing else stops."""

from __future__ import annotations

from datetime import timedelta

from structlog.testing import capture_logs

from adapters.store.unit_of_work import SqlStore
from tests.fakes.clock import TUESDAY
from tests.fakes.room import FakeRoom
from tests.workflows.office import Office
from workflows.channel_outages import Tried, Turn, note_outage
from workflows.domain.access import Role, User
from workflows.domain.ids import UserId, new_id
from workflows.errors import NeedsReconnect, OutcomeUnknown, RateLimited, Rejected, Unavailable
from workflows.records import CardKind, StaffCard

IDA = User(UserId(new_id()), "ida@seller.example", "Ida", Role.ADMINISTRATOR)
IDAS = "UIDA"
REFUSED = Unavailable("no connection to the mail server: connection refused")
BEGAN, OVER = "vendor does not answer", "vendor answers again"


async def an_office(store: SqlStore) -> Office:
    """Two customers are to be reminded; the administrator can be written to."""
    office = Office(store, room=FakeRoom())
    await office.open(IDA, chat=True)
    async with store() as work:
        await work.link(IDA.id, "slack", "T1", IDAS)
    await office.owe("acme", "brill")
    await office.tick()
    return office


def told(office: Office) -> list[str]:
    """What stands in the administrator's own conversation."""
    assert office.room is not None
    return [card.summary for message, card in office.room.standing.items() if office.room.channels[message] == IDAS]


async def outages(office: Office) -> list[StaffCard]:
    return [card for card in await office.cards(CardKind.PROBLEM) if card.data.get("what") == "outage"]


async def test_mail_that_is_down_is_told_of_once_and_once_when_it_works_again(store: SqlStore) -> None:
    office = await an_office(store)
    office.mail.trouble["*"] = REFUSED
    with capture_logs() as log:
        await office.pass_minutes(4)
        assert told(office) == []
        await office.pass_minutes(20)
        (words,) = told(office)
        assert words.startswith("E-mail does not work. Since today 11:01 nothing has gone through: no connection to the mail server")
        assert len(await outages(office)) == 1
        assert len(await office.cards(CardKind.ALERT)) == 2  # the chat went on
        office.mail.trouble.clear()
        await office.pass_minutes(40)
    assert told(office) == ["E-mail works again. Nothing went through from today 11:01 to 11:32. What waited is on its way."]
    assert await outages(office) == []
    assert [to for to, _ in office.mail.letters] == ["pay@acme.example", "pay@brill.example"]
    assert [entry["event"] for entry in log if entry["event"] in {BEGAN, OVER}] == [BEGAN, OVER]


async def test_what_passes_within_minutes_is_nobodys_business(store: SqlStore) -> None:
    office = await an_office(store)
    office.mail.trouble["*"] = RateLimited("too fast", 60)
    await office.pass_minutes(3)
    office.mail.trouble.clear()
    await office.pass_minutes(10)
    assert told(office) == []
    assert len(office.mail.mailbox) == 2


async def test_a_vendor_that_refuses_one_message_answers_all_the_same(store: SqlStore) -> None:
    office = await an_office(store)
    office.mail.trouble = {"pay@acme.example": REFUSED, "pay@brill.example": Rejected("550 no such user")}
    await office.pass_minutes(1)
    office.mail.trouble["pay@brill.example"] = REFUSED
    await office.pass_minutes(5)
    assert told(office) == []


async def test_credentials_that_no_longer_work_are_told_of_at_once(store: SqlStore) -> None:
    office = await an_office(store)
    office.mail.trouble["*"] = NeedsReconnect("the mail server refused user or password: 535")
    await office.pass_minutes(2)
    assert [words.partition(". ")[0] for words in told(office)] == ["E-mail does not work"]


async def test_every_outage_is_told_of_by_one_process(store: SqlStore) -> None:
    office = Office(store)
    await office.open()
    hung, fine = Tried("sms", trouble=OutcomeUnknown("it hung up")), Tried("sms", answers=True)
    turns: list[Turn | None] = []
    for minutes, tried in ((0, hung), (6, hung), (6, hung), (7, fine), (7, fine), (9, hung), (20, hung)):
        office.clock.set(TUESDAY + timedelta(minutes=minutes))
        async with store() as work:
            turns.append(await note_outage(tried, work, office.clock))
    assert await office.outbox() == {}, "without a chat it stands in the inbox, and nothing waits for one"
    assert turns == [None, Turn.BEGAN, None, Turn.OVER, None, None, Turn.BEGAN]
    assert [card.data["since"] for card in await outages(office)] == [(TUESDAY + timedelta(minutes=9)).isoformat()]
