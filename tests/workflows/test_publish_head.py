"""The trail's head stands outside the database, once a day; what was cut off shows against it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.keep.head_file import HeadFile, read_heads
from adapters.store.chain import FIRST
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from tests.conftest import KINDS, ONE
from tests.fakes.clock import FixedClock
from tests.workflows.office import Office
from workflows.domain.account import Book
from workflows.publish_head import HeadPlaces, publish_head
from workflows.records import AuditEntry, CardKind

DAY = timedelta(days=1)


BOTH = pytest.mark.parametrize("database_url", KINDS, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """One kind, unless a test asks for both: most of this is no matter of the database."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', ONE)}_url")
    return url


async def note(store: SqlStore, clock: FixedClock, times: int) -> None:
    async with store() as work:
        for n in range(times):
            await work.record(AuditEntry("u1", clock.now(), "note", {"n": n}))


async def test_the_head_is_told_to_a_file_once_a_day(store: SqlStore, clock: FixedClock, tmp_path: Path) -> None:
    places = HeadPlaces(HeadFile(tmp_path / "heads.txt"))
    for _ in range(3):
        await note(store, clock, 2)
        await publish_head(store.audit, places, store, clock)
    clock.advance(DAY)
    assert await publish_head(store.audit, places, store, clock)
    told = read_heads(tmp_path / "heads.txt")
    assert [head.entries for head in told] == [2, 6]
    assert told[-1].hash == (await store.audit.head())[1]


@BOTH
async def test_the_head_is_a_card_of_its_channel_once_a_day(store: SqlStore, clock: FixedClock) -> None:
    office = Office(store, clock)
    await note(store, clock, 2)
    for _ in range(3):
        await publish_head(store.audit, HeadPlaces(channel="C0ADMIN01"), store, clock)
    cards = await office.cards(CardKind.AUDIT_HEAD)
    assert [(card.channel, card.data["entries"]) for card in cards] == [("C0ADMIN01", 2)]
    async with store() as work:
        drawn = await draw(cards[0], work, office.policies, clock.now())
    assert drawn.summary == f"Audit trail, Tuesday 24 November: 2 entries, last hash {(await store.audit.head())[1]}"
    book: Book = await office.book()
    assert book.chat_channel is None


@pytest.mark.parametrize(
    ("changes", "first_bad"),
    [
        ([], None),
        (["DELETE FROM audit WHERE seq > 3", "UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit WHERE seq = 3)"], 4),
        (["DELETE FROM audit", f"UPDATE audit_head SET seq = 0, hash = '{FIRST}'"], 1),
    ],
    ids=["nothing", "the last two of five", "all"],
)
async def test_an_end_cut_off_with_its_head_shows_against_the_published_one(
    store: SqlStore, clock: FixedClock, database_url: str, tmp_path: Path, changes: list[str], first_bad: int | None
) -> None:
    log = HeadFile(tmp_path / "heads.txt")
    await note(store, clock, 5)
    await publish_head(store.audit, HeadPlaces(log), store, clock)
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            await connection.execute(text("DROP TRIGGER audit_keeps_entries"))
        for change in changes:
            await connection.execute(text(change))
    await engine.dispose()
    assert (await store.audit.verify()).first_bad is None
    assert (await store.audit.verify(read_heads(tmp_path / "heads.txt"))).first_bad == first_bad


async def test_a_trail_written_anew_shows_against_the_published_head(store: SqlStore, clock: FixedClock, tmp_path: Path) -> None:
    log = HeadFile(tmp_path / "heads.txt")
    await note(store, clock, 3)
    await publish_head(store.audit, HeadPlaces(log), store, clock)
    other = read_heads(tmp_path / "heads.txt")[0]
    (tmp_path / "heads.txt").write_text((tmp_path / "heads.txt").read_text().replace(other.hash, "ab" * 32))
    assert (await store.audit.verify(read_heads(tmp_path / "heads.txt"))).first_bad == 3
