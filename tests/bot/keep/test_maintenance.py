"""Maintenance: whatever goes wrong the database is what it was, and meanwhile nothing is sent or taken in."""

from __future__ import annotations

import asyncio
import base64
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from adapters.chat.protocol import Incoming, Person
from adapters.store import migrate
from adapters.store.engine import open_engine, open_whole
from adapters.store.pausing import Pause
from adapters.store.restoring import schema_of
from adapters.store.unit_of_work import SqlStore
from bot.app import running
from bot.config import Settings
from bot.keep.maintenance import KEPT, Maintained, maintain, maintain_in_window
from bot.live.draw import draw
from tests.conftest import SECRET_KEY
from tests.e2e.test_serve import environment
from tests.fakes.clock import FixedClock
from tests.store.whole import filled, restored
from tests.workflows.office import Office
from workflows.domain.ids import new_id
from workflows.errors import Refused
from workflows.records import CardKind
from workflows.stops import BeingMaintained, Stop, StopKind

KEY = base64.b64encode(SECRET_KEY).decode()


def settings(url: str, tmp_path: Path, **more: str) -> Settings:
    return Settings(database_url=url, secret_key=SecretStr(KEY), backups=tmp_path / "backups", **more)  # type: ignore[arg-type]


async def one_release_back(url: str) -> str:
    """The schema it is at then."""
    engine = open_engine(url)
    await migrate.downgrade(engine, "-1")
    await engine.dispose()
    before = schema_of(url)
    assert before
    assert before != migrate.head()
    return before


def run(url: str, *statements: str) -> None:
    engine = open_whole(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


async def maintained(url: str, tmp_path: Path, clock: FixedClock, said: Callable[[str], None] = lambda _: None) -> Maintained:
    return await maintain(settings(url, tmp_path), clock, said, chats=False)


async def told(office: Office) -> list[str]:
    """What its cards say, live or not."""
    async with office.store() as work:
        cards = [card for card in await work.live_cards() if card.data.get("what") == "maintenance"]
        return [(await draw(card, work, office.policies, office.clock.now())).summary for card in cards]


async def test_a_new_schema_stands_once_all_was_looked_through(
    store: SqlStore, database_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    office = await filled(store)
    before = await one_release_back(database_url)
    steps: list[str] = []
    done = await maintained(database_url, tmp_path, clock, lambda words: steps.append(words.partition(" ")[0].rstrip(".,")))
    assert done == Maintained(ok=True, from_schema=before, to_schema=migrate.head(), backup=done.backup)
    assert steps == ["Telling", "Paused", "Backing", "Migrating"]
    assert schema_of(database_url) == migrate.head()
    assert (await office.deliver()).sent == 1
    assert await told(office) == []  # its card has frozen
    assert (await store.audit.verify()).first_bad is None
    assert restored(f"sqlite+aiosqlite:///{tmp_path / 'back.db'}", Path(done.backup)).head.schema == before


async def test_while_it_is_paused_nothing_is_sent_decided_or_taken_in(store: SqlStore, database_url: str, clock: FixedClock) -> None:
    office = await filled(store)
    await office.owe("new")
    inbound, engine = store.inbound(clock), open_engine(database_url)
    pause, press = Pause(engine), Incoming("during", Person("slack", "T", "U"), text="x")
    assert await pause.begin(clock.now(), {})
    with pytest.raises(BeingMaintained):
        await inbound.accept(press)
    with pytest.raises(BeingMaintained):
        async with store() as work:
            await work.handled(press.key, clock.now(), kept=False)
    assert ((await office.tick()).decided.accounts, (await office.deliver()).sent) == (0, 0)
    await pause.end(clock.now(), {"ok": True})
    await engine.dispose()
    assert await inbound.accept(press)
    assert not await inbound.accept(press)  # once
    assert ((await office.tick()).decided.accounts > 0, (await office.deliver()).sent) == (True, 2)


async def test_what_does_not_hold_afterwards_puts_everything_back(
    store: SqlStore, database_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    office = await filled(store)
    before = await one_release_back(database_url)
    run(database_url, f"UPDATE audit_head SET hash = '{'0' * 64}'")
    done = await maintained(database_url, tmp_path, clock)
    assert (done.ok, done.because.startswith("The audit trail breaks at entry ")) == (False, True)
    assert schema_of(database_url) == before
    async with store() as work:
        assert await work.stops(clock.now()) == []
    engine = open_engine(database_url)
    await migrate.upgrade(engine)  # for the cards to be drawn
    await engine.dispose()
    (said,) = await told(office)
    assert "The maintenance failed. The audit trail breaks" in said
    assert Path(done.backup).name in said


async def test_a_migration_that_breaks_off_changes_nothing(
    store: SqlStore, database_url: str, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(store)
    before = await one_release_back(database_url)

    def breaks(connection: object, revision: str) -> None:
        migrate.move(connection, revision)  # type: ignore[arg-type]
        raise OSError("the disk is full")

    monkeypatch.setattr("adapters.store.trying.move", breaks)
    done = await maintained(database_url, tmp_path, clock)
    assert (done.ok, "the disk is full" in done.because, schema_of(database_url)) == (False, True, before)


async def test_one_maintenance_at_a_time_and_one_that_was_killed_holds_nobody_up_for_long(
    store: SqlStore, database_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    await filled(store)
    async with store() as work:
        at = clock.now()
        assert await work.add_stop(Stop(new_id(), StopKind.MAINTENANCE, at, at + timedelta(minutes=30)))
    before = await one_release_back(database_url)
    with pytest.raises(Refused, match="Another maintenance goes on"):
        await maintained(database_url, tmp_path, clock)
    assert schema_of(database_url) == before
    clock.advance(timedelta(minutes=31))
    assert (await maintained(database_url, tmp_path, clock)).ok


async def test_the_window_is_used_once_and_old_backups_go(sqlite_url: str, tmp_path: Path, clock: FixedClock) -> None:
    clock.set(datetime(2026, 11, 24, 3, 30, tzinfo=UTC))
    async with running(settings(sqlite_url, tmp_path, maintenance="03:00-05:00"), clock) as app:
        for _ in range(KEPT + 2):
            done = await maintain_in_window(app)
            assert done
            assert done.ok
            assert not done.migrated
            clock.advance(timedelta(minutes=1))
            assert await maintain_in_window(app) is None
            clock.advance(timedelta(hours=23, minutes=59))
        clock.advance(timedelta(hours=3))
        assert await maintain_in_window(app) is None
        async with app.store() as work:
            assert [card for card in await work.live_cards() if card.kind is CardKind.PROBLEM] == []
    kept = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert (len(kept), kept[-1]) == (KEPT, f"duebot-{clock.now() - timedelta(days=1, hours=3):%Y%m%dT%H%M%SZ}.backup")


@pytest.mark.parametrize("at", ["Telling", "Backing", "Migrating"])
def test_killed_at_any_point_it_is_the_old_or_the_new_and_runs_again(sqlite_url: str, tmp_path: Path, at: str) -> None:
    asyncio.run(one_release_back(sqlite_url))
    env = environment(tmp_path, DUEBOT_DATABASE_URL=sqlite_url, DUEBOT_SECRET_KEY=KEY)
    command = [sys.executable, "-m", "bot", "maintain", "--now"]
    process = subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while not process.stderr.readline().startswith(at):
        pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    run(sqlite_url, "UPDATE stops SET until = '2026-01-01 00:00:00.000000' WHERE ended_at IS NULL")  # half an hour later
    again = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (again.returncode, "All that must hold holds." in again.stdout) == (0, True), again.stderr
    assert schema_of(sqlite_url) == migrate.head()
