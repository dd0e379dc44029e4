"""How old a file may be before a message waits for the next one: as the policy says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.workflows.ledgers import a_policy
from tests.workflows.office import Office, policies
from tests.workflows.service import WRITE, minutes, step
from workflows.records import CardKind


@pytest.mark.parametrize(
    ("allowed", "days_old", "leaves"),
    [(0, 0, True), (0, 1, False), (1, 1, True), (1, 4, False), (3, 4, True), (3, 6, False)],
    ids=["of today", "of yesterday", "of yesterday, as usual", "of Friday, as usual", "of Friday", "of Wednesday"],
)
async def test_a_message_waits_for_a_newer_file_when_the_policy_says_so(allowed: int, days_old: int, leaves: bool, one_url: str) -> None:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    office = Office(store, policies=policies(a_policy(step("one", 3, WRITE), name="standard", freshness_file=allowed)))
    await office.open(by_files=True)
    await office.owe("acme")
    async with store() as work:
        await work.change_book(replace(await work.book("main"), read_through=office.today - timedelta(days=days_old)))
    await minutes(office, 2)
    assert (await office.states("acme"), len(office.mail.mailbox)) == ((["sent"], 1) if leaves else ([], 0))
    assert [card.data["what"] for card in await office.cards(CardKind.PROBLEM)] == ([] if leaves else ["stale_book"])
    await store.close()
