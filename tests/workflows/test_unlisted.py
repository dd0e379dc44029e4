"""An open invoice that the newest file no longer has may be paid: nothing is sent about it before a file has it, or a person says so."""

from __future__ import annotations

from datetime import timedelta

from adapters.store.unit_of_work import SqlStore
from tests.fakes.clock import TUESDAY
from tests.workflows.office import ANA, Office, opened
from workflows.domain.decide import decide
from workflows.hold_item import ReleaseHold, release_hold
from workflows.import_ledger import Entry, Imported, ImportLedger, import_ledger
from workflows.records import Mark

DUE = TUESDAY.date() - timedelta(days=3)


async def read(office: Office, *names: str, whole: bool = True) -> Imported:
    """A file of today that has the invoices, as open as they were."""
    entries = [Entry(line, office.row(name, DUE, "100.00")) for line, name in enumerate(names, 2)]
    async with office.store() as work:
        return await import_ledger(ImportLedger("main", entries, office.today, whole=whole), work, office.clock)


async def state(office: Office, name: str) -> str:
    account = await office.account(name)
    return decide(office.policies.of(account), account, office.clock.now()).items[0].state.value


async def test_what_the_file_no_longer_has_is_not_chased_though_its_message_waits(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    await office.tick()
    assert (await read(office, "acme")).unlisted == ("INV-brill",)
    await office.deliver()
    assert (await office.states("acme"), await office.states("brill")) == (["sent"], ["suppressed"])
    for _ in range(20):
        office.clock.advance(timedelta(days=1))
        assert (await read(office, "acme")).unlisted == ("INV-brill",)
        await office.tick()
        await office.deliver()
    assert len(await office.notices("acme")) == 3
    assert len(await office.notices("brill")) == 1
    assert len((await office.account("brill")).holds) == 1
    assert await state(office, "brill") == "held"
    held = (await office.account("brill")).items[0].id
    async with store() as work:
        book = await work.book("main")
        assert [item for _, item in await work.marked(book.id, Mark.HELD, office.today, 9)] == [held]


async def test_a_file_that_has_it_again_lets_it_go(store: SqlStore) -> None:
    """What passed meanwhile is not made up for, as after any hold; the next step comes at its time."""
    office = await opened(store, "acme", "brill")
    await read(office, "acme")
    for _ in range(8):
        office.clock.advance(timedelta(days=1))
        assert (await read(office, "acme", "brill")).unlisted == ()
        await office.tick()
        await office.deliver()
    assert [notice.step for notice in await office.notices("brill")] == ["second"]
    office.clock.advance(timedelta(days=1))
    assert (await read(office, "acme")).unlisted == ("INV-brill",)
    assert await state(office, "brill") == "held"


async def test_who_releases_it_has_the_last_word_until_a_file_has_it_again(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    await read(office, "acme")
    item = (await office.account("brill")).items[0].id
    async with store() as work:
        await release_hold(ReleaseHold(item, ANA), work, office.clock)
    for names, lacking in ((("acme",), ()), (("acme", "brill"), ()), (("acme",), ("INV-brill",))):
        office.clock.advance(timedelta(days=1))
        assert (await read(office, *names)).unlisted == lacking


async def test_a_part_of_the_ledger_an_older_file_and_what_is_paid_say_nothing_of_what_they_lack(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    await office.pay("brill")
    await read(office, "acme", "zeta", whole=False)
    assert (await read(office, "acme", "zeta")).unlisted == ()
    async with store() as work:
        old = ImportLedger("main", [Entry(2, office.row("acme", DUE, "100.00"))], office.today - timedelta(days=1), whole=True)
        assert (await import_ledger(old, work, office.clock)).unlisted == ()
    assert (await office.account("zeta")).holds == ()
