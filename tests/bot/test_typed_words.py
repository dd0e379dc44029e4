"""What people type into a form: characters no screen shows are left out, and a reason has an end."""

from __future__ import annotations

import pytest

from adapters.store.unit_of_work import SqlStore
from bot.actions import MOST_CHARACTERS
from cards.actions import Name
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice
from tests.workflows.office import ANA

REASONS = [(Name.CONFIRM_DISPUTE, "reason"), (Name.CONFIRM_HOLD, "why"), (Name.CONFIRM_NOTE, "note")]


async def opened(store: SqlStore) -> ChatOffice:
    office = ChatOffice(store)
    await office.open()
    await office.link(ANA)
    await office.owe("acme")
    return office


@pytest.mark.parametrize(("name", "field"), REASONS)
async def test_a_character_that_a_database_refuses_is_left_out_and_the_rest_is_kept(store: SqlStore, name: Name, field: str) -> None:
    office = await opened(store)
    reply = await office.press(ANA, "slack", await office.button("acme", name), {field: "wrong\x00 price\x07"})
    assert reply.card is not None
    assert "reference" not in render(reply.card)
    account = await office.account("acme")
    kept = [one.reason for one in account.disputes] + [one.why for one in account.holds] + [one.words for one in account.acts]
    assert any("wrong price" in words for words in kept)


@pytest.mark.parametrize(("name", "field"), REASONS[:2])
async def test_a_reason_longer_than_anybody_reads_is_asked_for_again(store: SqlStore, name: Name, field: str) -> None:
    office = await opened(store)
    reply = await office.press(ANA, "slack", await office.button("acme", name), {field: "x" * (MOST_CHARACTERS + 1)})
    assert "At most 1,000 characters; this has 1,001." in reply.errors[field]
    assert not (await office.account("acme")).acts
