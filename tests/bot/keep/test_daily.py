"""What is done once a day is done once in all, whatever the number of processes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from bot.keep.daily import Keeping
from tests.workflows.office import Office, opened
from tests.workflows.test_audit_invariants import change
from workflows.publish_head import HeadPlaces

FORGOTTEN = "UPDATE customers SET next_look_at = NULL"


def process(office: Office) -> Keeping:
    return Keeping(office.store, office.policies, office.clock, HeadPlaces())


async def test_the_audit_runs_once_a_day_in_all_processes_and_again_where_it_broke_off(
    store: SqlStore, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await opened(store, "acme")
    await change(database_url, FORGOTTEN)
    with monkeypatch.context() as broken:
        broken.setattr("bot.keep.daily.audit_invariants", None)
        with pytest.raises(TypeError):
            await process(office).audit()
    assert await process(office).audit() == 1
    await change(database_url, FORGOTTEN)
    assert await process(office).audit() == 0
    office.clock.advance(timedelta(days=1))
    assert await process(office).audit() == 1
    assert not [source for source, _ in (await store.signs.waiting(office.clock.now())).sources if not source.startswith("book:")]
