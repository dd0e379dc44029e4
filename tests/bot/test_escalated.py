"""What an escalation brings about, a person's or the policy's: a card of the item's own, which goes to the manager too, and the proof under it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from cards.actions import Name
from tests.bot.chat_office import ChatOffice, opened
from tests.fakes.room import FilingRoom
from tests.workflows.ledgers import a_policy, escalate
from tests.workflows.office import ANA, MAX, policies
from tests.workflows.service import step
from workflows.raise_alerts import FEW
from workflows.records import CardKind


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Ana and Max are in its chat, which holds files."""
    async with opened(one_url, slack=FilingRoom()) as made:
        await made.link(MAX)
        yield made


def packs(office: ChatOffice) -> list[tuple[str, str]]:
    """Where each is, and which."""
    assert isinstance(office.slack, FilingRoom)
    return sorted((office.slack.channels[message], name) for message, names in office.slack.files.items() for name in names)


async def test_an_item_without_a_card_gets_one_with_what_proves_it_and_so_does_the_manager(office: ChatOffice) -> None:
    await office.owe(*(f"c{n}" for n in range(FEW)), amount="900.00")
    await office.owe("small")
    await office.minute()
    await office.escalate("small")
    await office.minute()
    assert packs(office) == [("C1", "evidence-INV-small.zip"), (f"U{MAX.id.int}", "evidence-INV-small.zip")]
    assert len([one for one in office.slack.channels.values() if one == f"U{MAX.id.int}"]) == 1


async def test_one_with_a_card_keeps_it(office: ChatOffice) -> None:
    await office.owe("acme")
    await office.minute()
    (before,) = await office.cards(CardKind.ALERT)
    office.clock.advance(timedelta(days=2))
    await office.escalate("acme")
    await office.minute()
    assert [card.id for card in await office.cards(CardKind.ALERT)] == [before.id]
    assert packs(office) == [("C1", "evidence-INV-acme.zip"), (f"U{MAX.id.int}", "evidence-INV-acme.zip")]


async def test_so_does_what_the_policy_escalates_however_busy_the_morning(office: ChatOffice) -> None:
    await office.owe(*(f"c{n}" for n in range(FEW + 3)), amount="900.00")
    await office.owe("small", "small/2", late=46)
    await office.minute()
    await office.minute()
    both = ["evidence-INV-small-2.zip", "evidence-INV-small.zip"]
    assert packs(office) == [(where, name) for where in ("C1", f"U{MAX.id.int}") for name in both]


async def test_so_does_what_the_policy_hands_over(office: ChatOffice) -> None:
    office.policies = policies(a_policy(step("end", 3, {"hand_over": {"to": "collections"}}), name="standard"))
    await office.owe("acme")
    await office.minute()
    await office.minute()
    assert packs(office) == [("C1", "evidence-INV-acme.zip"), (f"U{MAX.id.int}", "evidence-INV-acme.zip")]


async def test_what_is_handed_back_before_anybody_was_told_goes_to_no_manager(office: ChatOffice) -> None:
    await office.owe("acme")
    await office.minute()
    await office.escalate("acme")
    await office.press(ANA, "slack", await office.button("acme", Name.HAND_BACK))
    await office.minute()
    assert f"U{MAX.id.int}" not in office.slack.channels.values()


async def test_what_the_policy_escalates_is_moved_up_and_the_manager_gets_it_once(office: ChatOffice) -> None:
    office.policies = policies(a_policy(step("first", 3, {"alert": {}}), escalate("boss", 5), name="standard"))
    await office.owe("acme")
    await office.minute()
    office.clock.advance(timedelta(days=2))
    await office.minute()
    await office.minute()
    assert sorted(office.slack.channels.values()) == ["C1", "C1", f"U{MAX.id.int}"]
    (card,) = await office.cards(CardKind.ALERT)
    assert (card.day, card.channel) == (office.today, "C1")
    assert isinstance(office.slack, FilingRoom)
    assert card.message in office.slack.files
