"""The law's contact rules at the door: what leaves, what waits for its hour, and what staff are told of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from adapters.letters.template_letters import TemplateLetters
from adapters.store.unit_of_work import SqlStore
from tests.conftest import KINDS, ONE
from tests.workflows.office import ANY_HOUR, Office, policies
from workflows.domain.messages import Letter, Message
from workflows.records import CardKind

BEFORE_EIGHT = datetime(2026, 11, 24, 12, 59, tzinfo=UTC)  # 07:59 in New York
EIGHT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


BOTH = pytest.mark.parametrize("database_url", KINDS, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """One kind, unless a test asks for both: most of this is no matter of the database."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', ONE)}_url")
    return url


@dataclass
class Saying:
    """Letters with other words."""

    text: str | None = None
    more: str = ""
    languages: frozenset[str] = frozenset({"en"})

    def write(self, letter: Letter) -> Message:
        written = TemplateLetters().write(letter)
        return replace(written, text=(written.text if self.text is None else self.text) + self.more)


async def in_new_york(store: SqlStore, party: str | None = "consumer", letters: Saying | None = None) -> Office:
    office = Office(store, policies=policies(ANY_HOUR), letters=letters or Saying(more=" Reply STOP to stop."))
    await office.open()
    await office.owe("acme")
    row = replace(office.row("acme", office.today, "100.00"), due_on=(await office.account("acme")).items[0].due_on)
    async with store() as work:
        book = await work.book("main")
        await work.store_rows(book.id, [replace(row, country="US", zone="America/New_York", party=party)], office.clock.now())
    office.clock.set(BEFORE_EIGHT)
    return office


@BOTH
async def test_a_consumer_is_written_to_when_the_hours_begin(store: SqlStore) -> None:
    office = await in_new_york(store)
    await office.tick()
    await office.deliver()
    assert office.mail.mailbox == []
    assert await office.states("acme") == ["queued"]
    await office.at(EIGHT)
    assert len(office.mail.mailbox) == 1
    kept = {kind: data for kind, data in await office.trail() if kind in {"notice.put_off", "notice.sending"}}
    assert kept["notice.put_off"]["rules"] == ["US-HOURS"]
    assert kept["notice.sending"]["allowed"] == "allow"
    assert kept["notice.sending"]["local"] == ["2026-11-24 08:00 America/New_York"]


async def test_a_business_in_the_same_town_is_not_made_to_wait(store: SqlStore) -> None:
    office = await in_new_york(store, "business")
    await office.tick()
    await office.deliver()
    assert len(office.mail.mailbox) == 1


async def test_paid_while_it_waited_for_its_hour_nothing_leaves(store: SqlStore) -> None:
    office = await in_new_york(store)
    await office.tick()
    await office.deliver()
    await office.pay("acme")
    await office.at(EIGHT)
    assert office.mail.mailbox == []


@pytest.mark.parametrize(
    ("letters", "rule"),
    [(Saying("Please pay INV-acme."), "US-OPTOUT"), (Saying(more=" Reply STOP to stop. 20 % off your next order!"), "US-CANSPAM")],
    ids=["no way to opt out", "promotion"],
)
async def test_staff_are_told_of_a_message_that_the_law_forbids(store: SqlStore, letters: Saying, rule: str) -> None:
    office = await in_new_york(store, letters=letters)
    office.clock.set(EIGHT)
    await office.tick()
    await office.deliver()
    assert office.mail.mailbox == []
    assert await office.states("acme") == ["failed"]
    kept = next(data for kind, data in await office.trail() if kind == "notice.forbidden")
    rules = kept["rules"]
    assert isinstance(rules, list)
    assert rule in rules
    assert [card.data["what"] for card in await office.cards(CardKind.PROBLEM)] == ["delivery_failed"]
    await office.pass_minutes(3)
    assert office.mail.mailbox == []
    assert len(await office.notices("acme")) == 1
